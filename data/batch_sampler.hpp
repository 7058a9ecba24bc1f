/// Which samples make which batch of an epoch: in order, shuffled, or of similar length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rondo {

/// What happens to the samples that are left at the end of an epoch when they do not fill a batch.
enum class LastBatch { keep, drop };

/// The part of each batch that a rank of a job sees: of n samples those from n · first / of to
/// n · last / of.
struct BatchPart {
  std::size_t first = 0;
  std::size_t last = 1;
  std::size_t of = 1;

  /// Where share `i` of n samples begins; that of share `of` is n.
  [[nodiscard]] static std::size_t begin_of(std::size_t n, std::size_t i, std::size_t of) {
    return n / of * i + n % of * i / of;
  }
};

struct BatchLoaderOptions {
  std::size_t batch_size = 32;
  bool shuffle = false;
  LastBatch last_batch = LastBatch::keep;
  std::uint64_t seed = 0;  // of the shuffling
  /// Batches hold samples of similar length, so that little of them is padding.
  bool bucket_by_length = false;
  /// From how many batches' samples, neighbours in the order of the epoch, the batches of similar
  /// length are formed: more give less padding and less randomness.
  std::size_t bucket_batches = 100;
  /// How many batches a second thread prepares in advance; 0: none, next() does the work itself.
  std::size_t prefetch = 0;
  /// Only these samples of each batch are copied from the data set; a small batch may have none.
  BatchPart part = {};
};

/// The order of an epoch, which depends on options, lengths and the epoch's number alone. Each
/// sample occurs once. After construction nothing allocates.
///
/// Bucketing sorts each run of bucket_batches · batch_size samples by length, cuts it into batches
/// and, if it shuffles, shuffles the batches of the epoch. The samples of the incomplete batch, the
/// last one, are not sorted: being left over must not depend on the length.
class BatchSampler {
 public:
  /// @param lengths  of the samples, for bucketing; otherwise empty
  /// @throws ArgumentError if batch_size, bucket_batches or samples is 0, or last_batch = drop
  ///         leaves no batch
  BatchSampler(std::size_t samples,
               std::vector<std::size_t> lengths,
               const BatchLoaderOptions& options);

  /// Batches of an epoch.
  [[nodiscard]] std::size_t num_batches() const;

  void arrange(std::size_t epoch);

  /// The samples of the epoch in the order of use.
  [[nodiscard]] std::span<const std::size_t> order() const { return order_; }

  /// The samples of one batch, batch < num_batches().
  [[nodiscard]] std::span<const std::size_t> batch(std::size_t batch) const;

  /// Those of the options' part of it; may be empty.
  [[nodiscard]] std::span<const std::size_t> part(std::size_t batch) const;

  /// Of all parts; at least 1.
  [[nodiscard]] std::size_t most_samples() const;

  [[nodiscard]] const BatchLoaderOptions& options() const { return options_; }

 private:
  void sort_buckets();
  void copy_batches();

  BatchLoaderOptions options_;
  std::vector<std::size_t> lengths_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> place_;    // of a sample before sorting; with bucketing only
  std::vector<std::size_t> sorted_;   // all samples, bucket by bucket
  std::vector<std::size_t> batches_;  // the whole batches in the order of use
};

}  // namespace rondo
