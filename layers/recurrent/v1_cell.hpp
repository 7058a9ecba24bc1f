/// What cells of tf.compat.v1.nn.rnn_cell have beside a step: methods kept for programs that are
/// carried over. Nothing else in the library needs them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rondo/layers/recurrent/cell.hpp"

namespace rondo {

/// Of `V1Cell::get_initial_state`, in the order of TensorFlow's arguments.
template <Real T>
struct V1InitialState {
  /// [N, ..]; tells the batch and the type.
  Variable<T> inputs = {};
  std::optional<std::size_t> batch_size = {};
  /// `float32` or `float64`; empty: not given.
  std::string dtype = {};
};

/// A cell with one state, which is a bare tensor and also the output.
template <Real T>
class V1Cell : public Cell<T> {
 public:
  [[nodiscard]] std::size_t state_size() const { return this->state_shapes().front()[0]; }

  [[nodiscard]] std::size_t output_size() const { return state_size(); }

  /// Another name for a call.
  Variable<T> apply(const Variable<T>& inputs, const CallOptions<T>& options = {}) {
    return (*this)(inputs, options);
  }

  /// One step: the output and the new state.
  std::pair<Variable<T>, Variable<T>> apply(const Variable<T>& inputs, const Variable<T>& state);

  /// Zeros [batch_size, state_size]. The same tensor as before while the batch is the same.
  /// @throws ArgumentError unless dtype is the cell's
  const Tensor<T>& zero_state(std::size_t batch_size, const std::string& dtype);

  /// `zero_state` for the batch and type that the arguments tell.
  /// @throws ArgumentError if they contradict one another, or do not tell both
  const Tensor<T>& get_initial_state(const V1InitialState<T>& arguments);

  /// The path of the cell's variables. @throws StateError before they are made
  [[nodiscard]] const std::string& scope_name() const;

  /// Penalties on outputs of the calls in this pass that consumed `inputs`.
  [[nodiscard]] std::vector<Variable<T>> get_losses_for(const Variable<T>& inputs) const;

  /// TensorFlow's `get_losses_for(None)`: the penalties that depend on no inputs, those of weights.
  [[nodiscard]] std::vector<Variable<T>> get_losses_for(std::nullptr_t, Tape<T>& tape) const;

  /// Empty: cells update nothing beside their states.
  [[nodiscard]] std::vector<Variable<T>> get_updates_for(const Variable<T>&) const { return {}; }

  /// @throws StateError always: there are no graphs
  [[noreturn]] void graph() const;

 protected:
  using Cell<T>::Cell;

  /// Puts a penalty on the output of a call and remembers for which inputs.
  void record_activity_of(const Regularizer& regularizer,
                          const Variable<T>& inputs,
                          const Variable<T>& output);

 private:
  struct ActivityLoss {
    Variable<T> inputs;
    Variable<T> loss;
  };

  std::vector<ActivityLoss> activity_losses_;  // of one pass
  std::optional<Tensor<T>> zero_state_;
};

/// @param op  who is named in errors
/// @throws ArgumentError unless dtype is the name of T
template <Real T>
void check_dtype(const std::string& op, const std::string& dtype);

}  // namespace rondo
