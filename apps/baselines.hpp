/// What a model of one column predicts, and how far it was off: `series[i + window + horizon - 1]`
/// from `series[i, i + window)`.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "rondo/data/scaler.hpp"

namespace rondo::apps {

/// The series as a table of one column, [L, 1].
[[nodiscard]] inline TensorView<const double> as_column(std::span<const double> series) {
  return {series.data(), {series.size(), 1}};
}

/// Which values are predicted from which.
struct Task {
  std::size_t window;
  std::size_t horizon;

  /// Number of predictions that a series of this length allows.
  [[nodiscard]] std::size_t count(std::size_t length) const {
    return length < window || length - window < horizon ? 0 : length - window - horizon + 1;
  }

  /// Index of the value that prediction i is about.
  [[nodiscard]] std::size_t target(std::size_t i) const { return i + window + horizon - 1; }
};

/// Root of the mean squared difference; equal lengths, not empty.
[[nodiscard]] double rmse(std::span<const double> predicted, std::span<const double> actual);

/// Mean of the absolute difference; equal lengths, not empty.
[[nodiscard]] double mae(std::span<const double> predicted, std::span<const double> actual);

/// The values that the predictions are about.
[[nodiscard]] std::vector<double> targets(std::span<const double> series, const Task& task);

}  // namespace rondo::apps
