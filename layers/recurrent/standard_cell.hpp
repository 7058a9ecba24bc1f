/// What the built-in cells have in common: a kernel, a recurrent kernel and a bias, and dropout
/// masks of inputs and state that are cached per batch.
#pragma once

#include <array>
#include <optional>

#include "rondo/layers/recurrent/cell.hpp"
#include "rondo/layers/recurrent/dropout_masks.hpp"

namespace rondo {

/// Calls visit(name, members...) for each option that all cells here and the layers over them have.
template <class Visitor, class... Options>
void for_each_cell_option(Visitor& visit, Options&... o) {
  visit("units", o.units...);
  visit("activation", o.activation...);
  visit("use_bias", o.use_bias...);
  visit("kernel_initializer", o.kernel_initializer...);
  visit("recurrent_initializer", o.recurrent_initializer...);
  visit("bias_initializer", o.bias_initializer...);
  visit("kernel_regularizer", o.kernel_regularizer...);
  visit("recurrent_regularizer", o.recurrent_regularizer...);
  visit("bias_regularizer", o.bias_regularizer...);
  visit("kernel_constraint", o.kernel_constraint...);
  visit("recurrent_constraint", o.recurrent_constraint...);
  visit("bias_constraint", o.bias_constraint...);
  visit("dropout", o.dropout...);
  visit("recurrent_dropout", o.recurrent_dropout...);
  visit("seed", o.seed...);
}

template <Real T>
class StandardCell : public Cell<T> {
 public:
  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  /// x K + b for all gates; nothing if each step draws masks of its own.
  Variable<T> project(const Variable<T>& inputs, const CallOptions<T>& options) override;

  void reset_masks() final;

  /// The cached input masks, or `count` new ones shaped like `inputs` [N, F] (all ones unless
  /// training). Empty if dropout is 0 or 1. Once cached, the arguments do not matter until
  /// `reset_dropout_mask()`.
  /// @throws StateError if the cached masks have another shape
  std::span<const TensorView<const T>> get_dropout_mask_for_cell(TensorView<const T> inputs,
                                                                 bool training,
                                                                 std::size_t count = 1);

  /// The same for the state; `inputs` is the previous state [N, units].
  std::span<const TensorView<const T>> get_recurrent_dropout_mask_for_cell(
      TensorView<const T> inputs, bool training, std::size_t count = 1);

  void reset_dropout_mask() { input_masks_.reset(); }

  void reset_recurrent_dropout_mask() { recurrent_masks_.reset(); }

  /// Uses these masks instead of drawn ones while training, until called with empty lists.
  void inject_dropout_masks(std::span<const TensorView<const T>> input,
                            std::span<const TensorView<const T>> recurrent);

 protected:
  /// @param op  who is named in errors
  /// @throws ArgumentError for units = 0 and rates outside [0, 1]
  template <class Options>
  StandardCell(const Options& options, const std::string& op)
      : StandardCell(options.name,
                     op,
                     options.units,
                     {options.dropout, options.recurrent_dropout},
                     options.seed) {
    this->set_trainable(options.trainable);
  }

  /// Makes kernel [F, columns], recurrent_kernel [units, columns] and, with use_bias, the bias.
  template <class Options>
  void make_weights(const Options& o,
                    const Shape& sample_shape,
                    std::size_t columns,
                    const Shape& bias_shape,
                    const Initializer& bias_initializer) {
    begin_weights(sample_shape);
    kernel_ = &this->add_weight({.name = "kernel",
                                 .shape = {sample_shape[0], columns},
                                 .initializer = given(o.kernel_initializer),
                                 .regularizer = o.kernel_regularizer,
                                 .constraint = o.kernel_constraint});
    recurrent_kernel_ = &this->add_weight({.name = "recurrent_kernel",
                                           .shape = {o.units, columns},
                                           .initializer = o.recurrent_initializer,
                                           .regularizer = o.recurrent_regularizer,
                                           .constraint = o.recurrent_constraint});
    if (o.use_bias) {
      bias_ = &this->add_weight({.name = "bias",
                                 .shape = bias_shape,
                                 .initializer = bias_initializer,
                                 .regularizer = o.bias_regularizer,
                                 .constraint = o.bias_constraint});
    }
  }

