#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_activation_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// The points include large values and every kink of the functions below.
const std::vector<double> points{
    -100, -20, -6, -3, -2.5, -1, -0.5, -0.25, -1e-3, 0, 1e-3, 0.25, 0.5, 1, 2.5, 3, 6, 20, 100};

/// op(x) equals reference(x) at each point; compared one by one, for their sizes differ.
template <Real T, class Op, class Reference>
void check_points(Op op, Reference reference) {
  Tape<T> tape;
  Tensor<T> x(Shape{points.size()});
  std::ranges::transform(points, x.data(), [](double p) { return static_cast<T>(p); });
  const Variable<T> y = op(tape.constant(x));
  for (std::size_t i = 0; i < points.size(); ++i) {
    BOOST_TEST_CONTEXT("at " << points[i]) {
      const double expected = reference(static_cast<double>(x.data()[i]));
      check_close(y.value().span().subspan(i, 1), {expected}, test::tolerance<T>);
    }
  }
}

/// The derivatives of op at some points.
template <Real T, class Op>
void check_slopes(Op op, std::initializer_list<T> at, const std::vector<double>& slopes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({at.size()}, at));
  tape.backward(sum(op(x)));
  check_close(x.grad(), slopes);
}

double clipped(double x, double low, double high) {
  return std::min(std::max(x, low), high);
}

