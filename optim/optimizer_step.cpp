// One step of any optimizer: gradients, decay, update, averages, constraints.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "rondo/core/detail/denormals.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/optim/detail/sum_of_squares.hpp"
#include "rondo/optim/optimizer.hpp"

namespace rondo {

namespace {

template <Real T>
double sum_of_squares(TensorView<const T> values) {
  return detail::sum_of_squares(values.size(), [x = values.data()](std::size_t i) { return x[i]; });
}

/// What shortens a vector of this norm to the limit; NaN for NaN.
double shorten(double norm, double limit) {
  return norm <= limit ? 1.0 : limit / norm;
}

}  // namespace

template <Real T>
Variable<T> Optimizer<T>::scale_loss(const Variable<T>& loss) const {
  return options_.loss_scale_factor ? loss * static_cast<T>(*options_.loss_scale_factor) : loss;
}

template <Real T>
bool Optimizer<T>::is_update_step() const {
  return (iterations_ + 1) % options_.gradient_accumulation_steps.value_or(1) == 0;
}

template <Real T>
void Optimizer<T>::accumulate() {
  const auto unit = static_cast<T>(1.0 / options_.loss_scale_factor.value_or(1.0));
  for (Slot& slot : slots_) {
    if (slot.active()) {
      const T* const gradient = std::as_const(*slot.parameter).grad().data();
      T* const sum = slot.accumulator.data();
      const std::size_t n = slot.accumulator.size();
      for (std::size_t i = 0; i < n; ++i) {
        sum[i] += unit * gradient[i];
      }
    }
  }
}

template <Real T>
auto Optimizer<T>::source_of(const Slot& slot) const -> Source {
  if (options_.gradient_accumulation_steps) {
    return {slot.accumulator.view(),
            1.0 / static_cast<double>(*options_.gradient_accumulation_steps)};
  }
  return {std::as_const(*slot.parameter).grad(), 1.0 / options_.loss_scale_factor.value_or(1.0)};
}

/// As in Keras, a norm that is not finite makes all weights NaN.
template <Real T>
double Optimizer<T>::global_scale() const {
  if (!options_.global_clipnorm) {
    return 1.0;
  }
  double sum = 0.0;
  double unit = 1.0;
  for (const Slot& slot : slots_) {
    if (slot.active()) {
      const Source source = source_of(slot);
      sum += sum_of_squares<T>(source.values);
      unit = source.unit;
    }
  }
  return std::isfinite(sum) ? shorten(unit * std::sqrt(sum), *options_.global_clipnorm)
                            : std::numeric_limits<double>::quiet_NaN();
}

template <Real T>
ClippedGradient<T> Optimizer<T>::clipped(const Slot& slot, double scale) const {
  const Source source = source_of(slot);
  if (options_.clipnorm) {
    scale = shorten(source.unit * std::sqrt(sum_of_squares<T>(source.values)), *options_.clipnorm);
  }
  const double bound = options_.clipvalue.value_or(std::numeric_limits<double>::infinity());
  return {source.values.data(), static_cast<T>(source.unit * scale), static_cast<T>(bound)};
}

template <Real T>
ClippedGradient<T> Optimizer<T>::with_penalty(const Slot& slot,
                                              const ClippedGradient<T>& gradient) {
  const ClippedGradient<T> g = gradient;  // a copy: the arrays cannot alias it
  const auto share = static_cast<T>(*slot.weight_decay);
  const TensorView<const T> weights = std::as_const(*slot.parameter).value();
  const T* const w = weights.data();
  T* const result = penalised_.data();
  const std::size_t n = weights.size();
  for (std::size_t i = 0; i < n; ++i) {
    result[i] = g[i] + share * w[i];
  }
  return {result, T{1}, std::numeric_limits<T>::infinity()};
}

template <Real T>
void Optimizer<T>::update_slot(Slot& slot, double rate, double scale) {
  ClippedGradient<T> gradient = clipped(slot, scale);
  const TensorView<T> weights = slot.parameter->mutable_value();
  if (slot.weight_decay && options_.decoupled_weight_decay) {
    const auto share = static_cast<T>(*slot.weight_decay * rate);
    for (T& weight : weights) {
      weight -= weight * share;
    }
  } else if (slot.weight_decay) {
    gradient = with_penalty(slot, gradient);
  }
  update({.weights = weights,
          .gradient = gradient,
          .state = slot.state.views,
          .rate = rate,
          .step = updates() + 1});
  if (options_.gradient_accumulation_steps) {
    std::fill_n(slot.accumulator.data(), slot.accumulator.size(), T{0});
  }
}

template <Real T>
void Optimizer<T>::update_parameters(double rate) {
  const double scale = global_scale();
  for (Slot& slot : slots_) {
    if (slot.active()) {
      update_slot(slot, rate, scale);
    }
  }
}

/// As in Keras, also in steps that only accumulate. The average begins with the weights after the
/// first update.
template <Real T>
void Optimizer<T>::average_weights() {
  const double momentum = updates() == 0 ? 0.0 : options_.ema_momentum;
  for (Slot& slot : slots_) {
    const auto past = static_cast<T>(slot.parameter->trainable ? momentum : 0.0);
    const T* const w = std::as_const(*slot.parameter).value().data();
    T* const average = slot.average.data();
    const std::size_t n = slot.average.size();
    for (std::size_t i = 0; i < n; ++i) {
      average[i] = past * average[i] + (T{1} - past) * w[i];
    }
  }
  const auto frequency = options_.ema_overwrite_frequency;
  if (frequency && (updates() + 1) % *frequency == 0) {
    overwrite_weights();
  }
}

template <Real T>
void Optimizer<T>::overwrite_weights() {
  for (Slot& slot : slots_) {
    const TensorView<T> weights = slot.parameter->mutable_value();
    std::copy_n(slot.average.data(), weights.size(), weights.data());
  }
}

template <Real T>
void Optimizer<T>::step() {
  check_built();
  check_not_swapped("step");
  check_gradients();
  const FlushDenormals guard;  // a moment that decays gets stuck at the smallest of them
  const bool updating = is_update_step();
  const double rate = updating ? checked_rate() : 0.0;
  if (updating) {
    begin_update(rate, updates() + 1);
  }
  if (options_.gradient_accumulation_steps) {
    accumulate();
  }
  if (updating) {
    update_parameters(rate);
  }
  if (options_.use_ema) {
    average_weights();
  }
  ++iterations_;  // before a user's constraint can throw: the weights have moved
  for (const Slot& slot : slots_) {
    if (slot.active() && slot.parameter->constraint) {
      slot.parameter->constraint(slot.parameter->mutable_value());
    }
  }
}

template <Real T>
void Optimizer<T>::swap_averages() {
  check_built();
  if (!options_.use_ema) {
    throw_state_error(type_name_, "swap_averages: there are no averages without use_ema");
  }
  if (iterations_ == 0) {
    throw_state_error(type_name_, "swap_averages: there are no averages before the first step");
  }
  for (Slot& slot : slots_) {
    const TensorView<T> weights = slot.parameter->mutable_value();
    std::swap_ranges(weights.begin(), weights.end(), slot.average.data());
  }
  swapped_ = !swapped_;
}

template <Real T>
void Optimizer<T>::finalize() {
  check_built();
  check_not_swapped("finalize");
  if (options_.use_ema && iterations_ > 0) {
    overwrite_weights();
  }
}

#define RONDO_INSTANTIATE(T)                                                    \
  template Variable<T> Optimizer<T>::scale_loss(const Variable<T>& loss) const; \
  template void Optimizer<T>::step();                                           \
  template void Optimizer<T>::swap_averages();                                  \
  template void Optimizer<T>::finalize();
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
