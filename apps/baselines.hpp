/// The forecasts that a model has to beat, and the error they are compared by. All take a series
/// and predict `series[i + window + horizon - 1]` from `series[i, i + window)`.
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

/// The last known value.
[[nodiscard]] std::vector<double> persistence(std::span<const double> series, const Task& task);

/// The value a whole number of periods earlier, the latest that is known: that of the last full
/// period, however far the horizon reaches.
/// @param before  how many values lie before the series, in the same memory: a period may reach
/// there
/// @throws ArgumentError if the period reaches further back than that
[[nodiscard]] std::vector<double> seasonal_naive(std::span<const double> series,
                                                 std::size_t before,
                                                 const Task& task,
                                                 std::size_t period);

/// A linear function of the window with an intercept, fitted by least squares.
class LinearAutoregression {
 public:
  LinearAutoregression(std::span<const double> series, const Task& task);

  [[nodiscard]] std::vector<double> predict(std::span<const double> series) const;

 private:
  Task task_;
  StandardScaler<double> scaler_;     // least squares would drop values that are tiny beside 1
  std::vector<double> coefficients_;  // of the scaled window, then the intercept
};

}  // namespace rondo::apps
