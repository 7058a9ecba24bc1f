#include "rondo/core/kernels/reduce.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "rondo/tests/core/kernels/support.hpp"

namespace reduce_test {

using namespace rondo::kernels;
using rondo::kernels::test::RealTypes;

namespace {

using Sizes = std::array<std::size_t, 3>;  // outer, n, inner

/// Both memory orders, every rest of a vector, several blocks of an unrolled loop.
std::vector<Sizes> all_sizes() {
  std::vector<Sizes> sizes{{3, 200, 1}, {1, 1000, 40}, {2, 1, 1}, {2, 0, 1}, {2, 0, 3}, {0, 4, 2}};
  for (std::size_t i = 1; i <= 67; ++i) {
    sizes.push_back({2, i, 1});
    sizes.push_back({2, 3, i});
  }
  return sizes;
}

/// The elements of line (o, i) of x: [outer, n, inner].
template <class T>
std::vector<T> line(const std::vector<T>& x, const Sizes& sizes, std::size_t index) {
  const auto [outer, n, inner] = sizes;
  std::vector<T> elements(n);
  for (std::size_t j = 0; j < n; ++j) {
    elements[j] = x[(index / inner * n + j) * inner + index % inner];
  }
  return elements;
}

/// Calls body(instruction set, sizes, x) for all of them.
template <class T, class Body>
void for_all(Body body) {
  for (const InstructionSet set : test::supported_sets()) {
    for (const Sizes& sizes : all_sizes()) {
      const auto [outer, n, inner] = sizes;
      BOOST_TEST_CONTEXT(to_string(set) << " [" << outer << ", " << n << ", " << inner << "]") {
        body(table_for<ReduceTable<T>>(set), sizes, test::noise<T>(outer * n * inner, 5));
      }
    }
  }
}

template <class T>
constexpr double rounding = 4 * std::numeric_limits<T>::epsilon();

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels_reduce)

BOOST_AUTO_TEST_CASE_TEMPLATE(sum_overwrites_and_sum_into_adds, T, RealTypes) {
  for_all<T>([](const ReduceTable<T>& kernels, const Sizes& sizes, const std::vector<T>& x) {
    const auto [outer, n, inner] = sizes;
    std::vector<T> y(outer * inner, T{7});
    std::vector<T> into(outer * inner, T{7});
    std::vector<double> expected(outer * inner);
    for (std::size_t index = 0; index < expected.size(); ++index) {
      for (const T value : line(x, sizes, index)) {
        expected[index] += value;
      }
    }
    kernels.sum(x.data(), outer, n, inner, y.data());
    test::check_close(y, expected, 16 * rounding<T>);
    kernels.sum_into(x.data(), outer, n, inner, into.data());
    for (double& value : expected) {
      value += 7;
    }
    test::check_close(into, expected, 16 * rounding<T>);
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_rule_of_a_sum_adds_the_scaled_gradient_everywhere, T, RealTypes) {
  for_all<T>([](const ReduceTable<T>& kernels, const Sizes& sizes, const std::vector<T>& x) {
    const auto [outer, n, inner] = sizes;
    const std::vector<T> dy = test::noise<T>(outer * inner, 6);
    std::vector<T> dx = x;
    kernels.sum_backward(dy.data(), T(0.25), outer, n, inner, dx.data());
    for (std::size_t index = 0; index < dy.size(); ++index) {
      std::vector<T> expected = line(x, sizes, index);
      for (T& value : expected) {
        value += T(0.25) * dy[index];
      }
      BOOST_TEST(line(dx, sizes, index) == expected);
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(maximum_and_minimum_are_those_of_each_line, T, RealTypes) {
  for_all<T>([](const ReduceTable<T>& kernels, const Sizes& sizes, const std::vector<T>& x) {
    const auto [outer, n, inner] = sizes;
    std::vector<T> high(outer * inner);
    std::vector<T> low(outer * inner);
    kernels.maximum(x.data(), outer, n, inner, high.data());
    kernels.minimum(x.data(), outer, n, inner, low.data());
    for (std::size_t index = 0; index < high.size(); ++index) {
      std::vector<T> elements = line(x, sizes, index);
      elements.insert(elements.end(), n == 0 ? 1 : 0, std::numeric_limits<T>::infinity());
      BOOST_TEST(low[index] == *std::min_element(elements.begin(), elements.end()));
      BOOST_TEST(high[index] ==
                 (n == 0 ? -elements[0] : *std::max_element(elements.begin(), elements.end())));
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_nan_makes_the_extremum_of_its_line_nan, T, RealTypes) {
  for (const InstructionSet set : test::supported_sets()) {
    const ReduceTable<T>& kernels = table_for<ReduceTable<T>>(set);
    for (std::size_t at = 0; at < 90; ++at) {
      std::vector<T> x = test::noise<T>(180, 8);
      x[at] = std::numeric_limits<T>::quiet_NaN();
      std::array<T, 2> rows{};
      kernels.maximum(x.data(), 2, 90, 1, rows.data());
      BOOST_TEST((std::isnan(rows[0]) && !std::isnan(rows[1])));
      kernels.minimum(x.data(), 2, 90, 1, rows.data());
      BOOST_TEST((std::isnan(rows[0]) && !std::isnan(rows[1])));
      std::vector<T> columns(90);
      kernels.maximum(x.data(), 1, 2, 90, columns.data());
      BOOST_TEST((std::isnan(columns[at]) && !std::isnan(columns[(at + 1) % 90])));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(equal_extrema_share_the_gradient, T, RealTypes) {
  for_all<T>([](const ReduceTable<T>& kernels, const Sizes& sizes, std::vector<T> x) {
    const auto [outer, n, inner] = sizes;
    std::transform(x.begin(), x.end(), x.begin(), [](T v) { return std::round(2 * v); });
    const std::vector<T> dy = test::noise<T>(outer * inner, 9);
    std::vector<T> y(outer * inner);
    std::vector<T> dx(x.size(), T{3});
    kernels.maximum(x.data(), outer, n, inner, y.data());
    kernels.extremum_backward(x.data(), y.data(), dy.data(), outer, n, inner, dx.data());
    for (std::size_t index = 0; index < y.size(); ++index) {
      const std::vector<T> elements = line(x, sizes, index);
      const auto ties = std::count(elements.begin(), elements.end(), y[index]);
      std::vector<T> expected(n);
      for (std::size_t j = 0; j < n; ++j) {
        expected[j] = T{3} + (elements[j] == y[index] ? dy[index] / static_cast<T>(ties) : T{0});
      }
      BOOST_TEST(line(dx, sizes, index) == expected);
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(dot_and_sum_of_squares_accumulate_in_double, T, RealTypes) {
  for (const InstructionSet set : test::supported_sets()) {
    const ReduceTable<T>& kernels = table_for<ReduceTable<T>>(set);
    for (std::size_t n = 0; n <= 67; ++n) {
      const std::vector<T> a = test::noise<T>(n, 10);
      const std::vector<T> b = test::noise<T>(n, 11);
      long double product = 0;
      long double squares = 0;
      for (std::size_t i = 0; i < n; ++i) {
        product += static_cast<long double>(a[i]) * b[i];
        squares += static_cast<long double>(a[i]) * a[i];
      }
      BOOST_TEST(std::abs(kernels.dot(a.data(), b.data(), n) - product) <= 2 * rounding<T>);
      BOOST_TEST(std::abs(kernels.sum_of_squares(a.data(), n) - squares) <= 8 * rounding<double>);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace reduce_test
