/// Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", arXiv:2302.06675).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct LionOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the sign, in (0, 1].
  double beta_1 = 0.9;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_2 = 0.99;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("beta_1", o.beta_1...);
    visit("beta_2", o.beta_2...);
    for_each_common_option(visit, o...);
  }
};

/// w ← w − rate · sign(β₁ m + (1 − β₁) g),  m ← β₂ m + (1 − β₂) g
template <Real T = float>
class Lion : public OptimizerWith<T, LionOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Lion(LionOptions options = {});  // is an option misspelt? LionOptions{...} says which

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Lion::OptimizerWith::options_;
};

}  // namespace rondo
