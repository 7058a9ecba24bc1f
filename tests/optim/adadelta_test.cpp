#include "rondo/optim/adadelta.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace adadelta_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

const std::vector<double> gradients{2.0, 2.0, -1.0};

AdadeltaOptions options() {
  return {.learning_rate = 0.5, .rho = 0.75, .epsilon = 1.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_adadelta)

// a = 1, 1.75, 1.5625;  Δ² = 4 · 1/2, 4 · 1.5/2.75, (d + 1)/2.5625 with d = 0.5, then
// 0.75 · 0.5 + 0.25 · 6/2.75
BOOST_AUTO_TEST_CASE_TEMPLATE(steps_have_the_size_of_the_steps_before, T, RealTypes) {
  const double first = 1.0 - 0.5 * std::sqrt(2.0);
  const double second = first - 0.5 * std::sqrt(6.0 / 2.75);
  const double third = second + 0.5 * std::sqrt((0.375 + 1.5 / 2.75 + 1.0) / 2.5625);
  check_trajectory(Adadelta<T>(options()), gradients, {first, second, third});
}

// a before the step is 0, 1, 1.75 and so is d: the quotient is 1, Δ = 2, 2, −1.
BOOST_AUTO_TEST_CASE_TEMPLATE(may_divide_by_the_mean_before_the_step, T, RealTypes) {
  AdadeltaOptions o = options();
  o.divide_by_previous = true;
  check_trajectory(Adadelta<T>(o), gradients, {0.0, -1.0, -0.5});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const AdadeltaOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.rho == 0.95);
  BOOST_TEST(defaults.epsilon == 1e-7);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Adadelta<float>({.rho = 1.0}), ArgumentError, "[Adadelta] rho must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(Adadelta<float>({.epsilon = 0.0}),
                     ArgumentError,
                     "[Adadelta] epsilon must be finite and positive, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace adadelta_test
