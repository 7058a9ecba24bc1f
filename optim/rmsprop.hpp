/// RMSprop (Tieleman and Hinton 2012, Coursera lecture 6.5).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct RMSpropOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of squared gradients, in [0, 1).
  double rho = 0.9;
  /// How much of the last change is made again, in [0, 1].
  double momentum = 0.0;
  double epsilon = 1e-7;
  /// Divide by the standard deviation of the gradients instead of their root mean square.
  bool centered = false;
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
  /// √(d + ε), as in Keras and TF.js; otherwise √d + ε, as in PyTorch.
  bool epsilon_in_root = true;
  /// √(d − ε) where centered, as in TF.js: not a number when d is below ε.
  bool centered_subtracts_epsilon = false;
  /// The rate is a factor of what enters m, as in Keras and TF.js; otherwise of what leaves it, as
  /// in PyTorch.
  bool rate_in_momentum = true;

  /// `torch.optim.RMSprop` with its defaults; its alpha is rho here.
  [[nodiscard]] static RMSpropOptions torch();
  /// `tf.train.rmsprop` of TF.js; its decay is rho here.
  [[nodiscard]] static RMSpropOptions tfjs();
};

/// v ← ρ v + (1 − ρ) g²,  centered: a ← ρ a + (1 − ρ) g,  d = v − a² (else d = v)
/// m ← μ m + rate · g / √(d + ε),  w ← w − m
template <Real T = float>
class RMSprop : public Optimizer<T> {
 public:
  explicit RMSprop(RMSpropOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  RMSpropOptions options_;
};

}  // namespace rondo
