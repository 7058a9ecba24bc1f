/// What every test needs: comparison of arrays, errors by type and text, both element types.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "rondo/core/core.hpp"

namespace rondo {

inline std::ostream& operator<<(std::ostream& out, const Shape& shape) {
  return out << to_string(shape);
}

}  // namespace rondo

namespace rondo::test {

using RealTypes = std::tuple<float, double>;

/// Relative to max(1, largest magnitude of the reference), as all parity comparisons.
template <Real T>
constexpr double tolerance = std::is_same_v<T, float> ? 2e-6 : 1e-12;

template <Element T>
std::vector<T> values(TensorView<const T> view) {
  return std::vector<T>(view.begin(), view.end());
}

template <Element T>
std::vector<T> values(TensorView<T> view) {
  return values(TensorView<const T>(view));
}

/// Compares element by element and reports the worst index.
template <class A>
void check_close(std::span<const A> actual, const std::vector<double>& expected, double tolerance) {
  BOOST_REQUIRE_EQUAL(actual.size(), expected.size());
  if (expected.empty()) {
    return;
  }
  double scale = 1.0;
  for (const double value : expected) {
    scale = std::max(scale, std::abs(value));
  }
  std::size_t worst = 0;
  double error = -1.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto value = static_cast<double>(actual[i]);
    double difference = std::abs(value - expected[i]) / scale;
    if (value == expected[i] || (std::isnan(value) && std::isnan(expected[i]))) {
      difference = 0.0;
    } else if (std::isnan(difference)) {
      difference = std::numeric_limits<double>::infinity();
    }
    if (difference > error) {
      error = difference;
      worst = i;
    }
  }
  BOOST_CHECK_MESSAGE(error <= tolerance,
                      "worst at index " << worst << ": found " << actual[worst] << ", expected "
                                        << expected[worst] << ", relative error " << error
                                        << ", allowed " << tolerance);
}

template <class T>
void check_close(TensorView<T> actual,
                 const std::vector<double>& expected,
                 double allowed = tolerance<std::remove_const_t<T>>) {
  check_close(std::span<const T>(actual.span()), expected, allowed);
}

template <Real T>
void check_close(const Variable<T>& actual,
                 const std::vector<double>& expected,
                 double allowed = tolerance<T>) {
  check_close(actual.value(), expected, allowed);
}

template <Real T>
void check_close(const Tensor<T>& actual,
                 const std::vector<double>& expected,
                 double allowed = tolerance<T>) {
  check_close(actual.view(), expected, allowed);
}

/// Values drawn from a seeded stream, uniform in [low, high).
template <Real T>
Tensor<T> random_tensor(const Shape& shape,
                        std::uint64_t seed,
                        double low = -1.0,
                        double high = 1.0) {
  Rng rng(seed);
  Tensor<T> result(shape);
  std::generate_n(
      result.data(), shape.size(), [&] { return static_cast<T>(rng.uniform(low, high)); });
  return result;
}

/// The gradients of an op of one, two or three variables agree with central differences to 1e-6.
/// Its result is used twice, so that a rule that overwrites a gradient instead of adding to it is
/// found.
template <class Op>
void check_gradient(Op op,
                    std::initializer_list<Tensor<double>> inputs,
                    GradientCheckMode mode = GradientCheckMode::full) {
  using V = Variable<double>;
  const auto apply = [&](std::span<const V> x) {
    if constexpr (std::is_invocable_v<Op, V>) {
      return op(x[0]);
    } else if constexpr (std::is_invocable_v<Op, V, V>) {
      return op(x[0], x[1]);
    } else {
      return op(x[0], x[1], x[2]);
    }
  };
  const auto result =
      check_gradients([&](Tape<double>&, std::span<const V> x) { return apply(x) + apply(x); },
                      inputs,
                      {.mode = mode});
  BOOST_CHECK_MESSAGE(result.passed, result.report);
}

}  // namespace rondo::test

/// The statement throws this type with exactly this text.
#define RONDO_CHECK_THROWS(statement, Type, text)                                      \
  BOOST_CHECK_EXCEPTION(statement, Type, [&](const Type& error) {                      \
    BOOST_TEST_MESSAGE(error.what());                                                  \
    const bool equal = std::string(error.what()) == (text);                            \
    BOOST_CHECK_MESSAGE(equal, "found: " << error.what() << "\nexpected: " << (text)); \
    return equal;                                                                      \
  })
