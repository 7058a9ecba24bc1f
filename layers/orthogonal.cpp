// The orthogonal initializer, apart from the others: xtensor-blas takes seconds to compile.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <xtensor-blas/xlinalg.hpp>

#include "rondo/core/detail/blas.hpp"
#include "rondo/core/kernels/blas.hpp"
#include "rondo/core/xtensor.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/layers/initializers.hpp"

namespace rondo {

namespace {

/// Q of a random [size, columns] matrix, size ≥ columns, with the signs that make R's diagonal
/// positive: without them the distribution would depend on the QR routine and not be uniform.
xt::xarray<double> random_orthonormal_columns(std::size_t size, std::size_t columns, Rng& rng) {
  auto normal = xt::xarray<double>::from_shape({size, columns});
  std::generate(normal.begin(), normal.end(), [&] { return rng.normal(); });
  detail::prepare_blas();
  const auto factors = [&] {
    const kernels::BlasCall alone;
    return xt::linalg::qr(normal);
  }();
  const auto& r = std::get<1>(factors);
  xt::xarray<double> q = std::get<0>(factors);
  for (std::size_t j = 0; j < columns; ++j) {
    const double sign = r(j, j) < 0.0 ? -1.0 : 1.0;
    for (std::size_t i = 0; i < size; ++i) {
      q(i, j) *= sign;
    }
  }
  return q;
}

template <class T>
void fill_orthogonal(TensorView<T> weights, double gain, Rng& rng) {
  const Shape& shape = weights.shape();
  if (shape.rank() < 2) {
    throw_shape_error("orthogonal", "a weight of rank 2 or more is needed", {{"weight", shape}});
  }
  const std::size_t columns = shape.back();
  const std::size_t rows = shape.product(0, shape.rank() - 1);
  const auto q = random_orthonormal_columns(std::max(rows, columns), std::min(rows, columns), rng);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      weights[i * columns + j] = static_cast<T>(gain * (rows < columns ? q(j, i) : q(i, j)));
    }
  }
}

}  // namespace

Initializer initializers::orthogonal(double gain) {
  if (!std::isfinite(gain)) {
    throw_argument_error("orthogonal", fmt::format("gain must be finite, got {}", gain));
  }
  return {"orthogonal", serialized("Orthogonal", {{"gain", gain}}), [gain](auto weights, Rng& rng) {
            fill_orthogonal(weights, gain, rng);
          }};
}

}  // namespace rondo
