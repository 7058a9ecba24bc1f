/// Learning rates that change from step to step. A schedule is any function from the number of
/// steps made so far (0 before the first) to a rate; the classes here have Keras' names, formulas
/// and defaults, in double.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace rondo {

/// What an optimizer's option `learning_rate` holds: a number or a schedule.
class LearningRate {
 public:
  LearningRate(double rate) : rate_(rate) {}  // NOLINT: `.learning_rate = 1e-3`

  /// A schedule of this file, or `[](std::uint64_t step) { return 0.1 / (1.0 + step); }`
  template <class Schedule>

  requires(!std::same_as<Schedule, LearningRate> &&
           std::is_invocable_r_v<double, const Schedule&, std::uint64_t>)
      LearningRate(Schedule schedule)
      : schedule_(std::move(schedule)) {}  // NOLINT: as above

  [[nodiscard]] double at(std::uint64_t step) const { return schedule_ ? schedule_(step) : rate_; }

  [[nodiscard]] bool is_schedule() const { return static_cast<bool>(schedule_); }

  /// The schedule if it is of this class, otherwise null.
  template <class Schedule>
  [[nodiscard]] const Schedule* target() const {
    return schedule_.target<Schedule>();
  }

 private:
  double rate_ = 0.0;
  std::function<double(std::uint64_t)> schedule_ = {};
};

namespace detail {
// Marks an option that must be given; no check lets it pass.
constexpr double missing = std::numeric_limits<double>::quiet_NaN();
}  // namespace detail

/// A schedule of this file keeps its options, which their `for_each_option` lists (D69).
template <class Options>
class ScheduleWith {
 public:
  using OptionsType = Options;

  [[nodiscard]] const Options& options() const { return options_; }

 protected:
  explicit ScheduleWith(Options options) : options_(std::move(options)) {}

  Options options_;
};

// Rates, factors and powers must be finite and not negative, numbers of steps positive: the
// constructors throw ArgumentError otherwise.

struct ExponentialDecayOptions {
  double initial_learning_rate = detail::missing;
  /// After so many steps the rate has changed by the factor decay_rate.
  std::size_t decay_steps = 0;
  double decay_rate = detail::missing;
  /// Change at the multiples of decay_steps only.
  bool staircase = false;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("initial_learning_rate", o.initial_learning_rate...);
    visit("decay_steps", o.decay_steps...);
    visit("decay_rate", o.decay_rate...);
    visit("staircase", o.staircase...);
  }
};

/// initial · decay_rate^(step / decay_steps)
class ExponentialDecay : public ScheduleWith<ExponentialDecayOptions> {
 public:
  static constexpr const char* class_name = "ExponentialDecay";

