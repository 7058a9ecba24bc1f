/// Parts of a data set for training, validation and test: by time, or with equal shares of classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rondo/data/dataset.hpp"

namespace rondo {

/// Some samples of another data set, which must outlive this one, in a given order.
template <Real T = float>
class Selection : public Dataset<T> {
 public:
  /// @throws ArgumentError if a sample does not exist
  Selection(const Dataset<T>& dataset, std::vector<std::size_t> samples);
  Selection(const Dataset<T>&& temporary, std::vector<std::size_t> samples) = delete;

  [[nodiscard]] std::size_t size() const override { return samples_.size(); }

  [[nodiscard]] const SampleLayout& layout() const override { return dataset_->layout(); }

  [[nodiscard]] std::size_t length(std::size_t index) const override {
    return dataset_->length(samples_[index]);
  }

  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override {
    dataset_->copy_sample(samples_[index], slot);
  }

  /// Their indices in the other data set.
  [[nodiscard]] std::span<const std::size_t> samples() const { return samples_; }

 private:
  const Dataset<T>* dataset_;
  std::vector<std::size_t> samples_;
};

struct SplitOptions {
  double validation = 0.0;  // share of the samples, in [0, 1)
  double test = 0.0;        // share of the samples, in [0, 1)
};

struct TimeSplitOptions {
  double validation = 0.0;  // share of the samples, in [0, 1)
  double test = 0.0;        // share of the samples, in [0, 1)
  /// Samples left out at each cut. Windows with stride 1 share no value with those behind a gap of
  /// window + horizon - 1 of them.
  std::size_t gap = 0;
};

template <Real T>
struct TimeSplit {
  Subset<T> training;
  Subset<T> validation;  // empty if its share is 0
  Subset<T> test;
};

/// The first samples train, the next validate, the last test; the gaps are taken from the end of
/// the part in front. The test part has round(size · test) samples, the validation part likewise.
///
/// @param dataset  must outlive the result; its samples are in the order of time
/// @throws ArgumentError if a share is out of range, or a part that is wanted would be empty
template <Real T>
[[nodiscard]] TimeSplit<T> split_by_time(const Dataset<T>& dataset,
                                         const TimeSplitOptions& options);
template <Real T>
TimeSplit<T> split_by_time(const Dataset<T>&& temporary, const TimeSplitOptions& options) = delete;

/// Which samples are in which part, for `Selection`.
struct IndexSplit {
  std::vector<std::size_t> training;
  std::vector<std::size_t> validation;
  std::vector<std::size_t> test;
};

/// Each part has its share of every class, to the nearest sample; which samples, the seed decides.
/// Indices rise within a part.
///
/// @param labels  one per sample; equal numbers are a class
/// @throws ArgumentError if a share is out of range, or a part that is wanted would be empty
template <Real T>
[[nodiscard]] IndexSplit split_by_class(std::span<const T> labels,
                                        const SplitOptions& options,
                                        std::uint64_t seed = 0);

}  // namespace rondo
