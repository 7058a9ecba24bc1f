/// Adadelta (Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method", arXiv:1212.5701).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in both means of squares, in [0, 1).
  double rho = 0.95;
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
  /// Divide by the root of a as it was before this step (0 in the first one), as TF.js does.
  bool divide_by_previous = false;

  /// `torch.optim.Adadelta` with its defaults.
  [[nodiscard]] static AdadeltaOptions torch();
  /// TF.js with the defaults of the name "adadelta"; `tf.train.adadelta()` has the rate 0.001.
  [[nodiscard]] static AdadeltaOptions tfjs();
};

/// a ← ρ a + (1 − ρ) g²,  Δ = −g · √(d + ε) / √(a + ε),  d ← ρ d + (1 − ρ) Δ²,  w ← w + rate · Δ
template <Real T = float>
class Adadelta : public Optimizer<T> {
 public:
  explicit Adadelta(AdadeltaOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  AdadeltaOptions options_;
};

}  // namespace rondo
