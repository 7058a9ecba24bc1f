#include "rondo/optim/sgd.hpp"

#include "rondo/tests/optim/support.hpp"

namespace sgd_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

const std::vector<double> gradients{0.5, 1.0, -2.0};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_sgd)

// 1 − 0.1 · 0.5 = 0.95, − 0.1 · 1 = 0.85, + 0.1 · 2 = 1.05
BOOST_AUTO_TEST_CASE_TEMPLATE(follows_the_gradient, T, RealTypes) {
  check_trajectory(SGD<T>({.learning_rate = 0.1}), gradients, {0.95, 0.85, 1.05});
}

// m = −0.05, 0.9 · −0.05 − 0.1 = −0.145, 0.9 · −0.145 + 0.2 = 0.0695, each added to w
BOOST_AUTO_TEST_CASE_TEMPLATE(momentum_repeats_a_part_of_the_last_change, T, RealTypes) {
  check_trajectory(
      SGD<T>({.learning_rate = 0.1, .momentum = 0.9}), gradients, {0.95, 0.805, 0.8745});
}

// m as above; w changes by 0.9 m − 0.1 g: −0.045 − 0.05, −0.1305 − 0.1, 0.06255 + 0.2
BOOST_AUTO_TEST_CASE_TEMPLATE(nesterov_looks_ahead, T, RealTypes) {
  check_trajectory(SGD<T>({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}),
                   gradients,
                   {0.905, 0.6745, 0.93705});
}

// The rate is inside m: m = −0.1, 0.5 · −0.1 − 0.2 = −0.25, 0.5 · −0.25 − 0.3 = −0.425
BOOST_AUTO_TEST_CASE_TEMPLATE(a_rate_that_changes_is_inside_the_momentum, T, RealTypes) {
  const auto rate = [](std::uint64_t step) { return 0.1 * static_cast<double>(step + 1); };
  check_trajectory(
      SGD<T>({.learning_rate = rate, .momentum = 0.5}), {1.0, 1.0, 1.0}, {0.9, 0.65, 0.225});
}

// m = 1, 1.5, 1.75 with the rates 0.1, 0.2, 0.3
BOOST_AUTO_TEST_CASE_TEMPLATE(the_rate_may_stand_outside_the_momentum, T, RealTypes) {
  const auto rate = [](std::uint64_t step) { return 0.1 * static_cast<double>(step + 1); };
  check_trajectory(SGD<T>({.learning_rate = rate, .momentum = 0.5, .rate_in_momentum = false}),
                   {1.0, 1.0, 1.0},
                   {0.9, 0.6, 0.075});
}

// m = 1, then 0.5 · 1 + 0.25 · 1 = 0.75, 0.5 · 0.75 + 0.25 = 0.625
BOOST_AUTO_TEST_CASE_TEMPLATE(dampening_takes_from_new_gradients, T, RealTypes) {
  check_trajectory(SGD<T>({.learning_rate = 0.1, .momentum = 0.5, .dampening = 0.75}),
                   {1.0, 1.0, 1.0},
                   {0.9, 0.825, 0.7625});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const SGDOptions options;
  BOOST_TEST(options.learning_rate.at(0) == 0.01);
  BOOST_TEST(options.momentum == 0.0);
  BOOST_TEST(!options.nesterov);
  BOOST_TEST(!options.weight_decay.has_value());
}

BOOST_AUTO_TEST_CASE(a_momentum_outside_zero_to_one_is_refused) {
  RONDO_CHECK_THROWS(
      SGD<float>({.momentum = -0.1}), ArgumentError, "[SGD] momentum must lie in [0, 1], got -0.1");
  RONDO_CHECK_THROWS(
      SGD<float>({.momentum = 1.5}), ArgumentError, "[SGD] momentum must lie in [0, 1], got 1.5");
}

BOOST_AUTO_TEST_CASE(a_dampening_that_cannot_be_is_refused) {
  RONDO_CHECK_THROWS(
      SGD<float>({.dampening = 2.0}), ArgumentError, "[SGD] dampening must lie in [0, 1], got 2");
  RONDO_CHECK_THROWS(SGD<float>({.nesterov = true, .dampening = 0.5}),
                     ArgumentError,
                     "[SGD] dampening and nesterov exclude one another");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(state_exists_only_with_momentum, T, RealTypes) {
  Parameter<T> w("dense/kernel", Tensor<T>::zeros({2, 3}));
  SGD<T> plain;
  plain.build({&w});
  BOOST_TEST(plain.state().empty());
  SGD<T> heavy({.momentum = 0.9});
  heavy.build({&w});
  BOOST_REQUIRE(heavy.state().size() == 1U);
  BOOST_TEST(heavy.state()[0].name == "optimizer/sgd/momentum/dense/kernel");
  BOOST_TEST(heavy.state()[0].values.shape() == (Shape{2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sgd_test
