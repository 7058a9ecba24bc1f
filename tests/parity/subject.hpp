/// What the recurrent kinds run a case through: layers of rondo that stand for another system's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rondo/tests/parity/comparison.hpp"

namespace rondo::parity {

/// The weights of one cell, or their gradients, under rondo's names inside that cell.
using CellArrays = NamedTensors<double>;

template <Real T>
class Subject {
 public:
  virtual ~Subject() = default;

  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  virtual void build(const Shape& input_shape) = 0;

  /// What the layer returns: its output or outputs, then its states.
  virtual std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) = 0;

  /// Weights of a case, or gradients of weights, for each of `cells()`. An array that the case does
  /// not have, or that is null, is left out.
  [[nodiscard]] virtual std::vector<CellArrays> arrays(const Json& weights) const;

  [[nodiscard]] const std::vector<Cell<T>*>& cells() const { return cells_; }

 protected:
  Subject() = default;

  std::vector<Cell<T>*> cells_;
};

/// @param path  of GRU layers: the fused op or the composition
/// @throws CaseError for a kind, system or option that is unknown, rondo::Error for what is refused
template <Real T>
std::unique_ptr<Subject<T>> make_subject(const Json& test_case, UseFused path);

/// Output and states in one list.
template <Real T>
std::vector<Variable<T>> flat(const RecurrentOutput<T>& result) {
  std::vector<Variable<T>> all{result.output};
  all.insert(all.end(), result.states.begin(), result.states.end());
  return all;
}

/// The entries of an object that are arrays, under the names of the case's system.
NamedTensors<double> named_arrays(const Json& object);

/// Converted weights under the names of GRUCell.
CellArrays cell_arrays(GRUWeights<double> weights);

}  // namespace rondo::parity
