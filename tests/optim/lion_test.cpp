#include "rondo/optim/lion.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace lion_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

LionOptions options() {
  return {.learning_rate = 0.1, .beta_1 = 0.5, .beta_2 = 0.75};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_lion)

// Directions 0.5, 0.125 − 0.1, 0.06875 − 0.5 with m = 0.25, 0.1875 − 0.05 = 0.1375
BOOST_AUTO_TEST_CASE_TEMPLATE(every_step_is_as_long_as_the_rate, T, RealTypes) {
  check_trajectory(Lion<T>(options()), {1.0, -0.2, -1.0}, {0.9, 0.8, 0.9});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_sign_of_zero_is_zero, T, RealTypes) {
  check_trajectory(Lion<T>(options()), {0.0, 0.0}, {1.0, 1.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_gradient_that_is_no_number_shows, T, RealTypes) {
  Lion<T> optimizer(options());
  BOOST_TEST(std::isnan(test::trajectory(optimizer, {NAN})[0]));
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const LionOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.beta_1 == 0.9);
  BOOST_TEST(defaults.beta_2 == 0.99);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Lion<float>({.beta_1 = 0.0}), ArgumentError, "[Lion] beta_1 must lie in (0, 1], got 0");
  RONDO_CHECK_THROWS(
      Lion<float>({.beta_2 = 1.0}), ArgumentError, "[Lion] beta_2 must lie in [0, 1), got 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lion_test