  explicit ExponentialDecay(ExponentialDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

/// The same numbers; after decay_steps the divisor has grown by decay_rate.
using InverseTimeDecayOptions = ExponentialDecayOptions;

/// initial / (1 + decay_rate · step / decay_steps)
class InverseTimeDecay : public ScheduleWith<InverseTimeDecayOptions> {
 public:
  static constexpr const char* class_name = "InverseTimeDecay";

  explicit InverseTimeDecay(InverseTimeDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

struct PiecewiseConstantDecayOptions {
  /// Ascending.
  std::vector<std::uint64_t> boundaries = {};
  /// One more than boundaries.
  std::vector<double> values = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("boundaries", o.boundaries...);
    visit("values", o.values...);
  }
};

/// values[i] up to and including step boundaries[i], the last value behind all of them.
class PiecewiseConstantDecay : public ScheduleWith<PiecewiseConstantDecayOptions> {
 public:
  static constexpr const char* class_name = "PiecewiseConstantDecay";

  explicit PiecewiseConstantDecay(PiecewiseConstantDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

struct PolynomialDecayOptions {
  double initial_learning_rate = detail::missing;
  /// The end is reached after so many steps.
  std::size_t decay_steps = 0;
  double end_learning_rate = 1e-4;
  double power = 1.0;
  /// Instead of staying at the end, begin again with the smallest multiple of decay_steps that is
  /// not behind us.
  bool cycle = false;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("initial_learning_rate", o.initial_learning_rate...);
    visit("decay_steps", o.decay_steps...);
    visit("end_learning_rate", o.end_learning_rate...);
    visit("power", o.power...);
    visit("cycle", o.cycle...);
  }
};

/// (initial − end) · (1 − min(step, D) / D)^power + end, D = decay_steps
class PolynomialDecay : public ScheduleWith<PolynomialDecayOptions> {
 public:
  static constexpr const char* class_name = "PolynomialDecay";

  explicit PolynomialDecay(PolynomialDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

struct CosineDecayOptions {
  double initial_learning_rate = detail::missing;
  /// Length of the half wave, after the warm-up.
  std::size_t decay_steps = 0;
  /// The last rate as a share of the one that the half wave begins with.
  double alpha = 0.0;
  /// Where a linear warm-up from initial_learning_rate ends and the half wave begins; none: no
  /// warm-up.
  std::optional<double> warmup_target = {};
  std::size_t warmup_steps = 0;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("initial_learning_rate", o.initial_learning_rate...);
    visit("decay_steps", o.decay_steps...);
    visit("alpha", o.alpha...);
    visit("warmup_target", o.warmup_target...);
    visit("warmup_steps", o.warmup_steps...);
  }
};

/// top · ((1 − alpha) · ½ (1 + cos(π · min(step, D) / D)) + alpha), D = decay_steps: Loshchilov and
/// Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv:1608.03983.
class CosineDecay : public ScheduleWith<CosineDecayOptions> {
 public:
  static constexpr const char* class_name = "CosineDecay";

  /// @throws ArgumentError also for warmup_steps without warmup_target
  explicit CosineDecay(CosineDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

struct CosineDecayRestartsOptions {
  double initial_learning_rate = detail::missing;
  /// Length of the first period.
  std::size_t first_decay_steps = 0;
  /// Each period is longer than the one before by this factor, at least 1.
  double t_mul = 2.0;
  /// Each period begins with this share of the rate that the one before began with.
  double m_mul = 1.0;
  /// The last rate of the first period as a share of the initial one.
  double alpha = 0.0;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("initial_learning_rate", o.initial_learning_rate...);
    visit("first_decay_steps", o.first_decay_steps...);
    visit("t_mul", o.t_mul...);
    visit("m_mul", o.m_mul...);
    visit("alpha", o.alpha...);
  }
};

/// initial · ((1 − alpha) · ½ m_mul^i (1 + cos(π f)) + alpha) at the share f of period i (source:
/// as CosineDecay).
class CosineDecayRestarts : public ScheduleWith<CosineDecayRestartsOptions> {
 public:
  static constexpr const char* class_name = "CosineDecayRestarts";

  explicit CosineDecayRestarts(CosineDecayRestartsOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

struct LinearWarmupOptions {
  /// What follows the warm-up, from its own step 0 on: a number or a schedule.
  LearningRate learning_rate = detail::missing;
  std::size_t warmup_steps = 0;
  /// Where the warm-up begins.
  double initial_learning_rate = 0.0;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("warmup_steps", o.warmup_steps...);
    visit("initial_learning_rate", o.initial_learning_rate...);
  }
};

/// initial + (learning_rate(0) − initial) · step / warmup_steps, then
/// learning_rate(step − warmup_steps): Goyal et al. 2017, arXiv:1706.02677, section 2.2. With
/// CosineDecay inside it is CosineDecay's own warm-up.
class LinearWarmup : public ScheduleWith<LinearWarmupOptions> {
 public:
  static constexpr const char* class_name = "LinearWarmup";

  explicit LinearWarmup(LinearWarmupOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;
};

}  // namespace rondo
