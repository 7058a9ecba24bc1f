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
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
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

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("momentum", o.momentum...);
    visit("nesterov", o.nesterov...);
    visit("dampening", o.dampening...);
    visit("rate_in_momentum", o.rate_in_momentum...);
    for_each_common_option(visit, o...);
  }
};

/// Without momentum:  w ← w − rate · g
/// With momentum μ:   m ← μ m − rate · g,  w ← w + m,  Nesterov: w ← w + μ m − rate · g
template <Real T = float>
class SGD : public OptimizerWith<T, SGDOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit SGD(SGDOptions options = {});  // is an option misspelt? SGDOptions{...} says which

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using SGD::OptimizerWith::options_;
};

}  // namespace rondo
