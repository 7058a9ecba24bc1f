/// Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", arXiv:2302.06675).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct LionOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the sign, in (0, 1].
  double beta_1 = 0.9;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_2 = 0.99;
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

/// w ← w − rate · sign(β₁ m + (1 − β₁) g),  m ← β₂ m + (1 − β₂) g
template <Real T = float>
class Lion : public Optimizer<T> {
 public:
  explicit Lion(LionOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  LionOptions options_;
};

}  // namespace rondo
