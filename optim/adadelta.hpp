/// Adadelta (Zeiler 2012, "ADADELTA: An Adaptive Learning Rate Method", arXiv:1212.5701).
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct AdadeltaOptions {
  LearningRate learning_rate = 0.001;
  /// Weight of the past in both means of squares, in [0, 1).
  double rho = 0.95;
  double epsilon = 1e-7;
  std::optional<double> weight_decay = {};
#include "rondo/optim/common_options.inc"
  bool decoupled_weight_decay = true;
  /// Divide by the root of a as it was before this step (0 in the first one), as TF.js does.
  bool divide_by_previous = false;

  /// `torch.optim.Adadelta` with its defaults.
  [[nodiscard]] static AdadeltaOptions torch();
  /// TF.js with the defaults of the name "adadelta"; `tf.train.adadelta()` has the rate 0.001.
  [[nodiscard]] static AdadeltaOptions tfjs();

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("learning_rate", o.learning_rate...);
    visit("rho", o.rho...);
    visit("epsilon", o.epsilon...);
    visit("divide_by_previous", o.divide_by_previous...);
    for_each_common_option(visit, o...);
  }
};

/// a ← ρ a + (1 − ρ) g²,  Δ = −g · √(d + ε) / √(a + ε),  d ← ρ d + (1 − ρ) Δ²,  w ← w + rate · Δ
template <Real T = float>
class Adadelta : public OptimizerWith<T, AdadeltaOptions> {
 public:
  /// @throws ArgumentError for options out of range
  explicit Adadelta(AdadeltaOptions options = {});  // is an option misspelt?

 protected:
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  using Adadelta::OptimizerWith::options_;
};

}  // namespace rondo
