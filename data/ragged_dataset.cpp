#include "rondo/data/ragged_dataset.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// The shape of the longest of several sequences [S_i, ..] that differ in S_i alone.
template <Real T>
Shape longest_shape(const std::string& name, const std::vector<Tensor<T>>& sequences) {
  Shape longest = sequences[0].shape();
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const Shape shape = sequences[i].shape();
    if (shape.rank() == 0 || shape.size() == 0) {
      throw_argument_error("RaggedDataset", fmt::format("sequence {} of {} is empty", i, name));
    }
    if (shape.with_dim(0, longest[0]) != longest) {
      throw_shape_error("RaggedDataset",
                        fmt::format("sequence {} of {} differs from the others", i, name),
                        {{"sequence", shape}, {"others", longest}});
    }
    longest = longest.with_dim(0, std::max(longest[0], shape[0]));
  }
  return longest;
}

template <Real T>
void check_step_targets(const RaggedDatasetParts<T>& parts) {
  if (parts.step_targets.size() != parts.inputs.size()) {
    throw_shape_error("RaggedDataset",
                      fmt::format("{} sequences of step_targets for {} of inputs",
                                  parts.step_targets.size(),
                                  parts.inputs.size()));
  }
  for (std::size_t i = 0; i < parts.inputs.size(); ++i) {
    const Shape inputs = parts.inputs[i].shape(), targets = parts.step_targets[i].shape();
    if (targets.rank() == 0 || targets[0] != inputs[0]) {
      throw_shape_error("RaggedDataset",
                        fmt::format("sequence {} has another number of steps in step_targets", i),
                        {{"inputs", inputs}, {"step_targets", targets}});
    }
  }
}

void check_per_sequence(const char* name, const Shape& shape, bool fits, std::size_t sequences) {
  if (!fits) {
    throw_shape_error("RaggedDataset",
                      fmt::format("{} do not fit {} sequences", name, sequences),
                      {{name, shape}});
  }
}

template <Real T>
SampleLayout layout_of(const RaggedDatasetParts<T>& parts) {
  const std::size_t n = parts.inputs.size();
  if (n == 0) {
    throw_argument_error("RaggedDataset", "there are no sequences");
  }
  if (parts.targets.has_value() != parts.step_targets.empty()) {
    throw_argument_error("RaggedDataset", "give either targets or step_targets");
  }
  SampleLayout layout;
  layout.inputs = longest_shape("inputs", parts.inputs);
  layout.mask = true;
  layout.sample_weights = parts.sample_weights.has_value();
  layout.ragged = true;
  layout.step_targets = !parts.step_targets.empty();
  if (layout.step_targets) {
    check_step_targets(parts);
    layout.targets = longest_shape("step_targets", parts.step_targets);
  } else {
    const Shape targets = parts.targets->shape();
    check_per_sequence("targets", targets, targets.rank() > 0 && targets[0] == n, n);
    layout.targets = targets.erase(0);
  }
  if (layout.sample_weights) {
    const Shape weights = parts.sample_weights->shape();
    check_per_sequence("sample_weights", weights, weights == Shape{n}, n);
  }
  return layout;
}

/// The values, then the padding.
template <Real T>
void copy_padded(const Tensor<T>& sequence, T padding, std::span<T> destination) {
  const auto end = std::copy_n(sequence.data(), sequence.size(), destination.begin());
  std::fill(end, destination.end(), padding);
}

}  // namespace

template <Real T>
RaggedDataset<T>::RaggedDataset(RaggedDatasetParts<T> parts)
    : parts_(std::move(parts)), layout_(layout_of(parts_)) {}

template <Real T>
void RaggedDataset<T>::copy_sample(std::size_t index, const SampleSlot<T>& slot) const {
  copy_padded(parts_.inputs[index], parts_.padding_value, slot.inputs());
  const std::span<bool> mask = slot.mask();
  for (std::size_t step = 0; step < mask.size(); ++step) {
    mask[step] = step < length(index);
  }
  const std::span<T> targets = slot.targets();
  if (layout_.step_targets) {
    copy_padded(parts_.step_targets[index], parts_.target_padding_value, targets);
  } else {
    std::copy_n(parts_.targets->data() + index * targets.size(), targets.size(), targets.begin());
  }
  if (layout_.sample_weights) {
    slot.sample_weight()[0] = parts_.sample_weights->data()[index];
  }
}

template class RaggedDataset<float>;
template class RaggedDataset<double>;

}  // namespace rondo
