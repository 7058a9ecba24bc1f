/// Adagrad (Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods", JMLR 12).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdagradOptions {
  LearningRate learning_rate = 0.001;
  /// What the sums of squares begin with, not negative.
  double initial_accumulator_value = 0.1;
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
  /// √(a + ε), as in Keras and TF.js; otherwise √a + ε, as in PyTorch.
  bool epsilon_in_root = true;

  /// `torch.optim.Adagrad` with its defaults.
  [[nodiscard]] static AdagradOptions torch();
  /// `tf.train.adagrad` of TF.js with the default rate of the name "adagrad".
  [[nodiscard]] static AdagradOptions tfjs();
};

/// a ← a + g²,  w ← w − rate · g / √(a + ε)
///
/// PyTorch's lr_decay is InverseTimeDecay{{.decay_steps = 1, .decay_rate = lr_decay}}.
template <Real T = float>
class Adagrad : public Optimizer<T> {
 public:
  explicit Adagrad(AdagradOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  AdagradOptions options_;
};

}  // namespace rondo
