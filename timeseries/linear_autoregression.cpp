// Apart from the other methods: xtensor-blas takes seconds to compile.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <xtensor-blas/xlinalg.hpp>

#include "rondo/core/detail/blas.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/blas.hpp"
#include "rondo/core/xtensor.hpp"
#include "rondo/data/scaler.hpp"
#include "rondo/timeseries/simple_methods.hpp"

namespace rondo {

namespace {

using Matrix = xt::xtensor<double, 2>;

Matrix least_squares(const Matrix& a, const Matrix& b) {
  detail::prepare_blas();
  const kernels::BlasCall alone;
  return std::get<0>(xt::linalg::lstsq(a, b));
}

}  // namespace

LinearAutoregression::LinearAutoregression(std::span<const double> history,
                                           std::size_t window,
                                           std::size_t horizon)
    : window_(window), horizon_(horizon) {
  constexpr const char* method = "LinearAutoregression";
  if (window == 0 || horizon == 0) {
    throw_argument_error(method, "window and horizon must be at least 1");
  }
  if (history.size() < window || history.size() - window < horizon) {
    throw_argument_error(
        method,
        fmt::format("{} values of history are needed for window {} and horizon {}, got {}",
                    window + horizon,
                    window,
                    horizon,
                    history.size()));
  }
  StandardScaler<double> scaler;
  scaler.fit({history.data(), {history.size(), 1}});
  mean_ = scaler.offset()[0];
  scale_ = scaler.scale()[0];
  const std::size_t rows = history.size() - window - horizon + 1;
  Matrix a = xt::ones<double>({rows, window + 1});
  Matrix b = xt::zeros<double>({rows, horizon});
  const auto scaled = [&](std::size_t i) { return (history[i] - mean_) / scale_; };
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < window; ++i) {
      a(row, i) = scaled(row + i);
    }
    for (std::size_t h = 0; h < horizon; ++h) {
      b(row, h) = scaled(row + window + h);
    }
  }
  const Matrix solution = least_squares(a, b);
  coefficients_.assign(solution.begin(), solution.end());
}

std::vector<double> LinearAutoregression::forecast(std::span<const double> history) const {
  if (history.size() < window_) {
    throw_argument_error(
        "LinearAutoregression",
        fmt::format("{} values of history are needed, got {}", window_, history.size()));
  }
  const auto seen = history.last(window_);
  std::vector<double> result(coefficients_.end() - static_cast<std::ptrdiff_t>(horizon_),
                             coefficients_.end());
  for (std::size_t i = 0; i < window_; ++i) {
    for (std::size_t h = 0; h < horizon_; ++h) {
      result[h] += coefficients_[i * horizon_ + h] * (seen[i] - mean_) / scale_;
    }
  }
  std::ranges::transform(result, result.begin(), [&](double y) { return mean_ + scale_ * y; });
  return result;
}

}  // namespace rondo
