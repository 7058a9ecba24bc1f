#include "rondo/optim/lamb.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace lamb_test {

using namespace rondo;
using test::check_close;
using test::check_trajectory;
using test::RealTypes;
using test::set_gradient;

namespace {

LambOptions options() {
  return {.learning_rate = 0.5, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_lamb)

// Of a single number only the sign of m counts: w ← w ∓ 0.5 w with m = 0.5, 0.75, −0.125.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_has_the_length_of_the_weights, T, RealTypes) {
  check_trajectory(Lamb<T>(options()), {1.0, 1.0, -1.0}, {0.5, 0.25, 0.375});
}

// u = (1, 1), ‖w‖ = 5
BOOST_AUTO_TEST_CASE_TEMPLATE(the_ratio_is_that_of_the_whole_parameter, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::from_values({2}, {T{3}, T{4}}));
  Lamb<T> optimizer(options());
  optimizer.build({&w});
  set_gradient(w, {2.0, 7.0});
  optimizer.step();
  const double change = 0.5 * 5.0 / std::sqrt(2.0);
  check_close(w.value(), {3.0 - change, 4.0 - change});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(weights_that_are_zero_move_without_a_ratio, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::zeros({2}));
  Lamb<T> optimizer(options());
  optimizer.build({&w});
  set_gradient(w, {2.0, -7.0});
  optimizer.step();
  check_close(w.value(), {-0.5, 0.5});
}

// The corrected root of g = 3 is 3: u = 3 / (3 + 1), without a ratio since w is 0.
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_is_added_to_the_corrected_root, T, RealTypes) {
  LambOptions o = options();
  o.epsilon = 1.0;
  Parameter<T> w("w", Tensor<T>::zeros({2}));
  Lamb<T> optimizer(o);
  optimizer.build({&w});
  set_gradient(w, {3.0, 0.0});
  optimizer.step();
  check_close(w.value(), {-0.5 * 0.75, 0.0});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const LambOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.beta_1 == 0.9);
  BOOST_TEST(defaults.beta_2 == 0.999);
  BOOST_TEST(defaults.epsilon == 1e-7);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Lamb<float>({.beta_1 = 1.0}), ArgumentError, "[Lamb] beta_1 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(
      Lamb<float>({.beta_2 = 1.0}), ArgumentError, "[Lamb] beta_2 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(Lamb<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[Lamb] epsilon must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lamb_test
