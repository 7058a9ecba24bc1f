#include "rondo/optim/adafactor.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace adafactor_test {

using namespace rondo;
using test::check_close;
using test::check_trajectory;
using test::RealTypes;
using test::set_gradient;

BOOST_AUTO_TEST_SUITE(optim_adafactor)

// The square of ±2 is always 4, so u = ±1, and a step is 0.1 of the weight.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_is_relative_to_the_weight, T, RealTypes) {
  check_trajectory(Adafactor<T>({.learning_rate = 0.1}), {2.0, 2.0, -2.0}, {0.9, 0.81, 0.891});
}

// 1 − 1 · min(5, 1) = 0; the next weight counts as 0.5: − 0.5 / √2
BOOST_AUTO_TEST_CASE_TEMPLATE(the_rate_falls_with_the_root_of_the_step, T, RealTypes) {
  check_trajectory(Adafactor<T>({.learning_rate = 5.0, .epsilon_2 = 0.5}),
                   {2.0, 2.0},
                   {0.0, -0.5 / std::sqrt(2.0)});
}

// v = 1, then 2^−1 · 1 + (1 − 2^−1) · 1: β = 1 − t^−1
BOOST_AUTO_TEST_CASE_TEMPLATE(new_squares_count_less_from_step_to_step, T, RealTypes) {
  const double second = 0.9 - 0.9 * 0.1 * 3.0 / std::sqrt(5.0);  // v = ½ · 1 + ½ · 9
  check_trajectory(
      Adafactor<T>({.learning_rate = 0.1, .beta_2_decay = -1.0, .clip_threshold = 10.0}),
      {1.0, 3.0},
      {0.9, second});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(long_steps_are_shortened, T, RealTypes) {
  check_trajectory(Adafactor<T>({.learning_rate = 0.1, .clip_threshold = 0.5}), {2.0}, {0.95});
}

// g² = 1, 4 | 9, 16: means of rows 2.5, 12.5, of columns 5, 10, so v = 5/3, 10/3 | 25/3, 50/3.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_squares_of_a_matrix_are_a_product, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({2, 2}, T{1}));
  Adafactor<T> optimizer({.learning_rate = 0.1});
  optimizer.build({&w});
  set_gradient(w, {1.0, 2.0, 3.0, 4.0});
  optimizer.step();
  check_close(w.value(),
              {1.0 - 0.1 * std::sqrt(3.0 / 5.0),
               1.0 - 0.2 * std::sqrt(3.0 / 10.0),
               1.0 - 0.3 * std::sqrt(3.0 / 25.0),
               1.0 - 0.4 * std::sqrt(3.0 / 50.0)});
  const auto state = optimizer.state();
  BOOST_REQUIRE(state.size() == 2U);
  BOOST_TEST(state[0].name == "optimizer/adafactor/r/w");
  check_close(state[0].values, {2.5, 12.5});
  BOOST_TEST(state[1].name == "optimizer/adafactor/c/w");
  check_close(state[1].values, {5.0, 10.0});
}

// Two matrices of 1 × 2: a row's mean over itself is 1, so v = c = g².
BOOST_AUTO_TEST_CASE_TEMPLATE(leading_axes_hold_matrices_of_their_own, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::full({2, 1, 2}, T{1}));
  Adafactor<T> optimizer({.learning_rate = 0.1});
  optimizer.build({&w});
  set_gradient(w, {1.0, -2.0, 3.0, 4.0});
  optimizer.step();
  check_close(w.value(), {0.9, 1.1, 0.9, 0.9});
  BOOST_TEST(optimizer.state()[0].values.shape() == (Shape{2, 1}));
  BOOST_TEST(optimizer.state()[1].values.shape() == (Shape{2, 2}));
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const AdafactorOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.beta_2_decay == -0.8);
  BOOST_TEST(defaults.epsilon_1 == 1e-30);
  BOOST_TEST(defaults.epsilon_2 == 1e-3);
  BOOST_TEST(defaults.clip_threshold == 1.0);
  BOOST_TEST(defaults.relative_step);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(Adafactor<float>({.beta_2_decay = 0.8}),
                     ArgumentError,
                     "[Adafactor] beta_2_decay must be finite and not positive, got 0.8");
  RONDO_CHECK_THROWS(Adafactor<float>({.epsilon_1 = -1.0}),
                     ArgumentError,
                     "[Adafactor] epsilon_1 must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Adafactor<float>({.epsilon_2 = -1.0}),
                     ArgumentError,
                     "[Adafactor] epsilon_2 must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Adafactor<float>({.clip_threshold = 0.0}),
                     ArgumentError,
                     "[Adafactor] clip_threshold must be finite and positive, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace adafactor_test
