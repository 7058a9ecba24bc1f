#include "rondo/optim/adamax.hpp"

#include "rondo/tests/optim/support.hpp"

namespace adamax_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

AdamaxOptions options(double epsilon) {
  return {.learning_rate = 0.7, .beta_1 = 0.5, .beta_2 = 0.5, .epsilon = epsilon};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_adamax)

// m = 2, 1.5, 1.25, corrected 4, 2, 10/7;  u = 4, 2, 1
BOOST_AUTO_TEST_CASE_TEMPLATE(divides_by_the_largest_gradient, T, RealTypes) {
  check_trajectory(Adamax<T>(options(0.0)), {4.0, 1.0, 1.0}, {0.3, -0.4, -1.4});
}

// Corrected m = 4, 4/3;  u + ε = 5, 3
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_is_added_to_the_norm, T, RealTypes) {
  check_trajectory(Adamax<T>(options(1.0)), {4.0, 0.0}, {0.44, 0.44 - 2.8 / 9.0});
}

// u = 4 + 1, then the larger of 2.5 and 0 + 1
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_may_stand_inside_the_norm, T, RealTypes) {
  AdamaxOptions o = options(1.0);
  o.epsilon_in_norm = true;
  check_trajectory(Adamax<T>(o), {4.0, 0.0}, {0.44, 0.44 - 2.8 / 7.5});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const AdamaxOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.beta_1 == 0.9);
  BOOST_TEST(defaults.beta_2 == 0.999);
  BOOST_TEST(defaults.epsilon == 1e-7);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Adamax<float>({.beta_1 = 1.0}), ArgumentError, "[Adamax] beta_1 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(
      Adamax<float>({.beta_2 = -1.0}), ArgumentError, "[Adamax] beta_2 must lie in [0, 1), got -1");
  RONDO_CHECK_THROWS(Adamax<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[Adamax] epsilon must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace adamax_test
