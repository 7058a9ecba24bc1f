#include "rondo/apps/baselines.hpp"

#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <xtensor-blas/xlinalg.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/xtensor.hpp"

namespace rondo::apps {

double rmse(std::span<const double> predicted, std::span<const double> actual) {
  double total = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    total += (predicted[i] - actual[i]) * (predicted[i] - actual[i]);
  }
  return std::sqrt(total / static_cast<double>(actual.size()));
}

double mae(std::span<const double> predicted, std::span<const double> actual) {
  double total = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    total += std::abs(predicted[i] - actual[i]);
  }
  return total / static_cast<double>(actual.size());
}

std::vector<double> targets(std::span<const double> series, const Task& task) {
  const auto first = series.begin() + static_cast<std::ptrdiff_t>(task.target(0));
  return {first, series.end()};
}

std::vector<double> persistence(std::span<const double> series, const Task& task) {
  std::vector<double> result(task.count(series.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = series[i + task.window - 1];
  }
  return result;
}

std::vector<double> seasonal_naive(std::span<const double> series,
                                   std::size_t before,
                                   const Task& task,
                                   std::size_t period) {
  const std::size_t back = (task.horizon + period - 1) / period * period;
  if (back > before + task.target(0)) {
    throw_argument_error(
        "forecast",
        fmt::format("a season of {} reaches back before the beginning of the series", period));
  }
  std::vector<double> result(task.count(series.size()));
  const double* const origin = series.data() + task.target(0);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = *(origin + i - back);
  }
  return result;
}

std::size_t find_period(std::span<const double> series, std::size_t shortest) {
  const double mean =
      std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  std::size_t best = shortest;
  double best_sum = 0.0;
  bool fallen = false;  // neighbours are alike: a period begins behind the first zero
  for (std::size_t lag = 1; lag <= series.size() / 3; ++lag) {
    double sum = 0.0;
    for (std::size_t i = lag; i < series.size(); ++i) {
      sum += (series[i] - mean) * (series[i - lag] - mean);
    }
    fallen = fallen || sum <= 0.0;
    if (fallen && lag >= shortest && sum > best_sum) {
      best_sum = sum;
      best = lag;
    }
  }
  return best;
}

LinearAutoregression::LinearAutoregression(std::span<const double> series, const Task& task)
    : task_(task) {
  const std::size_t rows = task.count(series.size());
  xt::xarray<double> a = xt::ones<double>({rows, task.window + 1});
  xt::xarray<double> b = xt::zeros<double>({rows});
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < task.window; ++j) {
      a(i, j) = series[i + j];
    }
    b(i) = series[task.target(i)];
  }
  const xt::xarray<double> solution = std::get<0>(xt::linalg::lstsq(a, b));
  coefficients_.assign(solution.begin(), solution.end());
}

std::vector<double> LinearAutoregression::predict(std::span<const double> series) const {
  std::vector<double> result(task_.count(series.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto window = series.subspan(i, task_.window);
    result[i] = std::inner_product(
        window.begin(), window.end(), coefficients_.begin(), coefficients_.back());
  }
  return result;
}

}  // namespace rondo::apps
