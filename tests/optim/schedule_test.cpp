#include "rondo/optim/schedule.hpp"

#include <cmath>

#include "rondo/tests/support/check.hpp"

namespace schedule_test {

using namespace rondo;
using test::check_close;

namespace {

/// The schedule's values at these steps.
void check_rates(const LearningRate& rate,
                 const std::vector<std::uint64_t>& steps,
                 const std::vector<double>& expected) {
  std::vector<double> found;
  for (const std::uint64_t step : steps) {
    found.push_back(rate.at(step));
  }
  check_close(std::span<const double>(found), expected, 1e-14);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_schedule)

BOOST_AUTO_TEST_CASE(a_number_is_the_same_at_every_step) {
  const LearningRate rate = 0.5;
  BOOST_TEST(!rate.is_schedule());
  check_rates(rate, {0, 1, 1000000}, {0.5, 0.5, 0.5});
}

BOOST_AUTO_TEST_CASE(a_function_of_the_step_is_a_schedule) {
  const LearningRate rate = [](std::uint64_t step) {
    return 1.0 / (1.0 + static_cast<double>(step));
  };
  BOOST_TEST(rate.is_schedule());
  check_rates(rate, {0, 1, 3}, {1.0, 0.5, 0.25});
}

// 8 · 0.25^(step / 2)
BOOST_AUTO_TEST_CASE(exponential_decay) {
  ExponentialDecayOptions options{
      .initial_learning_rate = 8.0, .decay_steps = 2, .decay_rate = 0.25};
  check_rates(ExponentialDecay(options), {0, 1, 2, 3, 4}, {8.0, 4.0, 2.0, 1.0, 0.5});
  options.staircase = true;
  check_rates(ExponentialDecay(options), {0, 1, 2, 3, 4}, {8.0, 8.0, 2.0, 2.0, 0.5});
}

// 6 / (1 + step / 2)
BOOST_AUTO_TEST_CASE(inverse_time_decay) {
  InverseTimeDecayOptions options{
      .initial_learning_rate = 6.0, .decay_steps = 4, .decay_rate = 2.0};
  check_rates(InverseTimeDecay(options), {0, 2, 4, 10}, {6.0, 3.0, 2.0, 1.0});
  options.staircase = true;
  check_rates(InverseTimeDecay(options), {0, 3, 4, 7, 8}, {6.0, 6.0, 2.0, 2.0, 1.2});
}

BOOST_AUTO_TEST_CASE(a_boundary_belongs_to_the_value_before_it) {
  const PiecewiseConstantDecay schedule({.boundaries = {2, 4}, .values = {1.0, 0.5, 0.1}});
  check_rates(schedule, {0, 2, 3, 4, 5, 99}, {1.0, 1.0, 0.5, 0.5, 0.1, 0.1});
  check_rates(PiecewiseConstantDecay({.values = {0.3}}), {0, 7}, {0.3, 0.3});
}

// 2 + 4 · (1 − step / 4)²: 6, 2 + 4 · 0.5625, 3, 2.25, 2, and 2 for ever
BOOST_AUTO_TEST_CASE(polynomial_decay) {
  PolynomialDecayOptions options{
      .initial_learning_rate = 6.0, .decay_steps = 4, .end_learning_rate = 2.0, .power = 2.0};
  check_rates(PolynomialDecay(options), {0, 1, 2, 3, 4, 9}, {6.0, 4.25, 3.0, 2.25, 2.0, 2.0});
  // The length is 8 from step 5 on: 2 + 4 · (3/8)², (2/8)² at 6, 0 at 8; 12 at step 9: (3/12)².
  options.cycle = true;
  check_rates(PolynomialDecay(options), {0, 4, 5, 6, 8, 9}, {6.0, 2.0, 2.5625, 2.25, 2.0, 2.25});
}

// ½ (1 + cos(π step / 4)) is 1, (1 + √½) / 2, ½, (1 − √½) / 2, 0
BOOST_AUTO_TEST_CASE(cosine_decay) {
  const double high = 0.5 * (1.0 + std::sqrt(0.5));
  check_rates(CosineDecay({.initial_learning_rate = 2.0, .decay_steps = 4}),
              {0, 1, 2, 3, 4, 5},
              {2.0, 2.0 * high, 1.0, 2.0 * (1.0 - high), 0.0, 0.0});
  check_rates(CosineDecay({.initial_learning_rate = 2.0, .decay_steps = 4, .alpha = 0.25}),
              {0, 2, 4, 99},
              {2.0, 1.25, 0.5, 0.5});
}

BOOST_AUTO_TEST_CASE(cosine_decay_may_warm_up) {
  CosineDecayOptions options{.initial_learning_rate = 1.0,
                             .decay_steps = 2,
                             .alpha = 0.5,
                             .warmup_target = 3.0,
                             .warmup_steps = 4};
  check_rates(CosineDecay(options), {0, 1, 3, 4, 5, 6, 7}, {1.0, 1.5, 2.5, 3.0, 2.25, 1.5, 1.5});
  options.warmup_steps = 0;
  check_rates(CosineDecay(options), {0, 1, 2}, {3.0, 2.25, 1.5});
}

// From 1 to 3 in 4 steps; then the schedule begins with its step 0.
BOOST_AUTO_TEST_CASE(linear_warmup) {
  const CosineDecay cosine({.initial_learning_rate = 3.0, .decay_steps = 2, .alpha = 0.5});
  check_rates(
      LinearWarmup({.learning_rate = cosine, .warmup_steps = 4, .initial_learning_rate = 1.0}),
      {0, 1, 3, 4, 5, 6, 7},
      {1.0, 1.5, 2.5, 3.0, 2.25, 1.5, 1.5});
  check_rates(LinearWarmup({.learning_rate = 2.0, .warmup_steps = 2}), {0, 1, 2, 9}, {0, 1, 2, 2});
  check_rates(LinearWarmup({.learning_rate =
                                [](std::uint64_t step) { return 1.0 + static_cast<double>(step); },
                            .warmup_steps = 1}),
              {0, 1, 2},
              {0.0, 1.0, 2.0});
}

// Periods of 2, 4, 8 steps begin at 0, 2, 6 with 4, 2, 1.
BOOST_AUTO_TEST_CASE(cosine_decay_restarts) {
  check_rates(
      CosineDecayRestarts({.initial_learning_rate = 4.0, .first_decay_steps = 2, .m_mul = 0.5}),
      {0, 1, 2, 4, 6, 10, 14},
      {4.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.5});
  check_rates(
      CosineDecayRestarts(
          {.initial_learning_rate = 4.0, .first_decay_steps = 2, .t_mul = 1.0, .alpha = 0.5}),
      {0, 1, 2, 3, 4},
      {4.0, 3.0, 4.0, 3.0, 4.0});
}

// 10 · (1 + 1.1) = 21 and 21 + 12.1 are no binary fractions of 10; a restart must not come late.
BOOST_AUTO_TEST_CASE(a_restart_is_not_lost_to_rounding) {
  const CosineDecayRestarts schedule(
      {.initial_learning_rate = 1.0, .first_decay_steps = 10, .t_mul = 1.1});
  check_rates(schedule, {10, 21}, {1.0, 1.0});
  BOOST_TEST(schedule(20) < 0.05);
  for (const double t_mul : {1.5, 2.0, 3.0}) {
    const CosineDecayRestarts other(
        {.initial_learning_rate = 1.0, .first_decay_steps = 1000, .t_mul = t_mul});
    double begin = 0.0;
    for (int period = 0; period < 6; ++period) {
      begin += 1000.0 * std::pow(t_mul, period);
      if (begin == std::floor(begin)) {
        BOOST_TEST(other(static_cast<std::uint64_t>(begin)) == 1.0,
                   boost::test_tools::tolerance(1e-14));
        BOOST_TEST(other(static_cast<std::uint64_t>(begin) - 1) < 1e-4);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_must_be_given_is_asked_for) {
  RONDO_CHECK_THROWS(
      ExponentialDecay({}),
      ArgumentError,
      "[ExponentialDecay] initial_learning_rate must be finite and not negative, got nan");
  RONDO_CHECK_THROWS(ExponentialDecay({.initial_learning_rate = 1.0}),
                     ArgumentError,
                     "[ExponentialDecay] decay_steps must be positive, got 0");
  RONDO_CHECK_THROWS(ExponentialDecay({.initial_learning_rate = 1.0, .decay_steps = 1}),
                     ArgumentError,
                     "[ExponentialDecay] decay_rate must be finite and not negative, got nan");
  RONDO_CHECK_THROWS(InverseTimeDecay({.initial_learning_rate = 1.0}),
                     ArgumentError,
                     "[InverseTimeDecay] decay_steps must be positive, got 0");
  RONDO_CHECK_THROWS(PolynomialDecay({.initial_learning_rate = 1.0}),
                     ArgumentError,
                     "[PolynomialDecay] decay_steps must be positive, got 0");
  RONDO_CHECK_THROWS(CosineDecay({.initial_learning_rate = 1.0}),
                     ArgumentError,
                     "[CosineDecay] decay_steps must be positive, got 0");
  RONDO_CHECK_THROWS(CosineDecayRestarts({.initial_learning_rate = 1.0}),
                     ArgumentError,
                     "[CosineDecayRestarts] first_decay_steps must be positive, got 0");
  RONDO_CHECK_THROWS(LinearWarmup({}),
                     ArgumentError,
                     "[LinearWarmup] learning_rate must be finite and not negative, got nan");
  RONDO_CHECK_THROWS(LinearWarmup({.learning_rate = 1.0}),
                     ArgumentError,
                     "[LinearWarmup] warmup_steps must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(what_would_have_no_effect_is_refused) {
  RONDO_CHECK_THROWS(
      CosineDecay({.initial_learning_rate = 1.0, .decay_steps = 1, .warmup_steps = 3}),
      ArgumentError,
      "[CosineDecay] warmup_steps needs a warmup_target");
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      PolynomialDecay({.initial_learning_rate = 1.0, .decay_steps = 1, .power = -1.0}),
      ArgumentError,
      "[PolynomialDecay] power must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(
      CosineDecayRestarts({.initial_learning_rate = 1.0, .first_decay_steps = 1, .t_mul = 0.5}),
      ArgumentError,
      "[CosineDecayRestarts] t_mul must be at least 1, got 0.5");
  RONDO_CHECK_THROWS(PiecewiseConstantDecay({.boundaries = {1}, .values = {1.0}}),
                     ArgumentError,
                     "[PiecewiseConstantDecay] there must be one value more than boundaries, got 1 "
                     "values and 1 boundaries");
  RONDO_CHECK_THROWS(PiecewiseConstantDecay({.boundaries = {5, 5}, .values = {1.0, 1.0, 1.0}}),
                     ArgumentError,
                     "[PiecewiseConstantDecay] boundaries must ascend, got 5 before 5");
  RONDO_CHECK_THROWS(PiecewiseConstantDecay({.values = {-1.0}}),
                     ArgumentError,
                     "[PiecewiseConstantDecay] values must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace schedule_test
