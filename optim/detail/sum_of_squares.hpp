/// A sum of squares for the sources of this folder.
#pragma once

#include <array>
#include <cstddef>
#include <numeric>

namespace rondo::detail {

/// Σ value(i)² for i < n, in double, since a sum of squares of floats may exceed float. Eight sums
/// that do not wait for one another become vectors.
template <class Value>
double sum_of_squares(std::size_t n, Value value) {
  std::array<double, 8> sums{};
  const auto square = [&](std::size_t i) {
    const auto x = static_cast<double>(value(i));
    return x * x;
  };
  std::size_t i = 0;
  for (; i + sums.size() <= n; i += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) {
      sums[lane] += square(i + lane);
    }
  }
  for (; i < n; ++i) {
    sums[0] += square(i);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace rondo::detail
