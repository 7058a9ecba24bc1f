/// Adamax (Kingma and Ba 2015, arXiv:1412.6980, section 7.1).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdamaxOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the largest gradient so far.
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
  /// u ← max(β₂ u, |g| + ε) and no ε in the quotient, as in PyTorch.
  bool epsilon_in_norm = false;

  /// `torch.optim.Adamax` with its defaults.
  [[nodiscard]] static AdamaxOptions torch();
  /// `tf.train.adamax` of TF.js with its defaults.
  [[nodiscard]] static AdamaxOptions tfjs();
};

/// m ← m + (1 − β₁)(g − m),  u ← max(β₂ u, |g|),  w ← w − rate · m / ((1 − β₁ᵗ)(u + ε)) in step t
///
/// The decay of TF.js is InverseTimeDecay{{.decay_steps = 1, .decay_rate = decay}}.
template <Real T = float>
class Adamax : public Optimizer<T> {
 public:
  explicit Adamax(AdamaxOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  AdamaxOptions options_;
};

}  // namespace rondo