  /// The weights as variables of the present pass; blocks of columns are cut out once, not per step.
  struct PassWeights {
    Variable<T> kernel, recurrent_kernel, bias, recurrent_bias;  // biases empty without use_bias
    /// One for each gate, if `cut_into` asked for it.
    std::span<const Variable<T>> kernel_gates, recurrent_gates, bias_gates, recurrent_bias_gates;
    std::uint32_t number = 0;
    std::uint64_t version = 0;
    bool recording = false;
    std::array<bool, 3> trainable{};
  };

  const PassWeights& pass_weights(Tape<T>& tape);

  /// @param gates   blocks of columns of the weights
  /// @param masked  each gate has a dropout mask of its own
  /// @param apart   `PassWeights` has the gates one by one also without
  void cut_into(std::size_t gates, bool masked, bool apart = false) {
    gates_ = gates;
    mask_count_ = masked ? gates : 1;
    cuts_ = masked || apart;
  }

  [[nodiscard]] std::size_t mask_count() const { return mask_count_; }

  /// What the gates see of the inputs [N, F], checked with the states: x K + b.
  /// @param inputs  as `step` receives them
  Variable<T> projected_step(const Variable<T>& inputs,
                             std::span<const Variable<T>> states,
                             std::span<const Shape> state_shapes,
                             bool training);

  /// What the gates see of the state h [N, units]: h U + c, times masks while training.
  Variable<T> project_state(const Variable<T>& h, bool training);

  /// How masks are drawn. @param count  at least so many at a time, even if a step needs fewer
  /// @param per_step  input masks anew at every step
  void set_mask_drawing(std::size_t count, bool per_step) {
    masks_drawn_ = count;
    per_step_input_dropout_ = per_step;
  }

  /// `count` masks of inputs of this shape [N, F] while training; empty: no dropout.
  std::span<const Variable<T>> input_masks(Tape<T>& tape,
                                           const Shape& shape,
                                           bool training,
                                           std::size_t count);

  /// The same for the state [N, units].
  std::span<const Variable<T>> recurrent_masks(Tape<T>& tape,
                                               const Shape& shape,
                                               bool training,
                                               std::size_t count);

  [[nodiscard]] bool per_step_input_dropout() const { return per_step_input_dropout_; }

  void visit_state(StateVisitor<T>& visitor) override;

  [[nodiscard]] Parameter<T>& kernel() const { return *kernel_; }

  [[nodiscard]] Parameter<T>& recurrent_kernel() const { return *recurrent_kernel_; }

  /// Null without use_bias.
  [[nodiscard]] Parameter<T>* bias() const { return bias_; }

 private:
  struct Rates {
    double input;
    double recurrent;
  };

  StandardCell(std::string name,
               const std::string& op,
               std::size_t units,
               Rates rates,
               std::optional<std::uint64_t> seed);

  static const Initializer& given(const Initializer& initializer) { return initializer; }

  static const Initializer& given(const std::optional<Initializer>& initializer) {
    return *initializer;
  }

  void check_sample(const Shape& sample_shape) const;
  void cut_weights(Tape<T>& tape);
  Variable<T> project_inputs(const Variable<T>& x, bool training);

  /// Builds if needed; refuses inputs [N, F] or [S, N, F] that do not fit.
  void check_projected(const Variable<T>& inputs);

  /// Whether steps draw masks of their own, so that nothing can be said of all of them at once.
  [[nodiscard]] bool draws_each_step(bool training) const {
    return training && per_step_input_dropout_;
  }

  /// Checks the inputs and starts the stream of the masks.
  void begin_weights(const Shape& sample_shape);

  std::optional<std::uint64_t> seed_;
  Rng mask_stream_;
  DropoutMasks<T> input_masks_;
  DropoutMasks<T> recurrent_masks_;
  std::size_t masks_drawn_ = 1;
  bool per_step_input_dropout_ = false;
  Parameter<T>* kernel_ = nullptr;
  Parameter<T>* recurrent_kernel_ = nullptr;
  Parameter<T>* bias_ = nullptr;
  std::size_t gates_ = 1;
  std::size_t mask_count_ = 1;
  bool cuts_ = false;
  PassWeights pass_;
};

}  // namespace rondo
