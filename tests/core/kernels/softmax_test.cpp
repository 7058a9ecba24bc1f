#include "rondo/core/kernels/softmax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "rondo/tests/core/kernels/support.hpp"

namespace softmax_test {

using namespace rondo::kernels;
using rondo::kernels::test::RealTypes;

namespace {

using Long = long double;
using Line = std::vector<Long>;
using Sizes = std::array<std::size_t, 3>;  // outer, n, inner

Line softmax_of(const Line& x) {
  Line y(x.size());
  Long total = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    y[j] = std::exp(x[j]);
    total += y[j];
  }
  for (Long& value : y) {
    value /= total;
  }
  return y;
}

Line log_softmax_of(const Line& x) {
  Line y = softmax_of(x);
  for (Long& value : y) {
    value = std::log(value);
  }
  return y;
}

/// By sorting, as in the paper.
Line sparsemax_of(const Line& x) {
  Line sorted = x;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  Long cumulated = 0;
  Long threshold = 0;
  for (std::size_t j = 0; j < sorted.size(); ++j) {
    cumulated += sorted[j];
    if (sorted[j] - (cumulated - 1) / Long(j + 1) > 0) {
      threshold = (cumulated - 1) / Long(j + 1);
    }
  }
  Line y(x.size());
  std::transform(
      x.begin(), x.end(), y.begin(), [=](Long v) { return std::max(v - threshold, 0.0L); });
  return y;
}

template <class T>
struct Function {
  const char* name;
  typename SoftmaxTable<T>::Forward* SoftmaxTable<T>::*forward;
  typename SoftmaxTable<T>::Backward* SoftmaxTable<T>::*backward;
  Line (*reference)(const Line& x);
};

template <class T>
constexpr std::array functions{
    Function<T>{
        "softmax", &SoftmaxTable<T>::softmax, &SoftmaxTable<T>::softmax_backward, softmax_of},
    Function<T>{"log_softmax",
                &SoftmaxTable<T>::log_softmax,
                &SoftmaxTable<T>::log_softmax_backward,
                log_softmax_of},
    Function<T>{"sparsemax",
                &SoftmaxTable<T>::sparsemax,
                &SoftmaxTable<T>::sparsemax_backward,
                sparsemax_of}};

/// Both memory orders and every rest of a vector.
std::vector<Sizes> all_sizes() {
  std::vector<Sizes> sizes{{3, 150, 1}, {1, 70, 5}};
  for (std::size_t i = 1; i <= 67; ++i) {
    sizes.push_back({2, i, 1});
    sizes.push_back({2, 4, i});
  }
  return sizes;
}

/// Calls body(table, function, sizes, x) for all of them.
template <class T, class Body>
void for_all(Body body) {
  for (const InstructionSet set : test::supported_sets()) {
    for (const Function<T>& function : functions<T>) {
      for (const Sizes& sizes : all_sizes()) {
        const auto [outer, n, inner] = sizes;
        std::vector<T> x = test::noise<T>(outer * n * inner, 5);
        std::transform(x.begin(), x.end(), x.begin(), [](T value) { return 3 * value; });
        BOOST_TEST_CONTEXT(to_string(set) << ' ' << function.name << " [" << outer << ", " << n
                                          << ", " << inner << "]") {
          body(table_for<SoftmaxTable<T>>(set), function, sizes, x);
        }
      }
    }
  }
}

/// The elements of line `index` of [outer, inner] in x: [outer, n, inner].
template <class T>
Line line(const std::vector<T>& x, const Sizes& sizes, std::size_t index) {
  const auto [outer, n, inner] = sizes;
  Line elements(n);
  for (std::size_t j = 0; j < n; ++j) {
    elements[j] = x[(index / inner * n + j) * inner + index % inner];
  }
  return elements;
}

/// Σ_k dy_k·∂y_k/∂x_j for all j, by central differences.
Line numeric_gradient(Line (*reference)(const Line&), Line x, const Line& dy) {
  constexpr Long step = 1e-6L;
  Line dx(x.size());
  for (std::size_t j = 0; j < x.size(); ++j) {
    const Long centre = x[j];
    x[j] = centre + step;
    const Line up = reference(x);
    x[j] = centre - step;
    const Line down = reference(x);
    x[j] = centre;
    for (std::size_t k = 0; k < x.size(); ++k) {
      dx[j] += dy[k] * (up[k] - down[k]) / (2 * step);
    }
  }
  return dx;
}

template <class T>
std::vector<T> row(void (*function)(const T*, std::size_t, std::size_t, std::size_t, T*),
                   const std::vector<T>& x) {
  std::vector<T> y(x.size());
  function(x.data(), 1, x.size(), 1, y.data());
  return y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels_softmax)

BOOST_AUTO_TEST_CASE_TEMPLATE(values_are_those_of_the_definition_and_may_replace_the_argument,
                              T,
                              RealTypes) {
  for_all<T>([](const SoftmaxTable<T>& table,
                const Function<T>& function,
                const Sizes& sizes,
                std::vector<T> x) {
    const auto [outer, n, inner] = sizes;
    std::vector<T> y(x.size());
    (table.*function.forward)(x.data(), outer, n, inner, y.data());
    for (std::size_t index = 0; index < outer * inner; ++index) {
      const Line expected = function.reference(line(x, sizes, index));
      test::check_close(line(y, sizes, index), expected, 8 * std::numeric_limits<T>::epsilon());
    }
    (table.*function.forward)(x.data(), outer, n, inner, x.data());
    BOOST_TEST((x == y));
  });
}

BOOST_AUTO_TEST_CASE(gradients_are_those_of_the_definition_and_are_added) {
  for_all<double>([](const SoftmaxTable<double>& table,
                     const Function<double>& function,
                     const Sizes& sizes,
                     const std::vector<double>& x) {
    const auto [outer, n, inner] = sizes;
    const std::vector<double> dy = test::noise<double>(x.size(), 6);
    std::vector<double> y(x.size());
    std::vector<double> dx(x.size(), 3.0);
    (table.*function.forward)(x.data(), outer, n, inner, y.data());
    (table.*function.backward)(y.data(), dy.data(), outer, n, inner, dx.data());
    for (std::size_t index = 0; index < outer * inner; ++index) {
      Line expected =
          numeric_gradient(function.reference, line(x, sizes, index), line(dy, sizes, index));
      for (Long& value : expected) {
        value += 3;
      }
      test::check_close(line(dx, sizes, index), expected, 1e-9);
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(large_and_masked_elements_do_not_overflow, T, RealTypes) {
  const T infinity = std::numeric_limits<T>::infinity();
  const std::vector<T> x{T(20000), -infinity, T(20000), T(-20000)};
  BOOST_TEST(row(softmax<T>, x) == (std::vector<T>{T(0.5), 0, T(0.5), 0}));
  BOOST_TEST(row(sparsemax<T>, x) == (std::vector<T>{T(0.5), 0, T(0.5), 0}));
  BOOST_TEST(row(log_softmax<T>, x)[3] == T(-40000) - std::log(T(2)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_nan_makes_the_whole_line_nan, T, RealTypes) {
  std::vector<T> x = test::noise<T>(37, 1);
  x[20] = std::numeric_limits<T>::quiet_NaN();
  for (const auto& y : {row(softmax<T>, x), row(log_softmax<T>, x), row(sparsemax<T>, x)}) {
    BOOST_TEST(std::all_of(y.begin(), y.end(), [](T value) { return std::isnan(value); }));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparsemax_gives_the_example_of_its_definition, T, RealTypes) {
  // τ = (1 + 0.5 - 1)/2 = 0.25 over the two largest; 0.1 lies below it
  BOOST_TEST(row(sparsemax<T>, {T(1), T(0.1), T(0.5)}) == (std::vector<T>{T(0.75), 0, T(0.25)}));
  BOOST_TEST(row(sparsemax<T>, {T(5), T(3)}) == (std::vector<T>{1, 0}));
  BOOST_TEST(row(sparsemax<T>, std::vector<T>(4, T(-2))) == std::vector<T>(4, T(0.25)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace softmax_test
