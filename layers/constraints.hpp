/// Projections of weights after each optimizer step. Formulas and defaults are Keras', including
/// the 1e-7 in the denominators, which shrinks a weight a little even inside its bounds.
#pragma once

#include <optional>
#include <string>

#include "rondo/core/tensor.hpp"
#include "rondo/layers/named_function.hpp"

namespace rondo {

/// Changes the whole tensor in place.
template <class T>
using ConstraintSignature = void(TensorView<T>);

class Constraint : public NamedFunction<ConstraintSignature> {
 public:
  using NamedFunction::NamedFunction;

  /// `"max_norm"`, `"non_neg"`, `"unit_norm"`, `"min_max_norm"`, also as class names.
  /// @throws ArgumentError for an unknown name; the text lists the known ones
  Constraint(const char* name);  // NOLINT: implicit on purpose, as Activation

  Constraint(const std::string& name) : Constraint(name.c_str()) {}  // NOLINT: as above

  /// A user's own: `[](auto weights) { … }`
  template <GenericFunction<ConstraintSignature> F>
  Constraint(F f) : NamedFunction("custom", std::move(f)) {}  // NOLINT: as above

  template <Real T>
  void operator()(TensorView<T> weights) const {
    this->get<T>()(weights);
  }

  /// The same constraint, which works along an axis that every weight must have.
  [[nodiscard]] Constraint along(int axis) const;

  /// Before the weight is made: a step of training that fails half way has changed weights already.
  /// @throws ArgumentError if a weight of this shape has no such axis
  void check_shape(const std::string& weight, const Shape& shape) const;

 private:
  std::optional<int> axis_;
};

struct MinMaxNormOptions {
  double min_value = 0.0;
  double max_value = 1.0;
  /// Share of the way to the bound that is gone at once, in [0, 1].
  double rate = 1.0;
  int axis = 0;
};

namespace constraints {

// Norms are taken along `axis` (negative: from the end), one for each index of the other axes.
// Bounds must be finite and not negative. @throws ArgumentError otherwise

Constraint max_norm(double max_value = 2.0, int axis = 0);
Constraint non_neg();
Constraint unit_norm(int axis = 0);
Constraint min_max_norm(MinMaxNormOptions options = {});

}  // namespace constraints

}  // namespace rondo
