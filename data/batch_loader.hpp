/// Cuts a data set into batches, in order, shuffled or by length, in buffers that are allocated
/// once; on request a second thread does it in advance.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "rondo/data/batch_sampler.hpp"
#include "rondo/data/batch_storage.hpp"
#include "rondo/data/dataset.hpp"

namespace rondo {

namespace detail {
template <Real T>
class Prefetcher;
}

/// The position of a loader: enough, with its options and data set, to continue exactly.
struct LoaderPosition {
  std::size_t epoch = 0;
  std::size_t batch = 0;  // the one that next() gives, in [0, num_batches()]

  friend bool operator==(const LoaderPosition&, const LoaderPosition&) = default;
};

/// Batches of a data set, epoch after epoch:
///
///   for (int epoch = 0; epoch < 10; ++epoch) {
///     while (const auto batch = loader.next()) {
///       .. batch->inputs ..
///     }
///   }
///
/// The order of an epoch depends on the seed and the epoch's number alone, so seek() can go
/// anywhere. After construction nothing allocates. A batch is valid until the next call of next().
///
/// With `.prefetch = n` a second thread calls the data set's copy_sample while the batch before is
/// in use; order and values are the same. What it throws is thrown by the next() that would have
/// thrown it.
template <Real T = float>
class BatchLoader {
 public:
  /// @param dataset  must outlive the loader
  /// @throws ArgumentError if batch_size is 0, the data set is empty, or last_batch = drop leaves
  /// none
  /// @throws ShapeError    if samples have rank 4 already
  explicit BatchLoader(const Dataset<T>& dataset, BatchLoaderOptions options = {});
  explicit BatchLoader(const Dataset<T>&& temporary, BatchLoaderOptions options = {}) = delete;
  BatchLoader(BatchLoader&& other) noexcept;
  BatchLoader& operator=(BatchLoader&& other) noexcept;
  ~BatchLoader();

  /// Batches of an epoch.
  [[nodiscard]] std::size_t num_batches() const { return sampler_->num_batches(); }

  /// The next batch, or nothing at the end of an epoch; the call after that begins the next epoch.
  std::optional<Batch<T>> next();

  /// Of the batch that next() gave last, with those that are not in this loader's part of it.
  [[nodiscard]] std::size_t batch_samples() const { return samples_; }

  /// Leaves the current epoch and begins the next one, unless nothing of the current one was used.
  void reset();

  [[nodiscard]] LoaderPosition position() const { return position_; }

  /// Continues from a position, as if next() had been called until there.
  /// @throws ArgumentError if its batch is above num_batches()
  void seek(LoaderPosition position);

  /// The samples of this epoch in the order of use.
  [[nodiscard]] std::span<const std::size_t> order() const { return sampler_->order(); }

  [[nodiscard]] const BatchLoaderOptions& options() const { return sampler_->options(); }

 private:
  Batch<T> prefetched();

  const Dataset<T>* dataset_;
  std::unique_ptr<BatchSampler> sampler_;  // where the second thread finds it after a move
  LoaderPosition position_;
  std::size_t samples_ = 0;
  std::optional<detail::BatchStorage<T>> storage_;
  std::unique_ptr<detail::Prefetcher<T>> prefetcher_;
};

}  // namespace rondo
