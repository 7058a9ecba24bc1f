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
  bool require_all = false;
};

/// Without momentum:  w ← w − rate · g
/// With momentum μ:   m ← μ m − rate · g,  w ← w + m,  Nesterov: w ← w + μ m − rate · g
///
/// The rate is inside m, as in Keras; PyTorch multiplies it at the end, which differs when it
/// changes.
template <Real T = float>
class SGD : public Optimizer<T> {
 public:
  explicit SGD(SGDOptions options = {});

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  double momentum_;
  bool nesterov_;
};

}  // namespace rondo
