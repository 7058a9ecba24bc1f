#include "rondo/optim/ftrl.hpp"

#include "rondo/tests/optim/support.hpp"

namespace ftrl_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

FtrlOptions options() {
  return {.learning_rate = 0.5, .initial_accumulator_value = 0.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_ftrl)

// √a = 3, 5, 13;  z = 3 − 3/0.5 · 1 = −3, −3 + 4 − 2/0.5 · 0.5 = −1, −1 + 12 − 8/0.5 · 0.1 = 9.4
// w = −z / (√a / 0.5)
BOOST_AUTO_TEST_CASE_TEMPLATE(without_regularisation_it_is_adagrad, T, RealTypes) {
  check_trajectory(Ftrl<T>(options()), {3.0, 4.0, 12.0}, {0.5, 0.1, -9.4 / 26.0});
}

// z = −3 as above, of which l1 takes 2, or all.
BOOST_AUTO_TEST_CASE_TEMPLATE(l1_makes_small_weights_zero, T, RealTypes) {
  FtrlOptions o = options();
  o.l1_regularization_strength = 2.0;
  check_trajectory(Ftrl<T>(o), {3.0}, {1.0 / 6.0});
  o.l1_regularization_strength = 4.0;
  check_trajectory(Ftrl<T>(o), {3.0}, {0.0});
}

// 3 / (6 + 2 · 1.5);  beta: 3 / (6 + 3 / 0.5)
BOOST_AUTO_TEST_CASE_TEMPLATE(l2_and_beta_enter_the_divisor, T, RealTypes) {
  FtrlOptions o = options();
  o.l2_regularization_strength = 1.5;
  check_trajectory(Ftrl<T>(o), {3.0}, {1.0 / 3.0});
  o.l2_regularization_strength = 0.0;
  o.beta = 3.0;
  check_trajectory(Ftrl<T>(o), {3.0}, {0.25});
}

// z = −3 + 2 · 0.5 · 1
BOOST_AUTO_TEST_CASE_TEMPLATE(shrinkage_is_added_to_the_gradient, T, RealTypes) {
  FtrlOptions o = options();
  o.l2_shrinkage_regularization_strength = 0.5;
  check_trajectory(Ftrl<T>(o), {3.0}, {1.0 / 3.0});
}

// a⁰ = 1: z = 3, w = −3 · 0.5;  a¹ = 9: z = 3 − 9/0.5 = −15, w = 15 / (9 / 0.5)
BOOST_AUTO_TEST_CASE_TEMPLATE(the_power_decides_how_rates_fall, T, RealTypes) {
  FtrlOptions o = options();
  o.learning_rate_power = 0.0;
  check_trajectory(Ftrl<T>(o), {3.0}, {-1.5});
  o.learning_rate_power = -1.0;
  check_trajectory(Ftrl<T>(o), {3.0}, {15.0 / 18.0});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const FtrlOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.learning_rate_power == -0.5);
  BOOST_TEST(defaults.initial_accumulator_value == 0.1);
  BOOST_TEST(defaults.l1_regularization_strength == 0.0);
  BOOST_TEST(defaults.l2_regularization_strength == 0.0);
  BOOST_TEST(defaults.l2_shrinkage_regularization_strength == 0.0);
  BOOST_TEST(defaults.beta == 0.0);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(Ftrl<float>({.learning_rate = 0.0}),
                     ArgumentError,
                     "[Ftrl] learning_rate must be finite and positive, got 0");
  RONDO_CHECK_THROWS(Ftrl<float>({.learning_rate_power = 0.5}),
                     ArgumentError,
                     "[Ftrl] learning_rate_power must be finite and not positive, got 0.5");
  RONDO_CHECK_THROWS(Ftrl<float>({.initial_accumulator_value = -1.0}),
                     ArgumentError,
                     "[Ftrl] initial_accumulator_value must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Ftrl<float>({.l1_regularization_strength = -1.0}),
                     ArgumentError,
                     "[Ftrl] l1_regularization_strength must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Ftrl<float>({.l2_regularization_strength = -1.0}),
                     ArgumentError,
                     "[Ftrl] l2_regularization_strength must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(
      Ftrl<float>({.l2_shrinkage_regularization_strength = -1.0}),
      ArgumentError,
      "[Ftrl] l2_shrinkage_regularization_strength must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Ftrl<float>({.beta = -1.0}),
                     ArgumentError,
                     "[Ftrl] beta must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_CASE(a_schedule_that_reaches_zero_is_refused_before_anything_changes) {
  Parameter<float> w("w", Tensor<float>::full({}, 1.0F));
  Ftrl<float> optimizer({.learning_rate = [](std::uint64_t) { return 0.0; }});
  optimizer.build({&w});
  test::set_gradient(w, {1.0});
  RONDO_CHECK_THROWS(
      optimizer.step(), ArgumentError, "[Ftrl] the learning rate, which divides, is 0 at step 0");
  BOOST_TEST(w.value()[0] == 1.0F);
  BOOST_TEST(optimizer.iterations() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ftrl_test
