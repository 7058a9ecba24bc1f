/// Sequences of different lengths as samples: padded on the right, with a mask that tells padding
/// from values.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "rondo/data/dataset.hpp"

namespace rondo {

/// Targets are given per sequence or per step, not both.
template <Real T>
struct RaggedDatasetParts {
  std::vector<Tensor<T>> inputs = {};            // each [S_i, ..], S_i > 0; axes behind S_i equal
  std::optional<Tensor<T>> targets = {};         // [N, ..]
  std::vector<Tensor<T>> step_targets = {};      // each [S_i, ..]
  std::optional<Tensor<T>> sample_weights = {};  // [N]
  T padding_value = T{0};                        // of inputs
  T target_padding_value = T{0};                 // of step_targets
};

/// Samples in memory whose batches are as long as their longest sample:
///
///   inputs  = [S_i, ..], then padding_value       mask = S_i times true, then false
///   targets = as given, or [S_i, ..], then target_padding_value
///
/// `BatchLoaderOptions::bucket_by_length` keeps samples of similar length together.
template <Real T = float>
class RaggedDataset : public Dataset<T> {
 public:
  /// @throws ArgumentError if there is no sequence, one is empty (named by its index), or targets
  ///         are given in both ways or in none
  /// @throws ShapeError    if a sequence differs from the first in more than its length, or targets
  ///         or weights do not fit the inputs
  explicit RaggedDataset(RaggedDatasetParts<T> parts);

  [[nodiscard]] std::size_t size() const override { return parts_.inputs.size(); }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  [[nodiscard]] std::size_t length(std::size_t index) const override {
    return parts_.inputs[index].shape()[0];
  }

  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override;

 private:
  RaggedDatasetParts<T> parts_;
  SampleLayout layout_;
};

}  // namespace rondo
