#include "rondo/optim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

namespace {

using detail::check_not_negative;

void check_steps(std::string_view type, std::string_view option, std::size_t steps) {
  if (steps == 0) {
    throw_argument_error(type, fmt::format("{} must be positive, got 0", option));
  }
}

void check_decay(std::string_view type, const ExponentialDecayOptions& options) {
  check_not_negative(type, "initial_learning_rate", options.initial_learning_rate);
  check_steps(type, "decay_steps", options.decay_steps);
  check_not_negative(type, "decay_rate", options.decay_rate);
}

double quotient(std::uint64_t step, std::size_t steps) {
  return static_cast<double>(step) / static_cast<double>(steps);
}

/// From 1 at the share 0 to 0 at the share 1.
double half_wave(double share) {
  return 0.5 * (1.0 + std::cos(std::numbers::pi * share));
}

}  // namespace

ExponentialDecay::ExponentialDecay(ExponentialDecayOptions options) : ScheduleWith(options) {
  check_decay(class_name, options);
}

double ExponentialDecay::operator()(std::uint64_t step) const {
  const double exponent = quotient(step, options_.decay_steps);
  return options_.initial_learning_rate *
         std::pow(options_.decay_rate, options_.staircase ? std::floor(exponent) : exponent);
}

InverseTimeDecay::InverseTimeDecay(InverseTimeDecayOptions options) : ScheduleWith(options) {
  check_decay(class_name, options);
}

double InverseTimeDecay::operator()(std::uint64_t step) const {
  const double time = quotient(step, options_.decay_steps);
  return options_.initial_learning_rate /
         (1.0 + options_.decay_rate * (options_.staircase ? std::floor(time) : time));
}

PiecewiseConstantDecay::PiecewiseConstantDecay(PiecewiseConstantDecayOptions options)
    : ScheduleWith(std::move(options)) {
  const auto& boundaries = options_.boundaries;
  if (options_.values.size() != boundaries.size() + 1) {
    throw_argument_error("PiecewiseConstantDecay",
                         fmt::format("there must be one value more than boundaries, got {} values "
                                     "and {} boundaries",
                                     options_.values.size(),
                                     boundaries.size()));
  }
  const auto descent = std::adjacent_find(
      boundaries.begin(), boundaries.end(), [](auto a, auto b) { return a >= b; });
  if (descent != boundaries.end()) {
    throw_argument_error(
        "PiecewiseConstantDecay",
        fmt::format("boundaries must ascend, got {} before {}", *descent, *(descent + 1)));
  }
  for (const double value : options_.values) {
    check_not_negative("PiecewiseConstantDecay", "values", value);
  }
}

double PiecewiseConstantDecay::operator()(std::uint64_t step) const {
  const auto& boundaries = options_.boundaries;
  const auto first_not_passed = std::lower_bound(boundaries.begin(), boundaries.end(), step);
  return options_.values[static_cast<std::size_t>(first_not_passed - boundaries.begin())];
}

PolynomialDecay::PolynomialDecay(PolynomialDecayOptions options) : ScheduleWith(options) {
  check_not_negative("PolynomialDecay", "initial_learning_rate", options.initial_learning_rate);
  check_steps("PolynomialDecay", "decay_steps", options.decay_steps);
  check_not_negative("PolynomialDecay", "end_learning_rate", options.end_learning_rate);
  check_not_negative("PolynomialDecay", "power", options.power);
}

double PolynomialDecay::operator()(std::uint64_t step) const {
  const double time = quotient(step, options_.decay_steps);
  const double cycles = options_.cycle ? std::max(1.0, std::ceil(time)) : 1.0;
  const double left = 1.0 - std::min(time / cycles, 1.0);
  return (options_.initial_learning_rate - options_.end_learning_rate) *
             std::pow(left, options_.power) +
         options_.end_learning_rate;
}

CosineDecay::CosineDecay(CosineDecayOptions options) : ScheduleWith(options) {
  check_not_negative("CosineDecay", "initial_learning_rate", options.initial_learning_rate);
  check_steps("CosineDecay", "decay_steps", options.decay_steps);
  check_not_negative("CosineDecay", "alpha", options.alpha);
  if (options.warmup_target) {
    check_not_negative("CosineDecay", "warmup_target", *options.warmup_target);
  } else if (options.warmup_steps > 0) {
    throw_argument_error("CosineDecay", "warmup_steps needs a warmup_target");
  }
}

double CosineDecay::operator()(std::uint64_t step) const {
  const auto& o = options_;
  if (step < o.warmup_steps) {
    return o.initial_learning_rate +
           (*o.warmup_target - o.initial_learning_rate) * quotient(step, o.warmup_steps);
  }
  const double top = o.warmup_target.value_or(o.initial_learning_rate);
  const double share = std::min(quotient(step - o.warmup_steps, o.decay_steps), 1.0);
  return top * ((1.0 - o.alpha) * half_wave(share) + o.alpha);
}

CosineDecayRestarts::CosineDecayRestarts(CosineDecayRestartsOptions options)
    : ScheduleWith(options) {
  check_not_negative("CosineDecayRestarts", "initial_learning_rate", options.initial_learning_rate);
  check_steps("CosineDecayRestarts", "first_decay_steps", options.first_decay_steps);
  check_not_negative("CosineDecayRestarts", "t_mul", options.t_mul);
  check_not_negative("CosineDecayRestarts", "m_mul", options.m_mul);
  check_not_negative("CosineDecayRestarts", "alpha", options.alpha);
  if (options.t_mul < 1.0) {
    throw_argument_error("CosineDecayRestarts",
                         fmt::format("t_mul must be at least 1, got {}", options.t_mul));
  }
}

double CosineDecayRestarts::operator()(std::uint64_t step) const {
  constexpr double rounding = 1e-9;  // of the logarithm, which must not hide a restart
  const double t = options_.t_mul;
  const double time = quotient(step, options_.first_decay_steps);
  double period = std::floor(time);
  double share = time - period;
  if (t != 1.0) {
    // Period i begins at the time 1 + t + … + t^(i−1) = (t^i − 1) / (t − 1).
    period = std::floor(std::log1p(time * (t - 1.0)) / std::log(t) + rounding);
    const double length = std::pow(t, period);
    share = std::max(0.0, (time - (length - 1.0) / (t - 1.0)) / length);
  }
  const double top = std::pow(options_.m_mul, period);
  return options_.initial_learning_rate *
         ((1.0 - options_.alpha) * top * half_wave(share) + options_.alpha);
}

LinearWarmup::LinearWarmup(LinearWarmupOptions options) : ScheduleWith(std::move(options)) {
  check_not_negative("LinearWarmup", "learning_rate", options_.learning_rate.at(0));
  check_steps("LinearWarmup", "warmup_steps", options_.warmup_steps);
  check_not_negative("LinearWarmup", "initial_learning_rate", options_.initial_learning_rate);
}

double LinearWarmup::operator()(std::uint64_t step) const {
  const auto& o = options_;
  if (step >= o.warmup_steps) {
    return o.learning_rate.at(step - o.warmup_steps);
  }
  return o.initial_learning_rate +
         (o.learning_rate.at(0) - o.initial_learning_rate) * quotient(step, o.warmup_steps);
}

}  // namespace rondo
