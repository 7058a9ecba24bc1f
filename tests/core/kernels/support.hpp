/// What the kernel tests share: the instruction sets of this machine, inputs, comparison.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <tuple>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::kernels::test {

using RealTypes = std::tuple<float, double>;

inline std::vector<InstructionSet> supported_sets() {
  std::vector<InstructionSet> sets;
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    if (is_supported(set)) {
      sets.push_back(set);
    }
  }
  return sets;
}

/// n values spread evenly over [low, high].
template <class T>
std::vector<T> spread(std::size_t n, double low, double high) {
  std::vector<T> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = static_cast<T>(low + (high - low) * (static_cast<double>(i) + 0.5) / double(n));
  }
  return x;
}

/// n values of [-1, 1) in no order.
template <class T>
std::vector<T> noise(std::size_t n, unsigned seed) {
  std::vector<T> x(n);
  for (T& value : x) {
    seed = seed * 1664525U + 1013904223U;
    value = static_cast<T>(static_cast<double>(seed) / 2147483648.0 - 1.0);
  }
  return x;
}

/// Distance in units in the last place of the expected value.
template <class T>
double ulps(T actual, long double expected) {
  const T nearest = static_cast<T>(expected);
  if (actual == nearest || (std::isnan(actual) && std::isnan(nearest))) {
    return 0.0;
  }
  const T size = std::abs(nearest);
  const T ulp = std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
  return static_cast<double>(std::abs(actual - expected) / ulp);
}

/// Every |actual - expected| ≤ tolerance·(1 + |expected|); reports the worst element.
template <class T, class U>
void check_close(const std::vector<T>& actual, const std::vector<U>& expected, double tolerance) {
  BOOST_REQUIRE_EQUAL(actual.size(), expected.size());
  if (actual.empty()) {
    return;
  }
  double worst = 0.0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const long double want = expected[i];
    const double error = static_cast<double>(std::abs(actual[i] - want) / (1.0L + std::abs(want)));
    if (!(error <= worst)) {
      worst = error;
      at = i;
    }
  }
  BOOST_CHECK_MESSAGE(worst <= tolerance,
                      "element " << at << ": " << actual[at] << " instead of " << expected[at]);
}

}  // namespace rondo::kernels::test
