#include "rondo/timeseries/forecast_errors.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

void check_lengths(const char* error, std::size_t forecasts, std::size_t targets) {
  if (forecasts != targets) {
    throw_argument_error(error, fmt::format("{} forecasts for {} targets", forecasts, targets));
  }
}

/// Of term(i) over the targets that are known.
template <class Term>
double mean_over_known(std::span<const double> actual, Term term) {
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!std::isnan(actual[i])) {
      sum += term(i);
      count += 1.0;
    }
  }
  return sum / count;
}

}  // namespace

double forecast_mae(std::span<const double> forecast, std::span<const double> actual) {
  check_lengths("forecast_mae", forecast.size(), actual.size());
  return mean_over_known(actual, [&](std::size_t i) { return std::abs(actual[i] - forecast[i]); });
}

double forecast_rmse(std::span<const double> forecast, std::span<const double> actual) {
  check_lengths("forecast_rmse", forecast.size(), actual.size());
  double largest = 0.0;  // squares of its shares neither vanish nor overflow
  for (std::size_t i = 0; i < actual.size(); ++i) {
    largest =
        std::isnan(actual[i]) ? largest : std::max(largest, std::abs(actual[i] - forecast[i]));
  }
  const double unit = largest > 0.0 ? largest : 1.0;
  return unit * std::sqrt(mean_over_known(actual, [&](std::size_t i) {
           const double share = (actual[i] - forecast[i]) / unit;
           return share * share;
         }));
}

double forecast_smape(std::span<const double> forecast, std::span<const double> actual) {
  check_lengths("forecast_smape", forecast.size(), actual.size());
  return mean_over_known(actual, [&](std::size_t i) {
    const double size = std::abs(actual[i]) + std::abs(forecast[i]);
    return size == 0.0 ? 0.0 : 200.0 * std::abs(actual[i] - forecast[i]) / size;
  });
}

double seasonal_error(std::span<const double> history, std::size_t period) {
  if (period == 0 || history.size() <= period) {
    throw_argument_error(
        "seasonal_error",
        fmt::format("a period of {} does not fit a history of {} values", period, history.size()));
  }
  double sum = 0.0, count = 0.0;
  for (std::size_t i = period; i < history.size(); ++i) {
    const double change = std::abs(history[i] - history[i - period]);
    if (!std::isnan(change)) {
      sum += change;
      count += 1.0;
    }
  }
  return sum / count;
}

double weighted_quantile_loss(std::span<const double> forecast,
                              std::span<const double> quantiles,
                              std::span<const double> actual) {
  check_lengths("weighted_quantile_loss", forecast.size(), actual.size() * quantiles.size());
  double loss = 0.0, size = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(actual[i])) {
      continue;
    }
    size += std::abs(actual[i]);
    for (std::size_t k = 0; k < quantiles.size(); ++k) {
      const double error = actual[i] - forecast[i * quantiles.size() + k];
      loss += 2.0 * std::max(quantiles[k] * error, (quantiles[k] - 1.0) * error);
    }
  }
  return loss / (size * static_cast<double>(quantiles.size()));
}

double coverage(std::span<const double> low,
                std::span<const double> high,
                std::span<const double> actual) {
  check_lengths("coverage", low.size(), actual.size());
  check_lengths("coverage", high.size(), actual.size());
  return mean_over_known(actual, [&](std::size_t i) {
    return low[i] <= actual[i] && actual[i] <= high[i] ? 1.0 : 0.0;
  });
}

}  // namespace rondo
