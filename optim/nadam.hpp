/// Nadam: Adam with Nesterov's momentum (Dozat 2016, "Incorporating Nesterov Momentum into Adam").
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct NadamOptions {
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
  bool decoupled_weight_decay = true;
  /// How fast u grows to β₁: 1 in Keras, 0.004 in PyTorch.
  double momentum_decay = 1.0;

  /// `torch.optim.NAdam` with its defaults.
  [[nodiscard]] static NadamOptions torch();
};

/// uₜ = β₁ (1 − ½ · 0.96^(t · momentum_decay)),  P ← P uₜ  (from 1)
/// m ← m + (1 − β₁)(g − m),  v ← v + (1 − β₂)(g² − v)
/// m̂ = uₜ₊₁ m / (1 − P uₜ₊₁) + (1 − uₜ) g / (1 − P),  v̂ = v / (1 − β₂ᵗ)
/// w ← w − rate · m̂ / (√v̂ + ε) in step t
///
/// P is a state of the optimizer, `optimizer/nadam/u_product`.
template <Real T = float>
class Nadam : public Optimizer<T> {
 public:
  explicit Nadam(NadamOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_shared_state() override;
  void begin_update(double rate, std::uint64_t step) override;
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  NadamOptions options_;
  double u_ = 0.0;       // of this step
  double next_u_ = 0.0;  // of the next one
};

}  // namespace rondo
