#include "rondo/optim/rmsprop.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace rmsprop_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

// With ρ = 0.75: v = 0.25 · 4 = 1, then 0.75 + 0.25 = 1 twice.
const std::vector<double> gradients{2.0, 1.0, -1.0};

RMSpropOptions options() {
  return {.learning_rate = 0.1, .rho = 0.75, .epsilon = 0.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_rmsprop)

// w − 0.1 g / √1
BOOST_AUTO_TEST_CASE_TEMPLATE(divides_by_the_root_mean_square, T, RealTypes) {
  check_trajectory(RMSprop<T>(options()), gradients, {0.8, 0.7, 0.8});
}

// m = 0.2, 0.5 · 0.2 + 0.1 = 0.2, 0.5 · 0.2 − 0.1 = 0
BOOST_AUTO_TEST_CASE_TEMPLATE(momentum_repeats_a_part_of_the_last_change, T, RealTypes) {
  RMSpropOptions o = options();
  o.momentum = 0.5;
  check_trajectory(RMSprop<T>(o), gradients, {0.8, 0.6, 0.6});
}

// a = 0.5, 0.75 · 0.5 + 0.25 = 0.625, 0.75 · 0.625 − 0.25 = 0.21875; variance v − a²
BOOST_AUTO_TEST_CASE_TEMPLATE(centered_divides_by_the_standard_deviation, T, RealTypes) {
  RMSpropOptions o = options();
  o.centered = true;
  const double first = 1.0 - 0.2 / std::sqrt(1.0 - 0.25);
  const double second = first - 0.1 / std::sqrt(1.0 - 0.390625);
  const double third = second + 0.1 / std::sqrt(1.0 - 0.0478515625);
  check_trajectory(RMSprop<T>(o), gradients, {first, second, third});
}

// As above, and m = c₁, m = 0.5 m + c₂, m = 0.5 m + c₃ of the three changes.
BOOST_AUTO_TEST_CASE_TEMPLATE(centered_and_momentum_go_together, T, RealTypes) {
  RMSpropOptions o = options();
  o.centered = true;
  o.momentum = 0.5;
  const double m1 = 0.2 / std::sqrt(0.75);
  const double m2 = 0.5 * m1 + 0.1 / std::sqrt(0.609375);
  const double m3 = 0.5 * m2 - 0.1 / std::sqrt(0.9521484375);
  check_trajectory(RMSprop<T>(o), gradients, {1 - m1, 1 - m1 - m2, 1 - m1 - m2 - m3});
}

// √(1 + 3) = 2: the steps are half as long.
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_is_inside_the_root, T, RealTypes) {
  RMSpropOptions o = options();
  o.epsilon = 3.0;
  check_trajectory(RMSprop<T>(o), gradients, {0.9, 0.85, 0.9});
}

// √1 + 3 = 4: a quarter of the steps.
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_may_stand_beside_the_root, T, RealTypes) {
  RMSpropOptions o = options();
  o.epsilon = 3.0;
  o.epsilon_in_root = false;
  check_trajectory(RMSprop<T>(o), gradients, {0.95, 0.925, 0.95});
}

// v − a² − ε = 1 − 0.25 − 0.5, and without centering v + 3 as before
BOOST_AUTO_TEST_CASE_TEMPLATE(centered_may_subtract_epsilon, T, RealTypes) {
  RMSpropOptions o = options();
  o.epsilon = 0.5;
  o.centered = true;
  o.centered_subtracts_epsilon = true;
  check_trajectory(RMSprop<T>(o), {2.0}, {0.6});
  o.epsilon = 3.0;
  o.centered = false;
  check_trajectory(RMSprop<T>(o), gradients, {0.9, 0.85, 0.9});
}

// m = 2, 0.5 · 2 + 1 = 2, 0.5 · 2 − 1 = 0 with the rates 0.1, 0.2, 0.3
BOOST_AUTO_TEST_CASE_TEMPLATE(the_rate_may_stand_outside_the_momentum, T, RealTypes) {
  RMSpropOptions o = options();
  o.learning_rate = [](std::uint64_t step) { return 0.1 * static_cast<double>(step + 1); };
  o.momentum = 0.5;
  o.rate_in_momentum = false;
  check_trajectory(RMSprop<T>(o), gradients, {0.8, 0.4, 0.4});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const RMSpropOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.rho == 0.9);
  BOOST_TEST(defaults.momentum == 0.0);
  BOOST_TEST(defaults.epsilon == 1e-7);
  BOOST_TEST(!defaults.centered);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      RMSprop<float>({.rho = 1.0}), ArgumentError, "[RMSprop] rho must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(RMSprop<float>({.momentum = 2.0}),
                     ArgumentError,
                     "[RMSprop] momentum must lie in [0, 1], got 2");
  RONDO_CHECK_THROWS(RMSprop<float>({.epsilon = -1e-7}),
                     ArgumentError,
                     "[RMSprop] epsilon must be finite and not negative, got -1e-07");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(state_is_what_the_options_need, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::zeros({2}));
  RMSprop<T> optimizer({.momentum = 0.9, .centered = true});
  optimizer.build({&w});
  const auto state = optimizer.state();
  BOOST_REQUIRE(state.size() == 3U);
  BOOST_TEST(state[0].name == "optimizer/rmsprop/velocity/w");
  BOOST_TEST(state[1].name == "optimizer/rmsprop/average_gradient/w");
  BOOST_TEST(state[2].name == "optimizer/rmsprop/momentum/w");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace rmsprop_test
