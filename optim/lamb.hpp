/// Lamb (You et al. 2020, "Large Batch Optimization for Deep Learning", arXiv:1904.00962).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct LambOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the mean of squared gradients.
  double beta_2 = 0.999;
  double epsilon = 1e-7;
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

/// m and v as in Adam,  u = m̂ / (√v̂ + ε) with both corrected by 1 − βᵗ in step t
/// w ← w − rate · ‖w‖ / ‖u‖ · u, without the quotient if one of the norms is 0
template <Real T = float>
class Lamb : public Optimizer<T> {
 public:
  explicit Lamb(LambOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  LambOptions options_;
};

}  // namespace rondo
