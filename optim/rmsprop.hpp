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
  bool require_all = false;
};

/// v ← ρ v + (1 − ρ) g²,  centered: a ← ρ a + (1 − ρ) g,  d = v − a² (else d = v)
/// m ← μ m + rate · g / √(d + ε),  w ← w − m
///
/// ε is inside the root and the rate inside m, as in Keras; PyTorch has both outside, and ε = 1e-8.
template <Real T = float>
class RMSprop : public Optimizer<T> {
 public:
  explicit RMSprop(RMSpropOptions options = {});

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  double rho_;
  double momentum_;
  double epsilon_;
  bool centered_;
};

}  // namespace rondo
