#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/tests/core/kernels/reference.hpp"
#include "rondo/tests/core/kernels/support.hpp"

namespace formulas_test {

using namespace rondo::kernels;
using rondo::kernels::test::RealTypes;

namespace {

template <class F, class T>
std::vector<T> apply(InstructionSet set, const F& f, const std::vector<T>& x) {
  const UnaryKernels<F, T>& kernels = table_for<ElementwiseTable<T>>(set);
  std::vector<T> y(x.size());
  kernels.forward(f, x.data(), y.data(), x.size());
  return y;
}

template <class F>
constexpr bool needs_positive = std::is_same_v<F, Log> || std::is_same_v<F, Sqrt>;

template <class F>
constexpr bool has_constant_else =
    std::is_same_v<F, SoftShrink> || std::is_same_v<F, HardShrink> || std::is_same_v<F, Threshold>;

template <class T>
void check_values_on(InstructionSet set,
                     const std::vector<T>& found,
                     const std::vector<long double>& expected,
                     double tolerance) {
  BOOST_TEST_CONTEXT(to_string(set)) {
    test::check_close(found, expected, tolerance);
  }
}

template <class T, class F>
void check_values(const F& f) {
  const std::vector<T> x = test::spread<T>(4001, needs_positive<F> ? 1e-3 : -20.0, 20.0);
  std::vector<long double> expected;
  for (const T value : x) {
    expected.push_back(test::reference(f, value));
  }
  const double scale = 1.0 + 20.0;  // x - tanh(x), x·Φ(x) and others round at the size of x
  for (const InstructionSet set : test::supported_sets()) {
    check_values_on(set, apply(set, f, x), expected, 4 * scale * std::numeric_limits<T>::epsilon());
  }
}

/// Worst error in units in the last place over [low, high], on all instruction sets.
template <class T, class F>
double worst_ulps(const F& f, double low, double high) {
  const std::vector<T> x = test::spread<T>(100003, low, high);
  double worst = 0.0;
  for (const InstructionSet set : test::supported_sets()) {
    const std::vector<T> y = apply(set, f, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      worst = std::max(worst, test::ulps(y[i], test::reference(f, x[i])));
    }
  }
  return worst;
}

// Not templates: BOOST_TEST is slow to compile, and there are forty formulas.

void check_nan(double value, bool expected) {
  BOOST_TEST(std::isnan(value) == expected);
}

void check_no_nan(const std::vector<float>& values) {
  for (const float value : values) {
    BOOST_TEST(!std::isnan(value));
  }
}

template <class T, class F>
T at(const F& f, double x) {
  return apply(instruction_set(), f, std::vector<T>{static_cast<T>(x)})[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels_formulas)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_formula_has_the_values_of_its_definition, F, UnaryFormulas) {
  check_values<float>(F{});
  check_values<double>(F{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(parameters_change_the_values, T, RealTypes) {
  check_values<T>(ScaleShift{.scale = -1.5, .shift = 0.3});
  check_values<T>(Clip{.min = -2.0, .max = 3.0});
  check_values<T>(Relu{.negative_slope = 0.1, .max_value = 4.0, .threshold = 1.5});
  check_values<T>(LeakyRelu{.slope = 0.3});
  check_values<T>(Elu{.alpha = 0.7});
  check_values<T>(Celu{.alpha = 1.7});
  check_values<T>(SoftShrink{.threshold = 1.25});
  check_values<T>(HardShrink{.threshold = 1.25});
  check_values<T>(Threshold{.threshold = 0.75, .default_value = -3.0});
  check_values<T>(Squareplus{.b = 2.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nan_stays_nan_unless_the_formula_has_a_constant_branch,
                              F,
                              UnaryFormulas) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const InstructionSet set : test::supported_sets()) {
    check_nan(apply(set, F{}, std::vector<double>{1.0, nan, 2.0})[1], !has_constant_else<F>);
    check_nan(apply(set, F{}, std::vector<float>(20, static_cast<float>(nan)))[19],
              !has_constant_else<F>);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(large_arguments_do_not_give_nan, F, UnaryFormulas) {
  if (needs_positive<F>) {
    return;
  }
  for (const InstructionSet set : test::supported_sets()) {
    check_no_nan(apply(set, F{}, std::vector<float>{-1e30F, -1e3F, 1e3F, 1e30F}));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(activations_reach_their_limits, T, RealTypes) {
  BOOST_TEST(at<T>(Sigmoid{}, 1000) == T{1});
  BOOST_TEST(at<T>(Sigmoid{}, -1000) == T{0});
  BOOST_TEST(at<T>(Softplus{}, 1000) == T{1000});
  BOOST_TEST(at<T>(LogSigmoid{}, -1000) == T{-1000});
  BOOST_TEST(at<T>(Silu{}, -1000) == T{0});
  BOOST_TEST(at<T>(Mish{}, 1000) == T{1000});
  BOOST_TEST(at<T>(Mish{}, -1000) == T{0});
  BOOST_TEST(at<T>(Relu{}, -std::numeric_limits<double>::infinity()) == T{0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(exp_reaches_to_the_bounds_of_the_type, T, RealTypes) {
  const double highest = std::log(static_cast<double>(std::numeric_limits<T>::max()));
  const double lowest = std::log(static_cast<double>(std::numeric_limits<T>::min()));
  BOOST_TEST(worst_ulps<T>(Exp{}, highest - 0.5, highest - 1e-5) < 2.0);
  BOOST_TEST(worst_ulps<T>(Exp{}, lowest + 1e-5, lowest + 0.5) < 2.0);
  BOOST_TEST(at<T>(Exp{}, highest + 1e-4) == std::numeric_limits<T>::infinity());
  BOOST_TEST(at<T>(Exp{}, 1e30) == std::numeric_limits<T>::infinity());
  BOOST_TEST(at<T>(Exp{}, lowest - 1e-4) == T{0});
  BOOST_TEST(at<T>(Exp{}, -1e30) == T{0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(functions_of_nan_are_nan_whatever_its_payload, T, RealTypes) {
  const double nan = std::nan("0x7FFFE0000001");  // a float keeps the payload's upper bits
  for (const InstructionSet set : test::supported_sets()) {
    const std::vector<T> x(20, static_cast<T>(nan));
    check_nan(apply(set, Exp{}, x)[0], true);
    check_nan(apply(set, Tanh{}, x)[0], true);
    check_nan(apply(set, Log{}, x)[0], true);
    check_nan(apply(set, Gelu{}, x)[0], true);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(log_has_its_values_outside_of_the_normal_numbers, T, RealTypes) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  constexpr T tiny = std::numeric_limits<T>::denorm_min();
  const std::vector<T> x{0, T{-0.0}, -1, infinity, tiny, 3 * tiny, 1, -infinity, -tiny, 2};
  for (const InstructionSet set : test::supported_sets()) {
    const std::vector<T> y = apply(set, Log{}, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      BOOST_TEST(test::ulps(y[i], std::log(static_cast<long double>(x[i]))) < 1.0);
    }
  }
}

BOOST_AUTO_TEST_CASE(gelu_is_accurate_where_it_is_nearly_0) {
  BOOST_TEST(worst_ulps<float>(Gelu{}, -12, 12) < 10.0);
  BOOST_TEST(worst_ulps<double>(Gelu{}, -36, 36) < 10.0);
}

BOOST_AUTO_TEST_CASE(gate_functions_are_accurate_in_float) {
  BOOST_TEST(worst_ulps<float>(Exp{}, -87, 87) < 2.0);
  BOOST_TEST(worst_ulps<float>(Tanh{}, -10, 10) < 2.0);
  BOOST_TEST(worst_ulps<float>(Tanh{}, -1e-3, 1e-3) < 2.0);
  BOOST_TEST(worst_ulps<float>(Sigmoid{}, -87, 87) < 3.0);
  BOOST_TEST(worst_ulps<float>(Log{}, 1e-6, 10) < 2.0);
}

BOOST_AUTO_TEST_CASE(gate_functions_are_accurate_in_double) {
  BOOST_TEST(worst_ulps<double>(Exp{}, -700, 700) < 2.0);
  BOOST_TEST(worst_ulps<double>(Tanh{}, -20, 20) < 2.0);
  BOOST_TEST(worst_ulps<double>(Sigmoid{}, -700, 700) < 3.0);
  BOOST_TEST(worst_ulps<double>(Log{}, 1e-6, 10) < 2.0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sine_and_cosine_hold_for_large_arguments, T, RealTypes) {
  std::vector<T> x{T(1e3), T(8191), T(8193), T(1e7), T(1e12), T(-12345678), T(3.1415926), T(0)};
  for (const InstructionSet set : test::supported_sets()) {
    const std::vector<T> sine = apply(set, Sin{}, x);
    const std::vector<T> cosine = apply(set, Cos{}, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double limit = std::numeric_limits<T>::epsilon();
      BOOST_TEST(std::abs(sine[i] - std::sin(static_cast<long double>(x[i]))) <= limit);
      BOOST_TEST(std::abs(cosine[i] - std::cos(static_cast<long double>(x[i]))) <= limit);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace formulas_test
