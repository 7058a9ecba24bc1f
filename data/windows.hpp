/// A time series, or several, as samples: a window of past values and what follows it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rondo/data/dataset.hpp"

namespace rondo {

/// How a sample holds the columns that are known in advance (a calendar, a plan).
enum class FutureColumns {
  extra_inputs,  ///< extra_inputs[0]: their values at the steps of the horizon, [horizon, K]
  features,      ///< K more features: beside row r of the window their values at row r + horizon
};

struct WindowOptions {
  std::size_t window = 0;         // values that the model sees, > 0
  std::size_t horizon = 1;        // steps ahead of the window's last value, > 0
  std::size_t stride = 1;         // distance between the starts of two windows, > 0
  std::size_t target_column = 0;  // which column is to be predicted
  bool sequence_target = false;   // all values 1 .. horizon ahead instead of the last one
  /// Instead of target_column: several columns to be predicted.
  std::vector<std::size_t> target_columns = {};
  /// Which columns the model sees; empty: all.
  std::vector<std::size_t> input_columns = {};
  /// Columns whose values after the window are known, too; they may be input columns as well.
  std::vector<std::size_t> future_columns = {};
  FutureColumns future_as = FutureColumns::extra_inputs;
  /// For each row of the window the value horizon steps after it: a model that returns sequences.
  bool step_targets = false;
};

/// Sliding windows over series of L rows; sample i of a series starts at its row s = i stride.
///
///   inputs  = rows s .. s + window - 1 of the input columns                  [window, F]
///   targets = target_column at row s + window + horizon - 1                  [1]
///             or at rows s + window .. s + window + horizon - 1              [horizon]
///             or at rows s + horizon .. s + window + horizon - 1             [window]
///             with C > 1 target columns                 [C], [horizon, C] or [window, C]
///
/// A series gives floor((L - window - horizon) / stride) + 1 samples, or none if it is too short.
template <Real T = float>
class WindowDataset : public Dataset<T> {
 public:
  /// @param series  [L, F], or [L] for a single column; copied
  /// @throws ArgumentError if a size is 0, a column does not exist, sequence_target and
  ///         step_targets are both set, or L < window + horizon
  /// @throws ShapeError    if the series has another rank
  WindowDataset(TensorView<const T> series, const WindowOptions& options);

  /// Several series with the same columns; no window spans two of them.
  /// @throws ArgumentError also if no series is long enough
  /// @throws ShapeError    also if their numbers of columns differ
  WindowDataset(std::span<const TensorView<const T>> series, const WindowOptions& options);

  [[nodiscard]] std::size_t size() const override { return first_sample_.back(); }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override;

  [[nodiscard]] const WindowOptions& options() const { return options_; }

  /// Which series a sample comes from.
  [[nodiscard]] std::size_t series_of(std::size_t index) const;

  /// The row of its series that holds the last target value of a sample.
  [[nodiscard]] std::size_t target_row(std::size_t index) const {
    return start_of(index) + options_.window + options_.horizon - 1;
  }

 private:
  [[nodiscard]] std::size_t start_of(std::size_t index) const;
  void make_layout(std::size_t columns);

  WindowOptions options_;
  std::vector<Tensor<T>> series_;           // each [L, columns]
  std::vector<std::size_t> first_sample_;   // of each series, and the number of all
  std::vector<std::size_t> input_columns_;  // resolved
  std::vector<std::size_t> target_columns_;
  SampleLayout layout_;
};

}  // namespace rondo
