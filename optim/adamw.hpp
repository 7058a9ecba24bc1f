/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
#pragma once

#include "rondo/optim/adam.hpp"

namespace rondo {

/// As AdamOptions, but weight_decay is always in force and stands second, as in Keras.
struct AdamWOptions {
  LearningRate learning_rate = 0.001;
  double weight_decay = 0.004;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;
  std::optional<double> clipnorm = {};
  std::optional<double> clipvalue = {};
  std::optional<double> global_clipnorm = {};
  bool use_ema = false;
  double ema_momentum = 0.99;
  std::optional<std::size_t> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<std::size_t> gradient_accumulation_steps = {};
  bool require_all = false;
  /// As in AdamOptions.
  bool epsilon_hat = true;

  /// `torch.optim.AdamW` with its defaults.
  [[nodiscard]] static AdamWOptions torch();
};

/// w ← w − rate · weight_decay · w, then Adam.
template <Real T = float>
class AdamW : public Adam<T> {
 public:
  explicit AdamW(AdamWOptions options = {});

  [[nodiscard]] Config config() const override;
};

}  // namespace rondo
