#include "rondo/optim/sequence_chunks.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

/// The steps [first, first + count) of all sequences [N, S, ..] → [N, count, ..].
template <class E>
TensorView<const E> copy_steps(TensorView<const E> all,
                               std::size_t first,
                               std::size_t count,
                               Tensor<E>& buffer) {
  const Shape shape = all.shape();
  const std::size_t step = shape.product(2, shape.rank());
  E* out = buffer.data();
  for (std::size_t n = 0; n < shape[0]; ++n) {
    out = std::copy_n(all.data() + (n * shape[1] + first) * step, count * step, out);
  }
  return {buffer.data(), shape.with_dim(1, count)};
}

}  // namespace

template <Real T>
SequenceChunks<T>::SequenceChunks(const SampleLayout& layout,
                                  std::size_t batch_size,
                                  std::size_t steps)
    : steps_(steps) {
  const Shape& inputs = layout.inputs;
  if (inputs.rank() == 0 || layout.targets.rank() == 0 || layout.targets[0] != inputs[0]) {
    throw_shape_error(
        "Trainer",
        "tbptt_steps needs inputs and targets with the same steps [N, steps, ..]",
        {{"inputs without batch", inputs}, {"targets without batch", layout.targets}});
  }
  if (!layout.extra_inputs.empty()) {
    throw_argument_error("Trainer", "tbptt_steps cannot cut extra_inputs");
  }
  steps_ = std::min(steps_, inputs[0]);
  const auto buffer_shape = [&](const Shape& sample) {
    return sample.with_dim(0, steps_).insert(0, batch_size);
  };
  inputs_ = Tensor<T>(buffer_shape(layout.inputs));
  targets_ = Tensor<T>(buffer_shape(layout.targets));
  if (layout.mask) {
    mask_ = Tensor<bool>({batch_size, steps_});
  }
  if (layout.step_weights) {
    step_weights_ = Tensor<T>({batch_size, steps_});
  }
}

template <Real T>
double SequenceChunks<T>::share(const Batch<T>& batch, std::size_t i) const {
  const std::size_t all = batch.inputs.shape()[1];
  if (!batch.mask) {
    return static_cast<double>(std::min(steps_, all - i * steps_)) / static_cast<double>(all);
  }
  const auto valid = std::count(batch.mask.begin(), batch.mask.end(), true);
  return valid > 0 ? static_cast<double>(valid_steps(batch, i)) / static_cast<double>(valid) : 0.0;
}

template <Real T>
std::size_t SequenceChunks<T>::valid_steps(const Batch<T>& batch, std::size_t i) const {
  const std::size_t all = batch.inputs.shape()[1];
  std::size_t inside = 0;
  for (std::size_t k = 0; k < batch.mask.size(); ++k) {
    inside += batch.mask[k] && k % all / steps_ == i ? 1 : 0;
  }
  return inside;
}

template <Real T>
Batch<T> SequenceChunks<T>::cut(const Batch<T>& batch, std::size_t i) {
  const std::size_t first = i * steps_;
  const std::size_t count = std::min(steps_, batch.inputs.shape()[1] - first);
  Batch<T> chunk{.inputs = copy_steps(batch.inputs, first, count, inputs_),
                 .targets = copy_steps(batch.targets, first, count, targets_),
                 .mask = {},
                 .sample_weights = batch.sample_weights};
  if (batch.mask) {
    chunk.mask = copy_steps(batch.mask, first, count, mask_);
  }
  if (batch.sample_weights.shape().rank() == 2) {
    chunk.sample_weights = copy_steps(batch.sample_weights, first, count, step_weights_);
  }
  return chunk;
}

template class SequenceChunks<float>;
template class SequenceChunks<double>;

}  // namespace rondo::detail
