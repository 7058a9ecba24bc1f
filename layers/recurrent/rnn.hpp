/// Runs a cell over a sequence.
#pragma once

#include <optional>

#include "rondo/layers/recurrent/cell.hpp"

namespace rondo {

struct RNNOptions {
  /// Return every output [N, S, H] instead of the last one [N, H].
  bool return_sequences = false;
  /// Count the final states among the layer's outputs: the activity regularizer then covers them
  /// too. `run` returns them in any case.
  bool return_state = false;
  /// Last step first; the outputs come in the order of processing and are not flipped back.
  bool go_backwards = false;
  /// The final states of a call are the initial states of the next one, without gradient.
  bool stateful = false;
  /// Keras' switch for unrolling a symbolic loop; the loop here is always concrete, so the numbers
  /// are the same. It rules a fused path out.
  bool unroll = false;
  /// Outputs of masked steps are 0 instead of the previous output; so is the last output if the
  /// last step is masked.
  bool zero_output_for_mask = false;
  /// regularizer(output) / N, for the output and, with return_state, for each state.
  Regularizer activity_regularizer = {};
  bool trainable = true;
  std::string name = {};
};

/// A masked step is skipped: states stay as they are, the output is the previous one (zeros before
/// the first valid step). Dropout masks are drawn once per call and shared by all its steps.
///
/// Inputs [N, S, F], mask [N, S].
template <Real T = float>
class RNN : public Layer<T> {
 public:
  /// `RNN custom{MyCell{16}, {.return_sequences = true}};`
  template <std::derived_from<Cell<T>> C>
  explicit RNN(C cell, RNNOptions options = {})
      : RNN(std::unique_ptr<Cell<T>>(std::make_unique<C>(std::move(cell))), std::move(options)) {}

  /// @throws ArgumentError if there is no cell
  explicit RNN(std::unique_ptr<Cell<T>> cell, RNNOptions options = {});

  /// Output and final states. initial_state, if given, wins over carried and zero states.
  /// @throws ShapeError    if inputs, mask, initial or carried states do not fit
  /// @throws ArgumentError if there are no steps, or the number of initial states is wrong
  RecurrentOutput<T> run(const Variable<T>& inputs, const CallOptions<T>& options = {});

  [[nodiscard]] Cell<T>& cell() { return *cell_; }

  [[nodiscard]] const Cell<T>& cell() const { return *cell_; }

  [[nodiscard]] const RNNOptions& loop_options() const { return options_; }

  /// An unbuilt layer with the same cell options and these options of the loop.
  [[nodiscard]] virtual std::unique_ptr<RNN> clone_with(RNNOptions options) const;

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  [[nodiscard]] std::string type_name() const override { return "RNN"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const final;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;
  void visit_state(StateVisitor<T>& visitor) override;
  void reset_state() override;

  [[nodiscard]] bool is_model() const override { return false; }

  [[nodiscard]] std::unique_ptr<Cell<T>> clone_cell() const;

  /// Adds the options of the loop to a config.
  void write_options(Config& config) const;

 private:
  using States = std::span<const Variable<T>>;

  void check_call(const Variable<T>& inputs, const CallOptions<T>& options) const;
  States first_states(Tape<T>& tape, std::size_t batch, States given);
  RecurrentOutput<T> unroll(const Variable<T>& inputs,
                            States states,
                            const CallOptions<T>& options);
  RecurrentOutput<T> skip_masked(TensorView<const bool> mask,
                                 std::size_t step,
                                 const RecurrentOutput<T>& now,
                                 const RecurrentOutput<T>& before) const;
  void carry(States states);

  Cell<T>* cell_;
  RNNOptions options_;
  std::vector<Shape> state_shapes_;
  std::vector<Tensor<T>> carried_;  // of a stateful layer; empty tensors until the first call
};

template <class C>
RNN(C, RNNOptions = {}) -> RNN<typename C::value_type>;

}  // namespace rondo
