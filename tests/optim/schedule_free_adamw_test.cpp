#include "rondo/optim/schedule_free_adamw.hpp"

#include "rondo/tests/optim/support.hpp"

namespace schedule_free_adamw_test {

using namespace rondo;
using test::check_close;
using test::check_trajectory;
using test::RealTypes;
using test::set_gradient;

namespace {

/// Without a memory of squares each step moves z by the rate, against the sign of the gradient.
ScheduleFreeAdamWOptions options() {
  return {.learning_rate = 0.5, .beta_1 = 0.5, .beta_2 = 0.0, .epsilon = 0.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_schedule_free_adamw)

// z = 0.5, 0, 0.5; x = 0.5, 0.25, 1/3; w = (z + x) / 2
BOOST_AUTO_TEST_CASE_TEMPLATE(weights_lie_between_z_and_its_average, T, RealTypes) {
  check_trajectory(
      ScheduleFreeAdamW<T>(options()), {1.0, 1.0, -1.0}, {0.5, 0.125, (0.5 + 1.0 / 3.0) / 2.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_ends_are_z_and_its_average, T, RealTypes) {
  ScheduleFreeAdamWOptions o = options();
  o.beta_1 = 0.0;
  check_trajectory(ScheduleFreeAdamW<T>(o), {1.0, 1.0, -1.0}, {0.5, 0.0, 0.5});
  o.beta_1 = 1.0;
  check_trajectory(ScheduleFreeAdamW<T>(o), {1.0, 1.0, -1.0}, {0.5, 0.25, 1.0 / 3.0});
}

// v = 0.25 · 4 in the first step, corrected 4, its root 2: z = 1 − 0.5 · 2 / (2 + 2)
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_is_added_to_the_corrected_root, T, RealTypes) {
  ScheduleFreeAdamWOptions o = options();
  o.beta_2 = 0.75;
  o.epsilon = 2.0;
  check_trajectory(ScheduleFreeAdamW<T>(o), {2.0}, {0.75});
}

// Rates 0.25, 0.5, 0.75, 1, 1: z = 0.75, 0.25, −0.5, −1.5, −2.5, and w = z.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_rate_grows_during_the_warmup, T, RealTypes) {
  ScheduleFreeAdamWOptions o = options();
  o.learning_rate = 1.0;
  o.beta_1 = 0.0;
  o.warmup_steps = 4;
  check_trajectory(
      ScheduleFreeAdamW<T>(o), {1.0, 1.0, 1.0, 1.0, 1.0}, {0.75, 0.25, -0.5, -1.5, -2.5});
}

// z stays 1. w = 0.75 after the decay: x is all z in the first step; x = 0.5 and then 0.75 in the
// second.
BOOST_AUTO_TEST_CASE_TEMPLATE(decay_acts_on_the_weights_alone, T, RealTypes) {
  ScheduleFreeAdamWOptions o = options();
  o.epsilon = 1.0;
  o.weight_decay = 0.5;
  check_trajectory(ScheduleFreeAdamW<T>(o), {0.0, 0.0}, {1.0, 0.875});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const ScheduleFreeAdamWOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.0025);
  BOOST_TEST(defaults.beta_1 == 0.9);
  BOOST_TEST(defaults.beta_2 == 0.999);
  BOOST_TEST(defaults.epsilon == 1e-8);
  BOOST_TEST(defaults.warmup_steps == 0U);
  BOOST_TEST(!defaults.weight_decay.has_value());
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(ScheduleFreeAdamW<float>({.beta_1 = 1.5}),
                     ArgumentError,
                     "[ScheduleFreeAdamW] beta_1 must lie in [0, 1], got 1.5");
  RONDO_CHECK_THROWS(ScheduleFreeAdamW<float>({.beta_2 = 1.0}),
                     ArgumentError,
                     "[ScheduleFreeAdamW] beta_2 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(ScheduleFreeAdamW<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[ScheduleFreeAdamW] epsilon must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace schedule_free_adamw_test
