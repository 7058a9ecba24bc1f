/// FTRL-Proximal (McMahan et al. 2013, "Ad Click Prediction: a View from the Trenches").
#pragma once

#include "rondo/optim/optimizer.hpp"

namespace rondo {

struct FtrlOptions {
  /// Positive, also if it follows a schedule.
  LearningRate learning_rate = 0.001;
  /// Not positive; 0 keeps the rate of every element constant.
  double learning_rate_power = -0.5;
  /// What the sums of squares begin with, not negative.
  double initial_accumulator_value = 0.1;
  // Not negative.
  double l1_regularization_strength = 0.0;
  double l2_regularization_strength = 0.0;
  /// Adds 2 · strength · w to the gradient that moves w, but not to the sum of squares.
  double l2_shrinkage_regularization_strength = 0.0;
  /// The paper's β.
  double beta = 0.0;
  // Common to all optimizers: OptimizerOptions.
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::size_t> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<std::size_t> gradient_accumulation_steps = {};
  bool require_all = false;
};

/// With p = −learning_rate_power, l2 = l2_regularization_strength + beta / (2 rate):
/// a' = a + g²,  z ← z + g + 2 shrinkage w − (a'^p − a^p) / rate · w,  a ← a'
/// w ← (clip(z, −l1, l1) − z) / (a^p / rate + 2 l2)
template <Real T = float>
class Ftrl : public Optimizer<T> {
 public:
  explicit Ftrl(FtrlOptions options = {});

  [[nodiscard]] Config config() const override;

 protected:
  void begin_update(double rate, std::uint64_t step) override;
  void create_state(const Parameter<T>& parameter) override;
  void update(const ParameterUpdate<T>& u) override;

 private:
  FtrlOptions options_;
};

}  // namespace rondo
