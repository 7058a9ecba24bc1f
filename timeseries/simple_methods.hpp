/// Forecasts without a network: what a model has to beat. All see a history, oldest value first,
/// and give the `horizon` values that follow it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rondo {

/// The last value. @throws ArgumentError if the history is empty
[[nodiscard]] std::vector<double> naive_forecast(std::span<const double> history,
                                                 std::size_t horizon);

/// The last period, again and again.
/// @throws ArgumentError if the history is shorter than a period, or the period 0
[[nodiscard]] std::vector<double> seasonal_naive_forecast(std::span<const double> history,
                                                          std::size_t horizon,
                                                          std::size_t period);

/// The straight line through the first and the last value.
/// @throws ArgumentError for fewer than two values
[[nodiscard]] std::vector<double> drift_forecast(std::span<const double> history,
                                                 std::size_t horizon);

/// A linear function of the last values with an intercept, another one for every step of the
/// horizon, by least squares.
class LinearAutoregression {
 public:
  /// @param window  how many values a forecast sees, > 0
  /// @throws ArgumentError if the history is shorter than window + horizon, a size is 0, or a value
  ///         is not finite
  LinearAutoregression(std::span<const double> history, std::size_t window, std::size_t horizon);

  /// @param history  of which the last `window` values are seen
  /// @throws ArgumentError if there are fewer
  [[nodiscard]] std::vector<double> forecast(std::span<const double> history) const;

  [[nodiscard]] std::size_t window() const { return window_; }

 private:
  std::size_t window_;
  std::size_t horizon_;
  double mean_;                       // least squares would drop values that are tiny beside 1,
  double scale_;                      // and a level that is huge beside the changes
  std::vector<double> coefficients_;  // [window + 1, horizon], the intercepts last
};

struct HoltWintersParameters {
  double alpha = 0.5;  // of the level
  double beta = 0.1;   // of the trend
  double gamma = 0.1;  // of the season
  double phi = 0.98;   // what is left of the trend after a step
};

/// Exponential smoothing with additive damped trend and additive season (Holt 1957, Winters 1960;
/// Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 8.3):
///
///   l' = α (y − s) + (1 − α) (l + φ b)
///   b' = β (l' − l) + (1 − β) φ b
///   s' = γ (y − l − φ b) + (1 − γ) s
///
/// Level and season begin as those of the first period, the trend as the mean change from the first
/// period to the second.
class HoltWinters {
 public:
  /// With the parameters of the smallest sum of squared one-step errors: α, β, γ in [0.0001,
  /// 0.9999], φ in [0.8, 0.98].
  /// @param period  of the season; 0 or 1: none
  /// @throws ArgumentError for fewer than two periods, fewer than three values, or a value that is
  ///         not finite
  HoltWinters(std::span<const double> history, std::size_t period);

  /// With given parameters.
  HoltWinters(std::span<const double> history,
              std::size_t period,
              const HoltWintersParameters& parameters);

  /// Smooths on through values that have come since, with the same parameters.
  /// @throws ArgumentError if one is not finite; nothing has changed then
  void update(std::span<const double> values);

  /// The values that follow the history and all updates.
  [[nodiscard]] std::vector<double> forecast(std::size_t horizon) const;

  [[nodiscard]] const HoltWintersParameters& parameters() const { return parameters_; }

  /// The sum of squared one-step errors, those of updates among them.
  [[nodiscard]] double squared_error() const { return squared_error_; }

 private:
  void begin(std::span<const double> history);
  void smooth(std::span<const double> history, const HoltWintersParameters& parameters);

  HoltWintersParameters parameters_;
  double level_ = 0.0;
  double trend_ = 0.0;
  std::vector<double> season_;  // of the next period; a single 0 without one
  std::size_t steps_ = 0;
  double squared_error_ = 0.0;
};

}  // namespace rondo
