/// Adagrad (Duchi, Hazan and Singer 2011, "Adaptive Subgradient Methods", JMLR 12).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdagradOptions {
  LearningRate learning_rate = 0.001;
  /// What the sums of squares begin with, not negative.
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
  bool decoupled_weight_decay = true;
  /// √(a + ε), as in Keras and TF.js; otherwise √a + ε, as in PyTorch.
  bool epsilon_in_root = true;

  /// `torch.optim.Adagrad` with its defaults.
  [[nodiscard]] static AdagradOptions torch();
  /// `tf.train.adagrad` of TF.js with the default rate of the name "adagrad".
  [[nodiscard]] static AdagradOptions tfjs();

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("initial_accumulator_value", o.initial_accumulator_value...);
    visit("epsilon", o.epsilon...);
    visit("epsilon_in_root", o.epsilon_in_root...);
    for_each_common_option(visit, o...);
  }
};

/// a ← a + g²,  w ← w − rate · g / √(a + ε)
///
/// PyTorch's lr_decay is InverseTimeDecay{{.decay_steps = 1, .decay_rate = lr_decay}}.
template <Real T = float>
class Adagrad : public OptimizerWith<T, AdagradOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Adagrad(AdagradOptions options = {});  // is an option misspelt?

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Adagrad::OptimizerWith::options_;
};

}  // namespace rondo
