/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
#pragma once

#include "rondo/optim/adam.hpp"

namespace rondo {

/// As AdamOptions, but weight_decay is always in force and comes second, as in Keras.
struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  double weight_decay = 0.004;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
#include "rondo/optim/common_options.inc"
  /// As in AdamOptions.
  bool epsilon_hat = true;

  /// `torch.optim.AdamW` with its defaults.
  [[nodiscard]] static AdamWOptions torch();

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

/// w ← w − rate · weight_decay · w, then Adam.
template <Real T = float>
class AdamW : public Adam<T> {
 public:
  using OptionsType = AdamWOptions;

  /// @throws ArgumentError for options out of range
  explicit AdamW(AdamWOptions options = {});  // is an option misspelt? AdamWOptions{...} says which

  [[nodiscard]] Config config() const override;
};

}  // namespace rondo
