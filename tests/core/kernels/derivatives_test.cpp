#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/tests/core/kernels/reference.hpp"
#include "rondo/tests/core/kernels/support.hpp"

namespace derivatives_test {

using namespace rondo::kernels;
using rondo::kernels::test::RealTypes;

namespace {

constexpr long double step = 1e-5L;

template <class T, class F>
std::vector<T> derivatives(InstructionSet set, const F& f, const std::vector<T>& x) {
  const UnaryKernels<F, T>& kernels = table_for<ElementwiseTable<T>>(set);
  const std::vector<T> dy(x.size(), T{1});
  std::vector<T> y(x.size());
  std::vector<T> dx(x.size(), T{0});
  kernels.forward(f, x.data(), y.data(), x.size());
  kernels.backward(f, x.data(), y.data(), dy.data(), dx.data(), x.size());
  return dx;
}

/// Arguments inside the domain and away from every kink.
template <class F>
std::vector<double> arguments() {
  const bool positive =
      std::is_same_v<F, Log> || std::is_same_v<F, Sqrt> || std::is_same_v<F, Reciprocal>;
  std::vector<double> x;
  for (const double value : test::spread<double>(997, positive ? 0.1 : -8.0, 8.0)) {
    bool is_smooth = true;
    for (const double kink : {0.0, 0.5, 1.0, 1.5, 2.5, 3.0, 4.0, 6.0}) {
      is_smooth = is_smooth && std::abs(std::abs(value) - kink) > 1e-3;
    }
    if (is_smooth) {
      x.push_back(value);
    }
  }
  return x;
}

template <class F>
void check_derivative(const F& f) {
  const std::vector<double> x = arguments<F>();
  std::vector<long double> expected;
  for (const double value : x) {
    const long double up = test::reference(f, value + step);
    const long double down = test::reference(f, value - step);
    expected.push_back((up - down) / (2 * step));
  }
  for (const InstructionSet set : test::supported_sets()) {
    test::check_close(derivatives(set, f, x), expected, 1e-8);
    const std::vector<float> narrow(x.begin(), x.end());
    test::check_close(derivatives(set, f, narrow), expected, 1e-5);
  }
}

template <class T, class F>
T derivative_at(const F& f, double x) {
  return derivatives(instruction_set(), f, std::vector<T>{static_cast<T>(x)})[0];
}

/// Derivatives of a binary formula at every pair of arguments, with respect to a and b.
template <class F>
std::array<std::vector<double>, 2> partials(InstructionSet set,
                                            const F& f,
                                            const std::vector<double>& a,
                                            const std::vector<double>& b) {
  const BinaryKernels<F, double>& kernels = table_for<ElementwiseTable<double>>(set);
  const std::size_t n = a.size();
  const std::vector<double> dy(n, 1.0);
  std::vector<double> y(n);
  std::array dx{std::vector<double>(n), std::vector<double>(n)};
  kernels.forward(f, a.data(), 1, b.data(), 1, y.data(), n);
  kernels.backward_left(f, a.data(), 1, b.data(), 1, y.data(), dy.data(), dx[0].data(), n);
  kernels.backward_right(f, a.data(), 1, b.data(), 1, y.data(), dy.data(), dx[1].data(), n);
  return dx;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels_derivatives)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_unary_formula_has_its_derivative, F, UnaryFormulas) {
  check_derivative(F{});
}

BOOST_AUTO_TEST_CASE(parameters_change_the_derivatives) {
  check_derivative(ScaleShift{.scale = -1.5, .shift = 0.3});
  check_derivative(Clip{.min = -2.5, .max = 3.0});
  check_derivative(Relu{.negative_slope = 0.1, .max_value = 4.0, .threshold = 1.5});
  check_derivative(LeakyRelu{.slope = 0.3});
  check_derivative(Elu{.alpha = 0.7});
  check_derivative(Celu{.alpha = 1.7});
  check_derivative(SoftShrink{.threshold = 1.5});
  check_derivative(HardShrink{.threshold = 1.5});
  check_derivative(Threshold{.threshold = 0.5, .default_value = -3.0});
  check_derivative(Squareplus{.b = 2.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_binary_formula_has_its_derivatives, F, BinaryFormulas) {
  const std::vector<double> a = test::spread<double>(101, 0.1, 3.0);
  std::vector<double> b = test::noise<double>(101, 7);
  std::array<std::vector<long double>, 2> expected;
  for (std::size_t i = 0; i < a.size(); ++i) {
    b[i] = 2.0 * b[i] + (b[i] > 0 ? 0.1 : -0.1);
    const long double x = a[i];
    const long double z = b[i];
    const F f;
    const long double right = test::reference(f, x + step, z) - test::reference(f, x - step, z);
    const long double left = test::reference(f, x, z + step) - test::reference(f, x, z - step);
    expected[0].push_back(right / (2 * step));
    expected[1].push_back(left / (2 * step));
  }
  for (const InstructionSet set : test::supported_sets()) {
    const std::array actual = partials(set, F{}, a, b);
    test::check_close(actual[0], expected[0], 1e-7);
    test::check_close(actual[1], expected[1], 1e-7);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(derivatives_at_kinks_are_those_of_keras_on_tensorflow, T, RealTypes) {
  BOOST_TEST(derivative_at<T>(Relu{}, 0) == T{0});
  BOOST_TEST(derivative_at<T>(Relu6{}, 0) == T{0});
  BOOST_TEST(derivative_at<T>(Relu6{}, 6) == T{0});
  BOOST_TEST(derivative_at<T>(HardSigmoid{}, -3) == T{0});
  BOOST_TEST(derivative_at<T>(HardSigmoid{}, 3) == T{0});
  BOOST_TEST(derivative_at<T>(HardSigmoidKeras2{}, -2.5) == T(0.2));
  BOOST_TEST(derivative_at<T>(HardSigmoidKeras2{}, 2.5) == T(0.2));
  BOOST_TEST(derivative_at<T>(HardTanh{}, -1) == T{1});
  BOOST_TEST(derivative_at<T>(HardTanh{}, 1) == T{1});
  BOOST_TEST(derivative_at<T>(LeakyRelu{}, 0) == T(0.2));
  BOOST_TEST(derivative_at<T>(SparseSigmoid{}, -1) == T{0});
  BOOST_TEST(derivative_at<T>(SparseSigmoid{}, 1) == T{0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bounds_of_a_clip_belong_to_its_inside, T, RealTypes) {
  const Clip clip{.min = -2, .max = 3};
  BOOST_TEST(derivative_at<T>(clip, -2) == T{1});
  BOOST_TEST(derivative_at<T>(clip, 3) == T{1});
  BOOST_TEST(derivative_at<T>(clip, 3.001) == T{0});
}

BOOST_AUTO_TEST_CASE(
    a_relu_with_parameters_has_the_slope_at_its_threshold_and_none_at_its_maximum) {
  const Relu relu{.negative_slope = 0.25, .max_value = 6, .threshold = 1};
  BOOST_TEST(derivative_at<double>(relu, 1) == 0.25);
  BOOST_TEST(derivative_at<double>(relu, 6) == 0.0);
}

BOOST_AUTO_TEST_CASE(elements_that_tie_share_the_gradient_of_maximum_and_minimum) {
  for (const InstructionSet set : test::supported_sets()) {
    const auto [max_left, max_right] = partials(set, Maximum{}, {2.0, 1.0}, {2.0, 3.0});
    BOOST_TEST(max_left == (std::vector{0.5, 0.0}));
    BOOST_TEST(max_right == (std::vector{0.5, 1.0}));
    const auto [min_left, min_right] = partials(set, Minimum{}, {2.0, 1.0}, {2.0, 3.0});
    BOOST_TEST(min_left == (std::vector{0.5, 1.0}));
    BOOST_TEST(min_right == (std::vector{0.5, 0.0}));
  }
}

BOOST_AUTO_TEST_CASE(the_derivatives_of_a_power_at_zero_are_finite_where_they_exist) {
  for (const InstructionSet set : test::supported_sets()) {
    const auto [left, right] = partials(set, Power{}, {0.0, 0.0, 0.0, 0.0}, {0.0, 1.0, 2.0, 3.0});
    BOOST_TEST(left == (std::vector{0.0, 1.0, 0.0, 0.0}));
    BOOST_TEST(right == (std::vector{0.0, 0.0, 0.0, 0.0}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace derivatives_test
