/// Adam (Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdamOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in the mean of gradients, in [0, 1).
  double beta_1 = 0.9;
  /// The same for the mean of squared gradients.
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  /// Divide by the largest mean of squares so far (Reddi et al. 2018, arXiv:1904.09237).
  bool amsgrad = false;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
  bool decoupled_weight_decay = true;
  /// ε is added to the uncorrected root, the paper's "epsilon hat", as in Keras; otherwise to
  /// √(v / (1 − β₂ᵗ)), as in PyTorch and TF.js.
  bool epsilon_hat = true;

  /// `torch.optim.Adam` with its defaults.
  [[nodiscard]] static AdamOptions torch();
  /// `tf.train.adam` of TF.js with its defaults.
  [[nodiscard]] static AdamOptions tfjs();

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("beta_1", o.beta_1...);
    visit("beta_2", o.beta_2...);
    visit("epsilon", o.epsilon...);
    visit("amsgrad", o.amsgrad...);
    visit("epsilon_hat", o.epsilon_hat...);
    for_each_common_option(visit, o...);
  }
};

/// m ← m + (1 − β₁)(g − m),  v ← v + (1 − β₂)(g² − v),  amsgrad: v̂ ← max(v̂, v) takes the place of v
/// w ← w − α m / (√v + ε),   α = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) in step t
template <Real T = float>
class Adam : public OptimizerWith<T, AdamOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Adam(AdamOptions options = {});  // is an option misspelt? AdamOptions{...} says which

 protected:
  /// @param type_name  of an optimizer that differs in its options only
  Adam(std::string type_name, AdamOptions options);

  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Adam::OptimizerWith::options_;
};

}  // namespace rondo
