#include "rondo/data/batch_storage.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

/// The steps of the longest sample; 0 if there are none or the layout is not ragged.
template <Real T>
std::size_t longest(const Dataset<T>& dataset, std::span<const std::size_t> samples) {
  std::size_t steps = 0;
  if (dataset.layout().ragged) {
    for (const std::size_t sample : samples) {
      steps = std::max(steps, dataset.length(sample));
    }
  }
  return steps;
}

std::size_t most_steps(const SampleLayout& layout) {
  if (layout.ragged && layout.inputs.rank() == 0) {
    throw_shape_error("BatchLoader", "the samples of a ragged data set need a step axis");
  }
  return layout.ragged ? layout.inputs[0] : 0;
}

}  // namespace

template <Real T>
BatchStorage<T>::BatchStorage(const SampleLayout& layout, std::size_t samples)
    : inputs_(layout.inputs_shape(samples, most_steps(layout))),
      targets_(layout.targets_shape(samples, most_steps(layout))) {
  if (layout.mask) {
    mask_ = Tensor<bool>(layout.mask_shape(samples, most_steps(layout)));
  }
  if (layout.sample_weights) {
    sample_weights_ = Tensor<T>(layout.weights_shape(samples, most_steps(layout)));
  }
  for (const Shape& shape : layout.extra_inputs) {
    extra_inputs_.emplace_back(shape.insert(0, samples));
  }
  extra_buffers_.resize(extra_inputs_.size());
  extra_views_.resize(extra_inputs_.size());
}

template <Real T>
Batch<T> BatchStorage<T>::gather(const Dataset<T>& dataset,
                                 std::span<const std::size_t> samples,
                                 std::span<const std::size_t> batch) {
  const SampleLayout& layout = dataset.layout();
  const std::size_t n = samples.size();
  const std::size_t steps = longest(dataset, batch);
  BatchBuffers<T> buffers{.inputs = {inputs_.data(), layout.inputs_shape(n, steps)},
                          .targets = {targets_.data(), layout.targets_shape(n, steps)}};
  if (layout.mask) {
    buffers.mask = {mask_.data(), layout.mask_shape(n, steps)};
  }
  if (layout.sample_weights) {
    buffers.sample_weights = {sample_weights_.data(), layout.weights_shape(n, steps)};
  }
  for (std::size_t i = 0; i < extra_inputs_.size(); ++i) {
    extra_buffers_[i] = {extra_inputs_[i].data(), layout.extra_inputs[i].insert(0, n)};
    extra_views_[i] = extra_buffers_[i];
  }
  buffers.extra_inputs = extra_buffers_;
  if (n > 0) {
    dataset.gather(samples, buffers);
  }
  return {.inputs = buffers.inputs,
          .targets = buffers.targets,
          .mask = buffers.mask,
          .sample_weights = buffers.sample_weights,
          .extra_inputs = extra_views_};
}

template class BatchStorage<float>;
template class BatchStorage<double>;

}  // namespace rondo::detail
