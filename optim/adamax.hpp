/// Adamax (Kingma and Ba 2015, arXiv:1412.6980, section 7.1).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdamaxOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the largest gradient so far.
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
  bool decoupled_weight_decay = true;
  /// u ← max(β₂ u, |g| + ε) and no ε in the quotient, as in PyTorch.
  bool epsilon_in_norm = false;

  /// `torch.optim.Adamax` with its defaults.
  [[nodiscard]] static AdamaxOptions torch();
  /// `tf.train.adamax` of TF.js with its defaults.
  [[nodiscard]] static AdamaxOptions tfjs();

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("beta_1", o.beta_1...);
    visit("beta_2", o.beta_2...);
    visit("epsilon", o.epsilon...);
    visit("epsilon_in_norm", o.epsilon_in_norm...);
    for_each_common_option(visit, o...);
  }
};

/// m ← m + (1 − β₁)(g − m),  u ← max(β₂ u, |g|),  w ← w − rate · m / ((1 − β₁ᵗ)(u + ε)) in step t
///
/// The decay of TF.js is InverseTimeDecay{{.decay_steps = 1, .decay_rate = decay}}.
template <Real T = float>
class Adamax : public OptimizerWith<T, AdamaxOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Adamax(AdamaxOptions options = {});  // is an option misspelt?

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Adamax::OptimizerWith::options_;
};

}  // namespace rondo
