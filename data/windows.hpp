/// A time series as samples: a window of past values and what follows it.
#pragma once

#include <cstddef>

#include "rondo/data/dataset.hpp"

namespace rondo {

struct WindowOptions {
  std::size_t window = 0;         // values that the model sees, > 0
  std::size_t horizon = 1;        // steps ahead of the window's last value, > 0
  std::size_t stride = 1;         // distance between the starts of two windows, > 0
  std::size_t target_column = 0;  // which column is to be predicted
  bool sequence_target = false;   // all values 1 .. horizon ahead instead of the last one
};

/// Sliding windows over a series of L rows and F columns; sample i starts at row s = i stride.
///
///   inputs  = rows s .. s + window - 1, all columns                          [window, F]
///   targets = target_column at row s + window + horizon - 1                  [1]
///             or at rows s + window .. s + window + horizon - 1              [horizon]
///
/// There are floor((L - window - horizon) / stride) + 1 samples.
template <Real T = float>
class WindowDataset : public Dataset<T> {
 public:
  /// @param series  [L, F], or [L] for a single column; copied
  /// @throws ArgumentError if a size is 0, target_column >= F, or L < window + horizon
  /// @throws ShapeError    if the series has another rank
  WindowDataset(TensorView<const T> series, WindowOptions options);

  [[nodiscard]] std::size_t size() const override { return size_; }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  void copy_sample(std::size_t index, const SampleSlot<T>& slot) const override;

  [[nodiscard]] const WindowOptions& options() const { return options_; }

  /// The row of the series that holds the last target value of a sample.
  [[nodiscard]] std::size_t target_row(std::size_t index) const {
    return index * options_.stride + options_.window + options_.horizon - 1;
  }

 private:
  WindowOptions options_;
  Tensor<T> series_;  // [L, F]
  SampleLayout layout_;
  std::size_t size_;
};

}  // namespace rondo
