/// Stochastic gradient descent.
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct SGDOptions {
  LearningRate learning_rate = 0.01;
  /// How much of the last change is made again, in [0, 1].
  double momentum = 0.0;
  /// Look ahead (Nesterov 1983, in the form of Sutskever et al. 2013).
  bool nesterov = false;
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
  /// The share of a new gradient that does not enter m, except in the first step; in [0, 1].
  double dampening = 0.0;
  /// The rate is a factor of what enters m, as in Keras; otherwise of what leaves it, as in PyTorch
  /// and TF.js. It differs only when the rate changes.
  bool rate_in_momentum = true;

  /// `torch.optim.SGD` with its defaults.
  [[nodiscard]] static SGDOptions torch();
  /// `tf.train.sgd`, `tf.train.momentum` of TF.js with the default rate of the name "sgd".
  [[nodiscard]] static SGDOptions tfjs();
};

/// Without momentum:  w ← w − rate · g
/// With momentum μ:   m ← μ m − rate · g,  w ← w + m,  Nesterov: w ← w + μ m − rate · g
template <Real T = float>
class SGD : public Optimizer<T> {
 public:
  explicit SGD(SGDOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  SGDOptions options_;
};

}  // namespace rondo
