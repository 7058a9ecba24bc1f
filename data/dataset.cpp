#include "rondo/data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

template <class T>
void check_buffer(std::string_view name, TensorView<T> buffer, bool used, const Shape& expected) {
  if (!used && buffer) {
    throw_shape_error(
        "gather", fmt::format("the data set has no {}", name), {{"buffer", buffer.shape()}});
  }
  if (!used) {
    return;
  }
  if (buffer.shape() != expected) {  // an empty view has rank 0, never expected
    throw_shape_error("gather",
                      fmt::format("the buffer for {} does not fit", name),
                      {{"buffer", buffer.shape()}, {"expected", expected}});
  }
}

/// Row `index` of a tensor [N, ..].
template <Element T>
void copy_row(const Tensor<T>& tensor, std::size_t index, std::span<T> destination) {
  const T* const source = tensor.data() + index * destination.size();
  std::copy_n(source, destination.size(), destination.begin());
}

Shape sample_shape(std::string_view name, const Shape& shape, const Shape& inputs) {
  if (shape.rank() == 0 || inputs.rank() == 0 || shape[0] != inputs[0]) {
    throw_shape_error("TensorDataset",
                      fmt::format("inputs and {} differ in the number of samples", name),
                      {{"inputs", inputs}, {name, shape}});
  }
  return shape.erase(0);
}

template <Real T>
SampleLayout layout_of(const TensorDatasetParts<T>& parts) {
  const Shape inputs = parts.inputs.shape();
  SampleLayout layout{.inputs = sample_shape("inputs", inputs, inputs),
                      .targets = sample_shape("targets", parts.targets.shape(), inputs),
                      .mask = parts.mask.has_value(),
                      .sample_weights = parts.sample_weights.has_value()};
  if (layout.mask) {
    const Shape mask = parts.mask->shape();
    if (inputs.rank() < 2 || mask != Shape{inputs[0], inputs[1]}) {
      throw_shape_error("TensorDataset",
                        "mask must have the first two axes of inputs",
                        {{"inputs", inputs}, {"mask", mask}});
    }
  }
  if (layout.sample_weights) {
    const Shape weights = parts.sample_weights->shape();
    layout.step_weights = weights.rank() == 2;
    const bool fits = layout.step_weights
                          ? inputs.rank() >= 2 && weights == Shape{inputs[0], inputs[1]}
                          : weights == Shape{inputs[0]};
    if (!fits) {
      throw_shape_error("TensorDataset",
                        "sample_weights must be one number per sample or per step",
                        {{"inputs", inputs}, {"sample_weights", weights}});
    }
  }
  for (const Tensor<T>& extra : parts.extra_inputs) {
    layout.extra_inputs.push_back(sample_shape("extra_inputs", extra.shape(), inputs));
  }
  return layout;
}

}  // namespace

Shape SampleLayout::inputs_shape(std::size_t n, std::size_t steps) const {
  return (ragged ? inputs.with_dim(0, steps) : inputs).insert(0, n);
}

Shape SampleLayout::targets_shape(std::size_t n, std::size_t steps) const {
  return (ragged && step_targets ? targets.with_dim(0, steps) : targets).insert(0, n);
}

Shape SampleLayout::mask_shape(std::size_t n, std::size_t steps) const {
  return {n, ragged ? steps : inputs[0]};
}

Shape SampleLayout::weights_shape(std::size_t n, std::size_t steps) const {
  return step_weights ? mask_shape(n, steps) : Shape{n};
}

template <Real T>
void Dataset<T>::gather(std::span<const std::size_t> samples,
                        const BatchBuffers<T>& buffers) const {
  const SampleLayout& parts = layout();
  const std::size_t n = samples.size();
  const Shape found = buffers.inputs.shape();
  const std::size_t steps = parts.ragged && found.rank() > 1 ? found[1] : 0;
  check_buffer("inputs", buffers.inputs, true, parts.inputs_shape(n, steps));
  check_buffer("targets", buffers.targets, true, parts.targets_shape(n, steps));
  check_buffer("mask", buffers.mask, parts.mask, parts.mask ? parts.mask_shape(n, steps) : Shape{});
  check_buffer("sample_weights",
               buffers.sample_weights,
               parts.sample_weights,
               parts.weights_shape(n, steps));
  if (buffers.extra_inputs.size() != parts.extra_inputs.size()) {
    throw_shape_error("gather",
                      fmt::format("{} buffers for extra_inputs, the data set has {}",
                                  buffers.extra_inputs.size(),
                                  parts.extra_inputs.size()));
  }
  for (std::size_t i = 0; i < parts.extra_inputs.size(); ++i) {
    check_buffer("extra_inputs", buffers.extra_inputs[i], true, parts.extra_inputs[i].insert(0, n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (samples[i] >= size()) {
      throw_argument_error(
          "gather", fmt::format("sample {} does not exist, there are {}", samples[i], size()));
    }
    if (parts.ragged && length(samples[i]) > steps) {
      throw_shape_error("gather",
                        fmt::format("sample {} has {} steps, more than the buffer for inputs",
                                    samples[i],
                                    length(samples[i])),
                        {{"buffer", found}});
    }
    copy_sample(samples[i], SampleSlot<T>(buffers, i));
  }
}

template <Real T>
TensorDataset<T>::TensorDataset(TensorDatasetParts<T> parts)
    : parts_(std::move(parts)), layout_(layout_of(parts_)) {}

template <Real T>
void TensorDataset<T>::copy_sample(std::size_t index, const SampleSlot<T>& slot) const {
  copy_row(parts_.inputs, index, slot.inputs());
  copy_row(parts_.targets, index, slot.targets());
  if (layout_.mask) {
    copy_row(*parts_.mask, index, slot.mask());
  }
  if (layout_.sample_weights) {
    copy_row(*parts_.sample_weights, index, slot.sample_weight());
  }
  for (std::size_t i = 0; i < parts_.extra_inputs.size(); ++i) {
    copy_row(parts_.extra_inputs[i], index, slot.extra_input(i));
  }
}

template <Real T>
Subset<T>::Subset(const Dataset<T>& dataset, std::size_t first, std::size_t count)
    : dataset_(&dataset), first_(first), count_(count) {
  if (first > dataset.size() || count > dataset.size() - first) {
    throw_argument_error(
        "Subset",
        fmt::format(
            "{} samples from {} on exceed the data set of {}", count, first, dataset.size()));
  }
}

template <Real T>
ValidationSplit<T> split_for_validation(const Dataset<T>& dataset, double fraction) {
  constexpr const char* op = "split_for_validation";
  if (!(fraction > 0.0 && fraction < 1.0)) {
    throw_argument_error(op, fmt::format("fraction must lie in (0, 1), got {}", fraction));
  }
  const std::size_t size = dataset.size();
  const auto training =
      static_cast<std::size_t>(std::floor(static_cast<double>(size) * (1.0 - fraction)));
  if (training == 0 || training == size) {
    throw_argument_error(
        op, fmt::format("{} samples cannot be split at {}: a part is empty", size, fraction));
  }
  return {Subset<T>(dataset, 0, training), Subset<T>(dataset, training, size - training)};
}

#define RONDO_INSTANTIATE(T)       \
  template class Dataset<T>;       \
  template class TensorDataset<T>; \
  template class Subset<T>;        \
  template ValidationSplit<T> split_for_validation<T>(const Dataset<T>&, double);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
