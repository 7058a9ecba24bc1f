/// Lamb (You et al. 2020, "Large Batch Optimization for Deep Learning", arXiv:1904.00962).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct LambOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the mean of squared gradients.
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("beta_1", o.beta_1...);
    visit("beta_2", o.beta_2...);
    visit("epsilon", o.epsilon...);
    for_each_common_option(visit, o...);
  }
};

/// m and v as in Adam,  u = m̂ / (√v̂ + ε) with both corrected by 1 − βᵗ in step t
/// w ← w − rate · ‖w‖ / ‖u‖ · u, without the quotient if one of the norms is 0
template <Real T = float>
class Lamb : public OptimizerWith<T, LambOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Lamb(LambOptions options = {});  // is an option misspelt? LambOptions{...} says which

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Lamb::OptimizerWith::options_;
};

}  // namespace rondo
