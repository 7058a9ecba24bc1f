#include "rondo/layers/time_distributed.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"

namespace rondo {

namespace {

/// [N, S, ..] → [N·S, ..]
Shape folded(const Shape& shape) {
  Shape result{shape[0] * shape[1]};
  for (std::size_t axis = 2; axis < shape.rank(); ++axis) {
    result.append(shape[axis]);
  }
  return result;
}

/// [N·S, ..] → [N, S, ..]
Shape unfolded(const Shape& shape, std::size_t batch, std::size_t steps) {
  return shape.erase(0).insert(0, steps).insert(0, batch);
}

TensorView<const bool> folded(TensorView<const bool> mask) {
  return mask ? TensorView<const bool>(mask.data(), folded(mask.shape())) : mask;
}

/// mask[:, step] on the tape.
template <Real T>
TensorView<const bool> mask_of_step(Tape<T>& tape, TensorView<const bool> mask, std::size_t step) {
  const Shape shape = mask.shape();
  const Shape result = shape.erase(1);
  const std::size_t size = shape.product(2, shape.rank());
  const auto values = tape.template array<bool>(result.size());
  for (std::size_t n = 0; n < shape[0]; ++n) {
    std::copy_n(mask.data() + (n * shape[1] + step) * size, size, values.data() + n * size);
  }
  return {values.data(), result};
}

/// [N, S, ..] → [N, S] on the tape: true where any value of a step is.
template <Real T>
TensorView<const bool> any_of_step(Tape<T>& tape, TensorView<const bool> mask) {
  const Shape shape = mask.shape();
  if (shape.rank() == 2) {
    return mask;
  }
  const Shape result{shape[0], shape[1]};
  const std::size_t size = shape.product(2, shape.rank());
  const auto values = tape.template array<bool>(result.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool* const first = mask.data() + i * size;
    values[i] = std::find(first, first + size, true) != first + size;
  }
  return {values.data(), result};
}

}  // namespace

template <Real T>
TimeDistributed<T>::TimeDistributed(std::unique_ptr<Layer<T>> layer, TimeDistributedOptions options)
    : Layer<T>(options.name), layer_(layer.get()), options_(std::move(options)) {
  if (layer == nullptr) {
    throw_argument_error("TimeDistributed", "there is no layer");
  }
  fold_ = layer_->independent_samples();
  this->add_child(std::move(layer));
  if (!options_.trainable) {
    this->set_trainable(false);
  }
}

template <Real T>
void TimeDistributed<T>::check_sample(const Shape& sample_shape) const {
  if (sample_shape.rank() < 2) {
    throw_shape_error(this->op_name(),
                      fmt::format("expected inputs [N, steps, ..] of rank 3 or more, found {}",
                                  shape_with_batch(sample_shape)));
  }
}

template <Real T>
void TimeDistributed<T>::create_weights(const Shape& sample_shape) {
  check_sample(sample_shape);
  this->build_child(*layer_, sample_shape.erase(0));
}

template <Real T>
Shape TimeDistributed<T>::output_shape(const Shape& sample_shape) const {
  check_sample(sample_shape);
  return layer_->output_shape(sample_shape.erase(0)).insert(0, sample_shape[0]);
}

template <Real T>
void TimeDistributed<T>::check_call(const Variable<T>& inputs,
                                    const CallOptions<T>& options) const {
  if (!options.initial_state.empty()) {
    throw_argument_error(this->path(), "initial_state cannot be handed to a layer of single steps");
  }
  const Shape shape = inputs.shape();
  if (shape.rank() != this->sample_shape().rank() + 1) {
    throw_shape_error(this->path(),
                      fmt::format("expected inputs of rank {}, found rank {}",
                                  this->sample_shape().rank() + 1,
                                  shape.rank()),
                      {{"inputs", shape}});
  }
  if (shape[0] == 0 || shape[1] == 0) {
    throw_argument_error(
        this->path(),
        fmt::format("expected at least one sample and one step: inputs {}", to_string(shape)));
  }
  const Shape mask = options.mask.shape();
  if (options.mask && (mask.rank() < 2 || mask[0] != shape[0] || mask[1] != shape[1])) {
    throw_shape_error(
        this->path(), "the mask must be [N, steps, ..]", {{"inputs", shape}, {"mask", mask}});
  }
}

template <Real T>
Variable<T> TimeDistributed<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  check_call(inputs, options);
  if (!fold_) {
    return step_by_step(inputs, options);
  }
  const Shape shape = inputs.shape();
  const auto y = (*layer_)(reshape(inputs, folded(shape)),
                           {.training = options.training, .mask = folded(options.mask)});
  return reshape(y, unfolded(y.shape(), shape[0], shape[1]));
}

template <Real T>
Variable<T> TimeDistributed<T>::step_by_step(const Variable<T>& inputs,
                                             const CallOptions<T>& options) {
  Tape<T>& tape = inputs.tape();
  const auto outputs = tape.template array<Variable<T>>(inputs.shape()[1]);
  for (std::size_t step = 0; step < outputs.size(); ++step) {
    const auto part = tape.scope("step", step);
    CallOptions<T> each{.training = options.training};
    if (options.mask) {
      each.mask = mask_of_step(tape, options.mask, step);
    }
    outputs[step] = (*layer_)(select(inputs, 1, step), each);
  }
  return stack(std::span<const Variable<T>>(outputs), 1);
}

template <Real T>
TensorView<const bool> TimeDistributed<T>::compute_mask(const Variable<T>& inputs,
                                                        TensorView<const bool> mask) const {
  const Shape shape = inputs.shape();
  const auto inner = layer_->compute_mask(reshape(inputs, folded(shape)), folded(mask));
  if (inner) {
    return {inner.data(), unfolded(inner.shape(), shape[0], shape[1])};
  }
  return mask ? any_of_step(inputs.tape(), mask) : mask;
}

template <Real T>
Config TimeDistributed<T>::config() const {
  Config result = Layer<T>::config();
  result["config"]["layer"] = layer_->config();
  return result;
}

template <Real T>
std::unique_ptr<Layer<T>> TimeDistributed<T>::clone() const {
  TimeDistributedOptions options = options_;
  options.trainable = this->trainable();
  return std::make_unique<TimeDistributed>(layer_->clone(), std::move(options));
}

template class TimeDistributed<float>;
template class TimeDistributed<double>;

}  // namespace rondo
