/// Nadam: Adam with Nesterov's momentum (Dozat 2016, "Incorporating Nesterov Momentum into Adam").
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct NadamOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the mean of squared gradients.
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
  bool decoupled_weight_decay = true;
  /// How fast u grows to β₁: 1 in Keras, 0.004 in PyTorch.
  double momentum_decay = 1.0;

  /// `torch.optim.NAdam` with its defaults.
  [[nodiscard]] static NadamOptions torch();

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("beta_1", o.beta_1...);
    visit("beta_2", o.beta_2...);
    visit("epsilon", o.epsilon...);
    visit("momentum_decay", o.momentum_decay...);
    for_each_common_option(visit, o...);
  }
};

/// uₜ = β₁ (1 − ½ · 0.96^(t · momentum_decay)),  P ← P uₜ  (from 1)
/// m ← m + (1 − β₁)(g − m),  v ← v + (1 − β₂)(g² − v)
/// m̂ = uₜ₊₁ m / (1 − P uₜ₊₁) + (1 − uₜ) g / (1 − P),  v̂ = v / (1 − β₂ᵗ)
/// w ← w − rate · m̂ / (√v̂ + ε) in step t
///
/// P is a state of the optimizer, `optimizer/nadam/u_product`.
template <Real T = float>
class Nadam : public OptimizerWith<T, NadamOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Nadam(NadamOptions options = {});  // is an option misspelt? NadamOptions{...} says which

 protected:
  void create_shared_state() override;
  void begin_update(double rate, std::uint64_t step) override;
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Nadam::OptimizerWith::options_;
  double u_ = 0.0;       // of this step
  double next_u_ = 0.0;  // of the next one
};

}  // namespace rondo
