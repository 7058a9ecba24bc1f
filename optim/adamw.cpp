#include "rondo/optim/adamw.hpp"

namespace rondo {

namespace {

AdamOptions adam_options(const AdamWOptions& o) {
  return {.learning_rate = o.learning_rate,
          .beta_1 = o.beta_1,
          .beta_2 = o.beta_2,
          .epsilon = o.epsilon,
          .amsgrad = o.amsgrad,
          .weight_decay = o.weight_decay,
          .clipnorm = o.clipnorm,
          .clipvalue = o.clipvalue,
          .global_clipnorm = o.global_clipnorm,
          .use_ema = o.use_ema,
          .ema_momentum = o.ema_momentum,
          .ema_overwrite_frequency = o.ema_overwrite_frequency,
          .loss_scale_factor = o.loss_scale_factor,
          .gradient_accumulation_steps = o.gradient_accumulation_steps,
          .require_all = o.require_all,
          .epsilon_hat = o.epsilon_hat};
}

}  // namespace

AdamWOptions AdamWOptions::torch() {
  return {.weight_decay = 0.01, .epsilon = 1e-8, .epsilon_hat = false};
}

template <Real T>
AdamW<T>::AdamW(AdamWOptions options) : Adam<T>("AdamW", adam_options(options)) {}

template class AdamW<float>;
template class AdamW<double>;

}  // namespace rondo
