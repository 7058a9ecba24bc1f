#include "rondo/optim/adam.hpp"

#include <cmath>

#include "rondo/optim/adamw.hpp"
#include "rondo/tests/optim/support.hpp"

namespace adam_test {

using namespace rondo;
using test::check_trajectory;
using test::RealTypes;

namespace {

// Correction factors of steps 1, 2, 3 with these options: √(1 − 0.75ᵗ) / (1 − 0.5ᵗ).
AdamOptions options() {
  return {.learning_rate = 0.7, .beta_1 = 0.5, .beta_2 = 0.75, .epsilon = 0.0};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_adam)

// g = 1, 1, −1: g² = 1, so v = 1 − 0.75ᵗ and its root cancels the one in α.
// m = 0.5, 0.75, −0.125, divided by 1 − 0.5ᵗ: 1, 1, −1/7.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_first_steps_are_as_long_as_the_rate, T, RealTypes) {
  check_trajectory(Adam<T>(options()), {1.0, 1.0, -1.0}, {0.3, -0.4, -0.3});
}

// m = 0.5, √v = 0.5, α = 0.7 · 0.5 / 0.5; the change is 0.7 · 0.5 / (0.5 + 0.5).
// With ε beside the corrected root it would be 0.7 · 1 / (1 + 0.5).
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_is_added_to_the_uncorrected_root, T, RealTypes) {
  AdamOptions o = options();
  o.epsilon = 0.5;
  check_trajectory(Adam<T>(o), {1.0}, {0.65});
}

// m / (1 − β₁) = 1, √(v / (1 − β₂)) = 1
BOOST_AUTO_TEST_CASE_TEMPLATE(epsilon_may_be_added_to_the_corrected_root, T, RealTypes) {
  AdamOptions o = options();
  o.epsilon = 0.5;
  o.epsilon_hat = false;
  check_trajectory(Adam<T>(o), {1.0}, {1.0 - 0.7 / 1.5});
}

// g = 2, 0, 0: m = 1, 0.5, 0.25 and v = 1, 0.75, 0.5625.
BOOST_AUTO_TEST_CASE_TEMPLATE(moments_outlive_the_gradient, T, RealTypes) {
  const double first = 1.0 - 0.7;
  const double second = first - 0.7 * std::sqrt(0.4375) / 0.75 * 0.5 / std::sqrt(0.75);
  const double third = second - 0.7 * std::sqrt(0.578125) / 0.875 * 0.25 / 0.75;
  check_trajectory(Adam<T>(options()), {2.0, 0.0, 0.0}, {first, second, third});
}

// 0.9 times a number close to the smallest above 0 is rounded to it: the moment would stay there,
// and be slow.
BOOST_AUTO_TEST_CASE(a_moment_without_gradients_does_not_become_denormal) {
  Adam<float> adam;
  std::vector<double> gradients(1500, 0.0);
  gradients[0] = 1.0;
  Parameter<float> w("w", Tensor<float>::full({}, 1.0F));
  adam.build({&w});
  for (const double g : gradients) {
    test::set_gradient(w, {g});
    adam.step();
  }
  const float moment = adam.state().front().values[0];
  BOOST_TEST(moment < 1e-36F);
  BOOST_TEST(std::fpclassify(moment) != FP_SUBNORMAL);
}

// As above, but the root of the largest v so far, which is 1, divides.
BOOST_AUTO_TEST_CASE_TEMPLATE(amsgrad_divides_by_the_largest_moment, T, RealTypes) {
  AdamOptions o = options();
  o.amsgrad = true;
  const double first = 1.0 - 0.7;
  const double second = first - 0.7 * std::sqrt(0.4375) / 0.75 * 0.5;
  const double third = second - 0.7 * std::sqrt(0.578125) / 0.875 * 0.25;
  check_trajectory(Adam<T>(o), {2.0, 0.0, 0.0}, {first, second, third});
}