double logistic(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

double log_one_plus_exp(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_activation)

BOOST_AUTO_TEST_CASE_TEMPLATE(relu_and_its_options, T, RealTypes) {
  check_points<T>([](const auto& x) { return relu(x); }, [](double x) { return std::max(x, 0.0); });
  check_points<T>(
      [](const auto& x) {
        return relu(x, {.negative_slope = 0.1, .max_value = 6.0, .threshold = 1.0});
      },
      [](double x) { return x > 1.0 ? std::min(x, 6.0) : 0.1 * (x - 1.0); });
  check_points<T>([](const auto& x) { return relu(x, {.threshold = 1.0}); },
                  [](double x) { return x > 1.0 ? x : 0.0; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(relu6_and_leaky_relu, T, RealTypes) {
  check_points<T>([](const auto& x) { return relu6(x); },
                  [](double x) { return clipped(x, 0.0, 6.0); });
  check_points<T>([](const auto& x) { return leaky_relu(x); },
                  [](double x) { return std::max(x, 0.2 * x); });
  check_points<T>([](const auto& x) { return leaky_relu(x, 0.3); },
                  [](double x) { return std::max(x, 0.3 * x); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(elu_selu_and_celu, T, RealTypes) {
  const auto elu_of = [](double x, double alpha) { return x >= 0 ? x : alpha * std::expm1(x); };
  check_points<T>([](const auto& x) { return elu(x); }, [=](double x) { return elu_of(x, 1.0); });
  check_points<T>([](const auto& x) { return elu(x, 0.5); },
                  [=](double x) { return elu_of(x, 0.5); });
  check_points<T>([](const auto& x) { return selu(x); },
                  [=](double x) { return 1.0507009873554805 * elu_of(x, 1.6732632423543772); });
  for (const double alpha : {1.0, 2.0}) {
    check_points<T>(
        [=](const auto& x) { return celu(x, alpha); },
        [=](double x) { return std::max(x, 0.0) + alpha * std::expm1(std::min(x, 0.0) / alpha); });
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gelu_exact_and_approximate, T, RealTypes) {
  check_points<T>([](const auto& x) { return gelu(x); },
                  [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.0)); });
  check_points<T>([](const auto& x) { return gelu(x, true); },
                  [](double x) {
                    const double inner = std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x);
                    return 0.5 * x * (1.0 + std::tanh(inner));
                  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(silu_and_hard_silu, T, RealTypes) {
  check_points<T>([](const auto& x) { return silu(x); }, [](double x) { return x * logistic(x); });
  check_points<T>([](const auto& x) { return hard_silu(x); },
                  [](double x) { return x * clipped(x + 3.0, 0.0, 6.0) / 6.0; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(both_hard_sigmoids, T, RealTypes) {
  check_points<T>([](const auto& x) { return hard_sigmoid(x); },
                  [](double x) { return clipped(x + 3.0, 0.0, 6.0) / 6.0; });
  check_points<T>([](const auto& x) { return hard_sigmoid_keras2(x); },
                  [](double x) { return clipped(0.2 * x + 0.5, 0.0, 1.0); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(softplus_and_log_sigmoid, T, RealTypes) {
  check_points<T>([](const auto& x) { return softplus(x); }, log_one_plus_exp);
  check_points<T>([](const auto& x) { return log_sigmoid(x); },
                  [](double x) { return -log_one_plus_exp(-x); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(hard_tanh_tanh_shrink_and_softsign, T, RealTypes) {
  check_points<T>([](const auto& x) { return hard_tanh(x); },
                  [](double x) { return clipped(x, -1.0, 1.0); });
  check_points<T>([](const auto& x) { return tanh_shrink(x); },
                  [](double x) { return x - std::tanh(x); });
  check_points<T>([](const auto& x) { return softsign(x); },
                  [](double x) { return x / (1.0 + std::abs(x)); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(shrinking_functions, T, RealTypes) {
  for (const double limit : {0.5, 2.5}) {
    check_points<T>([=](const auto& x) { return soft_shrink(x, limit); },
                    [=](double x) { return x > limit    ? x - limit
                                           : x < -limit ? x + limit
                                                        : 0.0; });
    check_points<T>([=](const auto& x) { return hard_shrink(x, limit); },
                    [=](double x) { return std::abs(x) > limit ? x : 0.0; });
  }
  check_points<T>([](const auto& x) { return soft_shrink(x); },
                  [](double x) { return x > 0.5    ? x - 0.5
                                        : x < -0.5 ? x + 0.5
                                                   : 0.0; });
  check_points<T>([](const auto& x) { return hard_shrink(x); },
                  [](double x) { return std::abs(x) > 0.5 ? x : 0.0; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(threshold_replaces_what_does_not_exceed_it, T, RealTypes) {
  check_points<T>([](const auto& x) { return threshold(x, 0.5, -7.0); },
                  [](double x) { return x > 0.5 ? x : -7.0; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparse_plus_and_sparse_sigmoid, T, RealTypes) {
  check_points<T>([](const auto& x) { return sparse_plus(x); },
                  [](double x) { return x <= -1 ? 0.0
                                        : x < 1 ? (x + 1.0) * (x + 1.0) / 4.0
                                                : x; });
  check_points<T>([](const auto& x) { return sparse_sigmoid(x); },
                  [](double x) { return clipped((x + 1.0) / 2.0, 0.0, 1.0); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(squareplus_and_mish, T, RealTypes) {
  for (const double b : {4.0, 0.5}) {
    check_points<T>([=](const auto& x) { return squareplus(x, b); },
                    [=](double x) { return (x + std::sqrt(x * x + b)) / 2.0; });
  }
  check_points<T>([](const auto& x) { return mish(x); },
                  [](double x) { return x * std::tanh(log_one_plus_exp(x)); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(infinite_arguments_give_the_limits, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values(
      {2}, {-std::numeric_limits<T>::infinity(), std::numeric_limits<T>::infinity()}));
  check_close(relu(x), {0, inf});
  check_close(elu(x), {-1, inf});
  check_close(softplus(x), {0, inf});
  check_close(log_sigmoid(x), {-inf, 0});
  check_close(hard_sigmoid(x), {0, 1});
  check_close(hard_tanh(x), {-1, 1});
}

// The derivatives at kinks are those of Keras on TensorFlow.

BOOST_AUTO_TEST_CASE_TEMPLATE(slopes_at_the_kinks_of_the_relu_family, T, RealTypes) {
  check_slopes<T>([](const auto& x) { return relu(x); }, {-1, 0, 1}, {0, 0, 1});
  check_slopes<T>([](const auto& x) { return relu6(x); }, {-1, 0, 1, 6, 7}, {0, 0, 1, 0, 0});
  check_slopes<T>([](const auto& x) { return leaky_relu(x); }, {-1, 0, 1}, {0.2, 0.2, 1});
  check_slopes<T>([](const auto& x) { return elu(x, 0.5); }, {0}, {1});
  check_slopes<T>([](const auto& x) { return celu(x, 2.0); }, {0}, {1});
  check_slopes<T>([](const auto& x) { return selu(x); }, {0}, {1.0507009873554805});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slopes_at_the_kinks_of_the_hard_functions, T, RealTypes) {
  check_slopes<T>(
      [](const auto& x) { return hard_sigmoid(x); }, {-4, -3, 0, 3, 4}, {0, 0, 1.0 / 6, 0, 0});
  check_slopes<T>([](const auto& x) { return hard_tanh(x); }, {-2, -1, 0, 1, 2}, {0, 1, 1, 1, 0});
  check_slopes<T>([](const auto& x) { return sparse_sigmoid(x); }, {-1, 0, 1}, {0, 0.5, 0});
  check_slopes<T>(
      [](const auto& x) { return sparse_plus(x); }, {-2, -1, 0, 1, 2}, {0, 0, 0.5, 1, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slopes_at_a_threshold_are_zero, T, RealTypes) {
  check_slopes<T>([](const auto& x) { return soft_shrink(x); }, {-0.5, 0, 0.5}, {0, 0, 0});
  check_slopes<T>([](const auto& x) { return hard_shrink(x); }, {-0.5, 0, 0.5}, {0, 0, 0});
  check_slopes<T>([](const auto& x) { return threshold(x, 1.0, 5.0); }, {0, 1, 2}, {0, 0, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slopes_far_out_are_finite, T, RealTypes) {
  check_slopes<T>([](const auto& x) { return softplus(x); }, {-1000, 1000}, {0, 1});
  check_slopes<T>([](const auto& x) { return log_sigmoid(x); }, {-1000, 1000}, {1, 0});
  check_slopes<T>([](const auto& x) { return silu(x); }, {-1000, 1000}, {0, 1});
  check_slopes<T>([](const auto& x) { return mish(x); }, {-1000, 1000}, {0, 1});
  check_slopes<T>([](const auto& x) { return gelu(x); }, {-1000, 1000}, {0, 1});
  check_slopes<T>([](const auto& x) { return gelu(x, true); }, {-1000, 1000}, {0, 1});
  check_slopes<T>([](const auto& x) { return selu(x); }, {-1000}, {0});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_activation_test
