/// The memory of one batch. For loaders; users see it as `Batch`.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rondo/data/dataset.hpp"

namespace rondo::detail {

/// Buffers with room for the largest batch of a data set, of which a smaller batch uses a part.
template <Real T>
class BatchStorage {
 public:
  /// @param samples  the most that a batch holds
  BatchStorage(const SampleLayout& layout, std::size_t samples);

  /// Fills the buffers without heap memory; the views hold until the next call.
  /// @param samples  those to copy; may be empty
  /// @param batch    all of the batch, which is as long as its longest sample
  /// @throws whatever the data set throws
  Batch<T> gather(const Dataset<T>& dataset,
                  std::span<const std::size_t> samples,
                  std::span<const std::size_t> batch);

 private:
  Tensor<T> inputs_;
  Tensor<T> targets_;
  Tensor<bool> mask_;
  Tensor<T> sample_weights_;
  std::vector<Tensor<T>> extra_inputs_;
  std::vector<TensorView<T>> extra_buffers_;
  std::vector<TensorView<const T>> extra_views_;
};

}  // namespace rondo::detail
