#include "rondo/optim/nadam.hpp"

#include <cmath>

#include "rondo/tests/optim/support.hpp"

namespace nadam_test {

using namespace rondo;
using test::check_close;
using test::check_trajectory;
using test::RealTypes;

namespace {

NadamOptions options() {
  return {.learning_rate = 0.1, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_nadam)

// Without decay of the momentum u is always 0.5 · ½, P = 0.25, 0.25², 0.25³. With g = 1 v̂ is 1 and
// m = 0.5, 0.75, 0.875.
BOOST_AUTO_TEST_CASE_TEMPLATE(looks_ahead, T, RealTypes) {
  NadamOptions o = options();
  o.momentum_decay = 0.0;
  const double first = 1.0 - 0.1 * (0.125 / (1.0 - 0.0625) + 0.75 / 0.75);
  const double second = first - 0.1 * (0.1875 / (1.0 - 0.015625) + 0.75 / 0.9375);
  const double third = second - 0.1 * (0.21875 / (1.0 - 0.00390625) + 0.75 / 0.984375);
  check_trajectory(Nadam<T>(o), {1.0, 1.0, 1.0}, {first, second, third});
}

// u₁ = 0.5 (1 − 0.48) = 0.26 = P,  u₂ = 0.5 (1 − 0.4608) = 0.2696
BOOST_AUTO_TEST_CASE_TEMPLATE(the_momentum_grows_from_step_to_step, T, RealTypes) {
  const double mean = 0.2696 * 0.5 / (1.0 - 0.26 * 0.2696) + 0.74 / 0.74;
  check_trajectory(Nadam<T>(options()), {1.0}, {1.0 - 0.1 * mean});
}

// g = 2: m = 1, v̂ = 4, and the corrected root 2 gets ε = 2.
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_is_added_to_the_corrected_root, T, RealTypes) {
  NadamOptions o = options();
  o.epsilon = 2.0;
  const double mean = 0.2696 * 1.0 / (1.0 - 0.26 * 0.2696) + 2.0;
  check_trajectory(Nadam<T>(o), {2.0}, {1.0 - 0.1 * mean / 4.0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_product_is_part_of_the_state, T, RealTypes) {
  Parameter<T> w("w", Tensor<T>::zeros({2}));
  Nadam<T> optimizer(options());
  optimizer.build({&w});
  test::set_gradient(w, {1.0, 1.0});
  optimizer.step();
  const auto state = optimizer.state();
  BOOST_REQUIRE(state.size() == 3U);
  BOOST_TEST(state[0].name == "optimizer/nadam/u_product");
  BOOST_TEST(state[1].name == "optimizer/nadam/m/w");
  BOOST_TEST(state[2].name == "optimizer/nadam/v/w");
  check_close(state[0].values, {0.26});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const NadamOptions defaults;
  BOOST_TEST(defaults.learning_rate.at(0) == 0.001);
  BOOST_TEST(defaults.beta_1 == 0.9);
  BOOST_TEST(defaults.beta_2 == 0.999);
  BOOST_TEST(defaults.epsilon == 1e-7);
  BOOST_TEST(defaults.momentum_decay == 1.0);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Nadam<float>({.beta_1 = 1.0}), ArgumentError, "[Nadam] beta_1 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(
      Nadam<float>({.beta_2 = 1.5}), ArgumentError, "[Nadam] beta_2 must lie in [0, 1), got 1.5");
  RONDO_CHECK_THROWS(Nadam<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[Nadam] epsilon must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(Nadam<float>({.momentum_decay = -1.0}),
                     ArgumentError,
                     "[Nadam] momentum_decay must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nadam_test
