/// Cuts a data set into batches, in order or shuffled, in buffers that are allocated once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rondo/data/dataset.hpp"

namespace rondo {

/// What happens to the samples that are left at the end of an epoch when they do not fill a batch.
enum class LastBatch { keep, drop };

struct BatchLoaderOptions {
  std::size_t batch_size = 32;
  bool shuffle = false;
  LastBatch last_batch = LastBatch::keep;
  std::uint64_t seed = 0;  // of the shuffling
};

/// Where a loader stands: enough, with its options and data set, to continue exactly.
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
template <Real T = float>
class BatchLoader {
 public:
  /// @param dataset  must outlive the loader
  /// @throws ArgumentError if batch_size is 0, the data set is empty, or last_batch = drop leaves
  /// none
  /// @throws ShapeError    if samples have rank 4 already
  explicit BatchLoader(const Dataset<T>& dataset, BatchLoaderOptions options = {});
  explicit BatchLoader(const Dataset<T>&& temporary, BatchLoaderOptions options = {}) = delete;

  /// Batches of an epoch.
  [[nodiscard]] std::size_t num_batches() const;

  /// The next batch, or nothing at the end of an epoch; the call after that begins the next epoch.
  std::optional<Batch<T>> next();

  /// Leaves the current epoch and begins the next one, unless nothing of the current one was used.
  void reset();

  [[nodiscard]] LoaderPosition position() const { return position_; }

  /// Continues from a position, as if next() had been called until there.
  /// @throws ArgumentError if its batch is above num_batches()
  void seek(LoaderPosition position);

  /// The samples of this epoch in the order of use.
  [[nodiscard]] std::span<const std::size_t> order() const { return order_; }

  [[nodiscard]] const BatchLoaderOptions& options() const { return options_; }

 private:
  void arrange();
  Batch<T> gather(std::span<const std::size_t> samples);

  const Dataset<T>* dataset_;
  BatchLoaderOptions options_;
  LoaderPosition position_;
  std::vector<std::size_t> order_;

  Tensor<T> inputs_;
  Tensor<T> targets_;
  Tensor<bool> mask_;
  Tensor<T> sample_weights_;
  std::vector<Tensor<T>> extra_inputs_;
  std::vector<TensorView<T>> extra_buffers_;
  std::vector<TensorView<const T>> extra_views_;
};

}  // namespace rondo
