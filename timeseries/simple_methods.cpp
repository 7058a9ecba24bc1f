#include "rondo/timeseries/simple_methods.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

void check_history(const char* method, std::span<const double> history, std::size_t needed) {
  if (history.size() < needed) {
    throw_argument_error(
        method, fmt::format("{} values of history are needed, got {}", needed, history.size()));
  }
}

}  // namespace

std::vector<double> naive_forecast(std::span<const double> history, std::size_t horizon) {
  check_history("naive_forecast", history, 1);
  return std::vector<double>(horizon, history.back());
}

std::vector<double> seasonal_naive_forecast(std::span<const double> history,
                                            std::size_t horizon,
                                            std::size_t period) {
  if (period == 0) {
    throw_argument_error("seasonal_naive_forecast", "the period must be at least 1, got 0");
  }
  check_history("seasonal_naive_forecast", history, period);
  std::vector<double> result(horizon);
  for (std::size_t h = 0; h < horizon; ++h) {
    result[h] = history[history.size() - period + h % period];
  }
  return result;
}

std::vector<double> drift_forecast(std::span<const double> history, std::size_t horizon) {
  check_history("drift_forecast", history, 2);
  const double slope = (history.back() - history.front()) / static_cast<double>(history.size() - 1);
  std::vector<double> result(horizon);
  for (std::size_t h = 0; h < horizon; ++h) {
    result[h] = history.back() + slope * static_cast<double>(h + 1);
  }
  return result;
}

}  // namespace rondo
