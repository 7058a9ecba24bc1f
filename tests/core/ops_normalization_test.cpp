#include <cmath>

#include "rondo/tests/support/check.hpp"

namespace ops_normalization_test {

using namespace rondo;
using test::check_close;
using test::check_gradient;
using test::random_tensor;
using test::RealTypes;

namespace {

using V = Variable<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_normalization)

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_get_mean_zero_and_variance_one, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2, 2}, {1, 3, 10, 10}));
  const double high = 1.0 / std::sqrt(1.0 + 0.5);
  check_close(layer_normalization(x, {}, {}, 0.5), {-high, high, 0, 0});
  const auto gamma = tape.variable(Tensor<T>::from_values({2}, {2, 3}));
  const auto beta = tape.variable(Tensor<T>::from_values({2}, {-1, 1}));
  check_close(layer_normalization(x, gamma, beta, 0.5), {-2 * high - 1, 3 * high + 1, -1, 1});
  check_close(layer_normalization(x, {}, beta, 0.5), {-high - 1, high + 1, -1, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(several_axes_make_one_row, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({1, 2, 2}, {1, 1, 3, 3}));
  const double high = 1.0 / std::sqrt(1.0 + 0.5);
  check_close(layer_normalization(x, {}, {}, 0.5, 2), {-high, -high, high, high});
}

BOOST_AUTO_TEST_CASE(the_rule_agrees_with_differences) {
  const auto x = random_tensor<double>({3, 2, 4}, 1);
  const auto gamma = random_tensor<double>({4}, 2);
  const auto beta = random_tensor<double>({4}, 3);
  check_gradient(
      [](const V& a, const V& b, const V& c) { return layer_normalization(a, b, c, 1e-3); },
      {x, gamma, beta});
  check_gradient([](const V& a) { return layer_normalization(a); }, {x});
  check_gradient([](const V& a, const V& b) { return layer_normalization(a, {}, b); }, {x, beta});
  check_gradient([](const V& a, const V& b) { return layer_normalization(a, b); }, {x, gamma});
  check_gradient([](const V& a, const V& b) { return layer_normalization(a, b, {}, 0.1, 2); },
                 {x, random_tensor<double>({2, 4}, 4)});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto wrong = tape.variable(Tensor<float>::zeros({2}));
  RONDO_CHECK_THROWS(
      layer_normalization(x, wrong),
      ShapeError,
      "[layer_normalization] gamma must have the shape of a row: gamma (2), row (3)");
  RONDO_CHECK_THROWS(layer_normalization(x, {}, wrong),
                     ShapeError,
                     "[layer_normalization] beta must have the shape of a row: beta (2), row (3)");
  RONDO_CHECK_THROWS(layer_normalization(x, {}, {}, 0.0),
                     ArgumentError,
                     "[layer_normalization] epsilon must be positive, got 0");
  RONDO_CHECK_THROWS(layer_normalization(x, {}, {}, 1e-3, 3),
                     ArgumentError,
                     "[layer_normalization] axes must lie in [1, 2], got 3");
  RONDO_CHECK_THROWS(layer_normalization(tape.variable(Tensor<float>::zeros({2, 0}))),
                     ShapeError,
                     "[layer_normalization] there is nothing to normalise: x (2, 0)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_normalization_test
