/// What `RNN` unrolls (D23): a layer whose call is one time step. A user's cell is equal to the
/// built-in ones.
#pragma once

#include <span>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo {

/// output [N, H] or [N, S, H]; states in the cell's order, each [N, size]. The list lives on the
/// tape.
template <Real T>
struct RecurrentOutput {
  Variable<T> output;
  std::span<const Variable<T>> states;
};

/// `cell(x, {.initial_state = states})` runs one step and returns its output.
template <Real T>
class Cell : public Layer<T> {
 public:
  /// One shape per state, without the batch axis.
  [[nodiscard]] virtual std::vector<Shape> state_shapes() const = 0;

  /// @param inputs  [N, F]
  /// @param states  as `state_shapes` says, each with a leading N
  virtual RecurrentOutput<T> step(const Variable<T>& inputs,
                                  std::span<const Variable<T>> states,
                                  const CallOptions<T>& options) = 0;

  /// Forgets cached dropout masks, so that the next step draws new ones. `RNN` calls it before and
  /// after each sequence; whoever calls a cell by hand decides when a new batch begins.
  virtual void reset_masks() {}

  [[nodiscard]] Shape output_shape(const Shape&) const override { return state_shapes().front(); }

 protected:
  using Layer<T>::Layer;

  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) final {
    return step(inputs, options.initial_state, options).output;
  }
};

/// Checks the states given to a cell or to a recurrent layer, which `op` names in the error.
/// @param shapes  what is expected, without the batch axis
/// @throws ArgumentError if their number is wrong, ShapeError if one does not fit
template <Real T>
void check_states(const std::string& op,
                  std::size_t batch,
                  std::span<const Variable<T>> states,
                  std::span<const Shape> shapes);

}  // namespace rondo
