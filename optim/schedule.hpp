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

// Rates, factors and powers must be finite and not negative, numbers of steps positive: the
// constructors throw ArgumentError otherwise.

struct ExponentialDecayOptions {
  double initial_learning_rate = detail::missing;
  /// After so many steps the rate has changed by the factor decay_rate.
  std::size_t decay_steps = 0;
  double decay_rate = detail::missing;
  /// Change at the multiples of decay_steps only.
  bool staircase = false;
};

/// initial · decay_rate^(step / decay_steps)
class ExponentialDecay {
 public:
  explicit ExponentialDecay(ExponentialDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const ExponentialDecayOptions& options() const { return options_; }

 private:
  ExponentialDecayOptions options_;
};

struct InverseTimeDecayOptions {
  double initial_learning_rate = detail::missing;
  /// After so many steps the divisor has grown by decay_rate.
  std::size_t decay_steps = 0;
  double decay_rate = detail::missing;
  /// Change at the multiples of decay_steps only.
  bool staircase = false;
};

/// initial / (1 + decay_rate · step / decay_steps)
class InverseTimeDecay {
 public:
  explicit InverseTimeDecay(InverseTimeDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const InverseTimeDecayOptions& options() const { return options_; }

 private:
  InverseTimeDecayOptions options_;
};

struct PiecewiseConstantDecayOptions {
  /// Ascending.
  std::vector<std::uint64_t> boundaries = {};
  /// One more than boundaries.
  std::vector<double> values = {};
};

/// values[i] up to and including step boundaries[i], the last value behind all of them.
class PiecewiseConstantDecay {
 public:
  explicit PiecewiseConstantDecay(PiecewiseConstantDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const PiecewiseConstantDecayOptions& options() const { return options_; }

 private:
  PiecewiseConstantDecayOptions options_;
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
};

/// (initial − end) · (1 − min(step, D) / D)^power + end, D = decay_steps
class PolynomialDecay {
 public:
  explicit PolynomialDecay(PolynomialDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const PolynomialDecayOptions& options() const { return options_; }

 private:
  PolynomialDecayOptions options_;
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
};

/// top · ((1 − alpha) · ½ (1 + cos(π · min(step, D) / D)) + alpha), D = decay_steps: Loshchilov and
/// Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv:1608.03983.
class CosineDecay {
 public:
  /// @throws ArgumentError also for warmup_steps without warmup_target
  explicit CosineDecay(CosineDecayOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const CosineDecayOptions& options() const { return options_; }

 private:
  CosineDecayOptions options_;
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
};

/// initial · ((1 − alpha) · ½ m_mul^i (1 + cos(π f)) + alpha) at the share f of period i (source:
/// as CosineDecay).
class CosineDecayRestarts {
 public:
  explicit CosineDecayRestarts(CosineDecayRestartsOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const CosineDecayRestartsOptions& options() const { return options_; }

 private:
  CosineDecayRestartsOptions options_;
};

struct LinearWarmupOptions {
  /// What follows the warm-up, from its own step 0 on: a number or a schedule.
  LearningRate learning_rate = detail::missing;
  std::size_t warmup_steps = 0;
  /// Where the warm-up begins.
  double initial_learning_rate = 0.0;
};

/// initial + (learning_rate(0) − initial) · step / warmup_steps, then
/// learning_rate(step − warmup_steps): Goyal et al. 2017, arXiv:1706.02677, section 2.2. With
/// CosineDecay inside it is CosineDecay's own warm-up.
class LinearWarmup {
 public:
  explicit LinearWarmup(LinearWarmupOptions options);  // is an option misspelt?

  [[nodiscard]] double operator()(std::uint64_t step) const;

  [[nodiscard]] const LinearWarmupOptions& options() const { return options_; }

 private:
  LinearWarmupOptions options_;
};

}  // namespace rondo
