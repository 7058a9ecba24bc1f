/// Cuts the sequences of a batch in chunks of time, for truncated back-propagation; for the sources
/// of this folder.
#pragma once

#include "rondo/data/dataset.hpp"

namespace rondo::detail {

template <Real T>
class SequenceChunks {
 public:
  /// @param layout      inputs [S, ..], targets [S, ..]
  /// @param batch_size  most samples of a batch
  /// @param steps       most steps of a chunk, > 0
  /// @throws ShapeError     if inputs or targets have no steps, or not equally many
  /// @throws ArgumentError  if there are extra inputs
  SequenceChunks(const SampleLayout& layout, std::size_t batch_size, std::size_t steps);

  /// Chunks of a batch; its sequences may be shorter than those of the layout.
  [[nodiscard]] std::size_t count(const Batch<T>& batch) const {
    return (batch.inputs.shape()[1] + steps_ - 1) / steps_;
  }

  /// The part of the batch's valid steps that chunk i holds; 0: there is nothing to learn from.
  [[nodiscard]] double share(const Batch<T>& batch, std::size_t i) const;

  /// The number of them; the samples of a batch without a mask need not be counted.
  [[nodiscard]] std::size_t valid_steps(const Batch<T>& batch, std::size_t i) const;

  /// Chunk i of a batch, in buffers that the next call reuses.
  Batch<T> cut(const Batch<T>& batch, std::size_t i);

 private:
  std::size_t steps_;
  Tensor<T> inputs_;
  Tensor<T> targets_;
  Tensor<bool> mask_;
  Tensor<T> step_weights_;
};

}  // namespace rondo::detail
