/// How far forecasts were off. A target that is NaN is unknown and does not count; without one that
/// counts, an error is NaN. Spans of one length; @throws ArgumentError for others.
#pragma once

#include <cstddef>
#include <span>

namespace rondo {

/// Mean of |y − f|.
[[nodiscard]] double forecast_mae(std::span<const double> forecast, std::span<const double> actual);

/// Root of the mean of (y − f)².
[[nodiscard]] double forecast_rmse(std::span<const double> forecast,
                                   std::span<const double> actual);

/// Mean of 200 |y − f| / (|y| + |f|), in percent from 0 to 200; 0 where both are 0 (M4
/// competition).
[[nodiscard]] double forecast_smape(std::span<const double> forecast,
                                    std::span<const double> actual);

/// What the mean absolute scaled error is scaled by: the mean of |y(t) − y(t − period)| over the
/// history. MASE is forecast_mae / seasonal_error (Hyndman and Koehler 2006).
/// @param period  of the season; 1: the last value
/// @throws ArgumentError if the history is not longer than a period, or the period 0
[[nodiscard]] double seasonal_error(std::span<const double> history, std::size_t period);

/// Twice the sum of the pinball losses divided by the sum of |y|, the mean over the quantiles
/// (Gasthaus et al. 2019); with the median alone, the sum of |y − f| over that of |y|.
/// @param forecast   [n, Q] row by row
/// @param quantiles  Q of them, in (0, 1)
[[nodiscard]] double weighted_quantile_loss(std::span<const double> forecast,
                                            std::span<const double> quantiles,
                                            std::span<const double> actual);

/// The share of the targets with low ≤ y ≤ high.
[[nodiscard]] double coverage(std::span<const double> low,
                              std::span<const double> high,
                              std::span<const double> actual);

}  // namespace rondo
