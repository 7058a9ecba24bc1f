/// Adam (Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdamOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the mean of squared gradients.
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  /// Divide by the largest mean of squares so far (Reddi et al. 2018, arXiv:1904.09237).
  bool amsgrad = false;
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
  /// ε is added to the uncorrected root, the paper's "epsilon hat", as in Keras; otherwise to
  /// √(v / (1 − β₂ᵗ)), as in PyTorch and TF.js.
  bool epsilon_hat = true;

  /// `torch.optim.Adam` with its defaults.
  [[nodiscard]] static AdamOptions torch();
  /// `tf.train.adam` of TF.js with its defaults.
  [[nodiscard]] static AdamOptions tfjs();
};

/// m ← m + (1 − β₁)(g − m),  v ← v + (1 − β₂)(g² − v),  amsgrad: v̂ ← max(v̂, v) takes the place of v
/// w ← w − α m / (√v + ε),   α = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) in step t
template <Real T = float>
class Adam : public Optimizer<T> {
 public:
  explicit Adam(AdamOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  /// @param type_name  of an optimizer that differs in its options only
  Adam(std::string type_name, AdamOptions options);

  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  AdamOptions options_;
};

}  // namespace rondo
