/// Runs a cell over a sequence.
#pragma once

#include <optional>

#include "rondo/layers/recurrent/carried_states.hpp"
#include "rondo/layers/recurrent/cell.hpp"
#include "rondo/layers/recurrent/options.hpp"

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
  /// Inputs [S, N, F], mask [S, N], sequences of outputs [S, N, H]; states stay [N, size]. Refused
  /// under tfjs and v1, which have no such option.
  bool time_major = false;
  /// Outputs of masked steps are 0 instead of the previous output; so is the last output if the
  /// last step is masked.
  bool zero_output_for_mask = false;
  /// What other masked steps put out; default previous_output, under tfjs previous_state.
  std::optional<MaskedOutput> masked_output = {};
  /// A stateful layer that is given an initial state begins with the stored state all the same,
  /// unless all its values are 0. Default false, under keras2 true.
  std::optional<bool> prefer_stored_state = {};
  /// With return_sequences, the mask holds behind the layer, too.
  bool propagate_mask = true;
  /// regularizer(output) / N, for the output and, with return_state, for each state.
  Regularizer activity_regularizer = {};
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("return_sequences", o.return_sequences...);
    visit("return_state", o.return_state...);
    visit("go_backwards", o.go_backwards...);
    visit("stateful", o.stateful...);
    visit("unroll", o.unroll...);
    visit("time_major", o.time_major...);
    visit("zero_output_for_mask", o.zero_output_for_mask...);
    visit("masked_output", o.masked_output...);
    visit("prefer_stored_state", o.prefer_stored_state...);
    visit("propagate_mask", o.propagate_mask...);
    visit("activity_regularizer", o.activity_regularizer...);
  }
};

/// The options with the profile's defaults filled in.
/// @param op  who is named in errors
/// @throws ArgumentError for what the profile does not have
[[nodiscard]] RNNOptions resolve(RNNOptions options, const std::string& op);

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

  /// A list of cells becomes a stack: `RNN deep{{GRUCell{{.units = 8}}, GRUCell{{.units = 16}}}};`
  explicit RNN(CellList<T> cells, RNNOptions options = {});

  /// Output and final states. initial_state, if given, wins over carried and zero states (but see
  /// prefer_stored_state).
  /// @throws ShapeError    if inputs, mask, initial or carried states do not fit
  /// @throws ArgumentError if there are no steps, or the number of initial states or constants is
  ///                       wrong
  RecurrentOutput<T> run(const Variable<T>& inputs, const CallOptions<T>& options = {});

  /// What a call without given and stored states begins with; see Cell. Inputs are
  /// [N, S, F].
  [[nodiscard]] std::vector<Tensor<T>> get_initial_state(
      const InitialStateOptions<T>& options = {});

  /// Forgets the stored states: the next call begins with initial ones and may have another batch
  /// size. To reset all layers of a model, call `reset_states` of the model.
  /// @throws StateError if the layer is not stateful
  void reset_states();

  /// Stores these states instead, [N, size] each, in the cell's order.
  /// @throws StateError if the layer is not stateful, ArgumentError if their number is wrong,
  ///         ShapeError if one does not fit
  void reset_states(std::span<const Tensor<T>> values);

  /// Zeros the stored states of one sample of the batch.
  /// @throws StateError if the layer is not stateful or nothing is stored yet, ArgumentError if
  ///         there is no such sample
  void reset_sample_states(std::size_t sample);

  /// Stores these states [size] for one sample. @throws also as `reset_states(values)`
  void reset_sample_states(std::size_t sample, std::span<const Tensor<T>> values);

  [[nodiscard]] Cell<T>& cell() { return *cell_; }

  [[nodiscard]] const Cell<T>& cell() const { return *cell_; }

  [[nodiscard]] const RNNOptions& loop_options() const { return options_; }

  /// An unbuilt layer with the same cell options and these options of the loop.
  [[nodiscard]] virtual std::unique_ptr<RNN> clone_with(RNNOptions options) const;

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  /// Carried states and the activity penalty depend on the batch.
  [[nodiscard]] bool independent_samples() const override {
    return !options_.stateful && !options_.activity_regularizer && Layer<T>::independent_samples();
  }

  [[nodiscard]] std::string type_name() const override { return "RNN"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const final;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;
  void visit_state(StateVisitor<T>& visitor) override;
  void reset_state() override;
  [[nodiscard]] Shape sample_shape_of(const Shape& inputs) const override;

  [[nodiscard]] bool is_model() const override { return false; }

  [[nodiscard]] std::unique_ptr<Cell<T>> clone_cell() const;

  using States = std::span<const Variable<T>>;
  using Mask = TensorView<const bool>;

  /// The loop over the steps with checked inputs; here cell by cell. A subclass may have a faster
  /// way to the same numbers.
  virtual RecurrentOutput<T> run_loop(const Variable<T>& inputs,
                                      States states,
                                      Mask mask,
                                      const CallOptions<T>& options);

 private:
  [[nodiscard]] std::size_t time_axis() const { return options_.time_major ? 0 : 1; }

  [[nodiscard]] std::size_t batch_axis() const { return options_.time_major ? 1 : 0; }

  void check_sample(const Shape& sample_shape) const;
  void check_call(const Variable<T>& inputs, Mask mask, const CallOptions<T>& options) const;
  States first_states(Tape<T>& tape, std::size_t batch, States given);
  Variable<T> project(const Variable<T>& inputs, const CallOptions<T>& options);
  RecurrentOutput<T> step(const Variable<T>& x,
                          const RecurrentOutput<T>& before,
                          const CallOptions<T>& options);
  [[nodiscard]] Mask mask_of_step(Tape<T>& tape, Mask mask, std::size_t step) const;
  RecurrentOutput<T> skip_masked(Mask valid,
                                 const RecurrentOutput<T>& now,
                                 const RecurrentOutput<T>& before) const;
  [[nodiscard]] Variable<T> masked_output(const RecurrentOutput<T>& now,
                                          const RecurrentOutput<T>& before) const;
  /// @throws StateError if the layer is not stateful
  [[nodiscard]] CarriedStates<T>& carried();

  Cell<T>* cell_;
  RNNOptions options_;
  std::vector<Shape> state_shapes_;
  bool projected_ = false;                   // of the present call: errors of a step name both
  std::optional<CarriedStates<T>> carried_;  // of a stateful layer
};

template <class C>
RNN(C, RNNOptions = {}) -> RNN<typename C::value_type>;
RNN(CellList<float>, RNNOptions = {})->RNN<float>;
RNN(CellList<double>, RNNOptions = {})->RNN<double>;

/// A recurrent layer of the library: `RNN` over a cell C, made from the options of both in one flat
/// struct, as in Keras.
/// @tparam L  the layer itself
template <class L, class Options, class C>
class RNNWith : public RNN<typename C::value_type> {
 public:
  using OptionsType = Options;

  [[nodiscard]] C& cell() { return static_cast<C&>(RNN<typename C::value_type>::cell()); }

  [[nodiscard]] const C& cell() const {
    return static_cast<const C&>(RNN<typename C::value_type>::cell());
  }

  [[nodiscard]] Config config() const override;

  [[nodiscard]] std::unique_ptr<RNN<typename C::value_type>> clone_with(
      RNNOptions loop) const override;

 protected:
  /// @param op  who is named in errors
  RNNWith(Options options, const std::string& op);

  Options options_;
};

}  // namespace rondo
