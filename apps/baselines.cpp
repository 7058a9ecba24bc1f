#include "rondo/apps/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <xtensor-blas/xlinalg.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/xtensor.hpp"

namespace rondo::apps {

double rmse(std::span<const double> predicted, std::span<const double> actual) {
  double largest = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    largest = std::max(largest, std::abs(predicted[i] - actual[i]));
  }
  if (largest == 0.0) {
    return 0.0;
  }
  double total = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double share = (predicted[i] - actual[i]) / largest;  // its square cannot vanish
    total += share * share;
  }
  return largest * std::sqrt(total / static_cast<double>(actual.size()));
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
  const std::size_t periods = (task.horizon - 1) / period + 1;
  const std::size_t known = before + task.target(0);
  if (periods > known / period) {
    throw_argument_error(
        "forecast",
        fmt::format("a season of {} reaches back before the beginning of the series", period));
  }
  std::vector<double> result(task.count(series.size()));
  const double* const origin = series.data() + task.target(0) - periods * period;
  std::copy_n(origin, result.size(), result.begin());
  return result;
}

LinearAutoregression::LinearAutoregression(std::span<const double> series, const Task& task)
    : task_(task) {
  scaler_.fit(as_column(series));
  const Tensor<double> scaled = scaler_.transform(as_column(series));
  const std::size_t rows = task.count(series.size());
  xt::xarray<double> a = xt::ones<double>({rows, task.window + 1});
  xt::xarray<double> b = xt::zeros<double>({rows});
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < task.window; ++j) {
      a(i, j) = scaled.data()[i + j];
    }
    b(i) = scaled.data()[task.target(i)];
  }
  const xt::xarray<double> solution = std::get<0>(xt::linalg::lstsq(a, b));
  coefficients_.assign(solution.begin(), solution.end());
}

std::vector<double> LinearAutoregression::predict(std::span<const double> series) const {
  const Tensor<double> scaled = scaler_.transform(as_column(series));
  std::vector<double> result(task_.count(series.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double* const window = scaled.data() + i;
    result[i] = scaler_.inverse_transform(
        std::inner_product(
            window, window + task_.window, coefficients_.begin(), coefficients_.back()),
        0);
  }
  return result;
}

}  // namespace rondo::apps