// w loses half of 0.7 of itself, then Adam's steps −0.7, −0.7, +0.1 follow:
// 1 · 0.65 − 0.7 = −0.05,  −0.05 · 0.65 − 0.7 = −0.7325,  −0.7325 · 0.65 + 0.1 = −0.376125
BOOST_AUTO_TEST_CASE_TEMPLATE(adamw_decays_before_the_step, T, RealTypes) {
  check_trajectory(AdamW<T>({.learning_rate = 0.7,
                             .weight_decay = 0.5,
                             .beta_1 = 0.5,
                             .beta_2 = 0.75,
                             .epsilon = 0.0}),
                   {1.0, 1.0, -1.0},
                   {-0.05, -0.7325, -0.376125});
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_keras) {
  const AdamOptions adam;
  BOOST_TEST(adam.learning_rate.at(0) == 0.001);
  BOOST_TEST(adam.beta_1 == 0.9);
  BOOST_TEST(adam.beta_2 == 0.999);
  BOOST_TEST(adam.epsilon == 1e-7);
  BOOST_TEST(!adam.amsgrad);
  BOOST_TEST(!adam.weight_decay.has_value());
  const AdamWOptions adamw;
  BOOST_TEST(adamw.learning_rate.at(0) == 0.001);
  BOOST_TEST(adamw.weight_decay == 0.004);
  BOOST_TEST(adamw.beta_1 == 0.9);
  BOOST_TEST(adamw.beta_2 == 0.999);
  BOOST_TEST(adamw.epsilon == 1e-7);
}

BOOST_AUTO_TEST_CASE(other_systems_have_their_own_defaults) {
  const AdamOptions torch = AdamOptions::torch();
  BOOST_TEST(torch.epsilon == 1e-8);
  BOOST_TEST(!torch.epsilon_hat);
  BOOST_TEST(!torch.decoupled_weight_decay);
  const AdamOptions tfjs = AdamOptions::tfjs();
  BOOST_TEST(tfjs.epsilon == 1e-7);
  BOOST_TEST(!tfjs.epsilon_hat);
  const AdamWOptions adamw = AdamWOptions::torch();
  BOOST_TEST(adamw.weight_decay == 0.01);
  BOOST_TEST(adamw.epsilon == 1e-8);
  BOOST_TEST(!adamw.epsilon_hat);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      Adam<float>({.beta_1 = 1.0}), ArgumentError, "[Adam] beta_1 must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(
      Adam<float>({.beta_2 = -0.5}), ArgumentError, "[Adam] beta_2 must lie in [0, 1), got -0.5");
  RONDO_CHECK_THROWS(Adam<float>({.epsilon = -1.0}),
                     ArgumentError,
                     "[Adam] epsilon must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(
      AdamW<float>({.beta_1 = 2.0}), ArgumentError, "[AdamW] beta_1 must lie in [0, 1), got 2");
  RONDO_CHECK_THROWS(AdamW<float>({.weight_decay = -1.0}),
                     ArgumentError,
                     "[AdamW] weight_decay must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(state_is_named_after_optimizer_moment_and_parameter, T, RealTypes) {
  Parameter<T> kernel("gru/gru_cell/kernel", Tensor<T>::zeros({2, 3}));
  Parameter<T> bias("gru/gru_cell/bias", Tensor<T>::zeros({3}));
  AdamW<T> optimizer({.amsgrad = true});
  optimizer.build({&kernel, &bias});
  std::vector<std::string> names;
  for (const auto& state : optimizer.state()) {
    names.push_back(state.name);
  }
  const std::vector<std::string> expected{"optimizer/adamw/m/gru/gru_cell/kernel",
                                          "optimizer/adamw/v/gru/gru_cell/kernel",
                                          "optimizer/adamw/v_hat/gru/gru_cell/kernel",
                                          "optimizer/adamw/m/gru/gru_cell/bias",
                                          "optimizer/adamw/v/gru/gru_cell/bias",
                                          "optimizer/adamw/v_hat/gru/gru_cell/bias"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
  BOOST_TEST(optimizer.state()[1].values.shape() == (Shape{2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace adam_test
