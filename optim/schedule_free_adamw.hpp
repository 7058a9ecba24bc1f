/// Schedule-free AdamW (Defazio et al. 2024, "The Road Less Scheduled", arXiv:2405.15682) as Keras
/// has it.
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct ScheduleFreeAdamWOptions {
  LearningRate learning_rate = 0.0025;
  /// How far the weights lie from z towards the average x, in [0, 1].
  double beta_1 = 0.9;
  /// Weight of the past in the mean of squared gradients, in [0, 1).
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  /// The rate grows from 0 to learning_rate in so many steps; weight decay takes the whole rate.
  std::size_t warmup_steps = 0;
  // Common to all optimizers: OptimizerOptions.
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::size_t> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<std::size_t> gradient_accumulation_steps = {};
  bool require_all = false;
};

/// v ← v + (1 − β₂)(g² − v),  z ← z − rate · min(t / warmup_steps, 1) · g / (√(v / (1 − β₂ᵗ)) + ε)
/// x ← x + (z − x) / t,  w = (1 − β₁) z + β₁ x in step t
///
/// z begins with the weights at `build`: load weights before. x, the average of all z, is not kept
/// but found again from w and z. As in Keras the model always has w, after a training and in
/// evaluations too; the paper and its authors' code evaluate x = (w − (1 − β₁) z) / β₁.
/// What else differs from the authors' code, as in Keras: x weighs all steps alike, those of the
/// warm-up too, and decay acts on w alone.
template <Real T = float>
class ScheduleFreeAdamW : public Optimizer<T> {
 public:
  explicit ScheduleFreeAdamW(ScheduleFreeAdamWOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  [[nodiscard]] double warmup(std::uint64_t step) const;

  ScheduleFreeAdamWOptions options_;
};

}  // namespace rondo
