#include "rondo/layers/recurrent/standard_cell.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"

namespace rondo {

template <Real T>
StandardCell<T>::StandardCell(std::string name,
                              const std::string& op,
                              std::size_t units,
                              Rates rates,
                              std::optional<std::uint64_t> seed)
    : Cell<T>(std::move(name)),
      seed_(seed),
      input_masks_(op, rates.input, "reset_dropout_mask"),
      recurrent_masks_(op, rates.recurrent, "reset_recurrent_dropout_mask") {
  check_units(op, "units", units);
}

template <Real T>
void StandardCell<T>::check_sample(const Shape& sample_shape) const {
  if (sample_shape.rank() != 1) {
    throw_shape_error(this->op_name(),
                      "expected inputs [N, features], found " + shape_with_batch(sample_shape));
  }
}

template <Real T>
Shape StandardCell<T>::output_shape(const Shape& sample_shape) const {
  check_sample(sample_shape);
  return Cell<T>::output_shape(sample_shape);
}

template <Real T>
void StandardCell<T>::begin_weights(const Shape& sample_shape) {
  check_sample(sample_shape);
  mask_stream_ = seed_ ? Rng(*seed_) : this->random_stream("dropout");
}

template <Real T>
const typename StandardCell<T>::PassWeights& StandardCell<T>::pass_weights(Tape<T>& tape) {
  const std::array trainable{
      kernel_->trainable, recurrent_kernel_->trainable, bias_ != nullptr && bias_->trainable};
  const std::uint64_t version =
      kernel_->version() + recurrent_kernel_->version() + (bias_ != nullptr ? bias_->version() : 0);
  if (pass_.number != tape.pass() || pass_.version != version ||
      pass_.recording != tape.recording() || pass_.trainable != trainable) {
    cut_weights(tape);
    pass_.number = tape.pass();
    pass_.version = version;
    pass_.recording = tape.recording();
    pass_.trainable = trainable;
  }
  return pass_;
}

template <Real T>
void StandardCell<T>::cut_weights(Tape<T>& tape) {
  pass_ = {};
  pass_.kernel = tape.parameter(*kernel_);
  pass_.recurrent_kernel = tape.parameter(*recurrent_kernel_);
  if (bias_ != nullptr) {
    const auto bias = tape.parameter(*bias_);
    const bool two_rows = bias.shape().rank() == 2;
    pass_.bias = two_rows ? select(bias, 0, 0) : bias;
    pass_.recurrent_bias = two_rows ? select(bias, 0, 1) : Variable<T>{};
  }
  if (cuts_) {
    const auto cut = [&](const Variable<T>& x) {
      return x ? split(x, gates_) : std::span<const Variable<T>>{};
    };
    pass_.kernel_gates = cut(pass_.kernel);
    pass_.recurrent_gates = cut(pass_.recurrent_kernel);
    pass_.bias_gates = cut(pass_.bias);
    pass_.recurrent_bias_gates = cut(pass_.recurrent_bias);
  }
}

namespace {

template <Real T>
Variable<T> product(const Variable<T>& x, const Variable<T>& weight, const Variable<T>& bias) {
  return bias ? affine(x, weight, bias) : matmul(x, weight);
}

/// (x ∘ mask) W + b for each gate, side by side.
template <Real T>
Variable<T> masked_products(const Variable<T>& x,
                            std::span<const Variable<T>> masks,
                            std::span<const Variable<T>> weights,
                            std::span<const Variable<T>> biases) {
  const auto result = x.tape().template array<Variable<T>>(weights.size());
  for (std::size_t g = 0; g < result.size(); ++g) {
    result[g] = product(
        x * masks[g % masks.size()], weights[g], biases.empty() ? Variable<T>{} : biases[g]);
  }
  return concat(std::span<const Variable<T>>(result));
}

}  // namespace

template <Real T>
Variable<T> StandardCell<T>::project(const Variable<T>& inputs, const CallOptions<T>& options) {
  check_projected(inputs);
  return draws_each_step(options.training) ? Variable<T>{}
                                           : project_inputs(inputs, options.training);
}

template <Real T>
Variable<T> StandardCell<T>::project_inputs(const Variable<T>& x, bool training) {
  const Shape shape = x.shape();
  const Shape step{shape[shape.rank() - 2], shape.back()};
  const PassWeights& w = pass_weights(x.tape());
  auto masks = input_masks(x.tape(), step, training, mask_count_);
  if (masks.size() > 1 && per_step_input_dropout_) {
    masks = masks.first(1);  // as tf-keras, which has one then
  }
  return masks.size() > 1 ? masked_products(x, masks, w.kernel_gates, w.bias_gates)
                          : product(masks.empty() ? x : x * masks[0], w.kernel, w.bias);
}

template <Real T>
Variable<T> StandardCell<T>::project_state(const Variable<T>& h, bool training) {
  const PassWeights& w = pass_weights(h.tape());
  const auto masks = recurrent_masks(h.tape(), h.shape(), training, mask_count_);
  return masks.size() > 1
             ? masked_products(h, masks, w.recurrent_gates, w.recurrent_bias_gates)
             : product(masks.empty() ? h : h * masks[0], w.recurrent_kernel, w.recurrent_bias);
}

template <Real T>
void StandardCell<T>::check_projected(const Variable<T>& inputs) {
  const Variable<T> step = inputs.shape().rank() == 3 ? select(inputs, 0, 0) : inputs;
  if (!this->built()) {
    this->prepare(step);
  }
  this->check_inputs(step, 2);
}

template <Real T>
Variable<T> StandardCell<T>::projected_step(const Variable<T>& inputs,
                                            std::span<const Variable<T>> states,
                                            std::span<const Shape> state_shapes,
                                            bool training) {
  if (draws_each_step(training) || !this->built()) {
    check_projected(inputs);
  }
  const Shape shape = inputs.shape();
  const std::size_t columns = draws_each_step(training) ? shape.back() : this->kernel().shape()[1];
  if (shape.rank() != 2) {
    throw_shape_error(this->path(),
                      fmt::format("expected inputs of rank 2, found rank {}", shape.rank()),
                      {{"projected inputs", shape}});
  }
  if (shape.back() != columns) {
    throw_shape_error(
        this->path(),
        fmt::format("step expects [N, {}], what project makes of the inputs", columns),
        {{"found", shape}});
  }
  check_states<T>(this->path(), shape[0], states, state_shapes);
  return draws_each_step(training) ? project_inputs(inputs, training) : inputs;
}

template <Real T>
std::span<const Variable<T>> StandardCell<T>::input_masks(Tape<T>& tape,
                                                          const Shape& shape,
                                                          bool training,
                                                          std::size_t count) {
  if (!training) {
    return {};
  }
  if (per_step_input_dropout_) {
    input_masks_.reset();
  }
  return input_masks_.on_tape(tape, shape, count, std::max(count, masks_drawn_), mask_stream_);
}

template <Real T>
std::span<const Variable<T>> StandardCell<T>::recurrent_masks(Tape<T>& tape,
                                                              const Shape& shape,
                                                              bool training,
                                                              std::size_t count) {
  if (!training) {
    return {};
  }
  return recurrent_masks_.on_tape(tape, shape, count, std::max(count, masks_drawn_), mask_stream_);
}

template <Real T>
void StandardCell<T>::reset_masks() {
  reset_dropout_mask();
  reset_recurrent_dropout_mask();
}

template <Real T>
std::span<const TensorView<const T>> StandardCell<T>::get_dropout_mask_for_cell(
    TensorView<const T> inputs, bool training, std::size_t count) {
  return input_masks_.get(inputs.shape(), training, count, mask_stream_);
}

template <Real T>
std::span<const TensorView<const T>> StandardCell<T>::get_recurrent_dropout_mask_for_cell(
    TensorView<const T> inputs, bool training, std::size_t count) {
  return recurrent_masks_.get(inputs.shape(), training, count, mask_stream_);
}

template <Real T>
void StandardCell<T>::inject_dropout_masks(std::span<const TensorView<const T>> input,
                                           std::span<const TensorView<const T>> recurrent) {
  input_masks_.inject(input);
  recurrent_masks_.inject(recurrent);
}

template <Real T>
void StandardCell<T>::visit_state(StateVisitor<T>& visitor) {
  if (input_masks_.active() || recurrent_masks_.active()) {
    visitor.visit(this->path() + "/dropout", mask_stream_);
  }
}

template class StandardCell<float>;
template class StandardCell<double>;

}  // namespace rondo
