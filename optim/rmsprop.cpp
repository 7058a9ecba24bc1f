#include "rondo/optim/rmsprop.hpp"

#include <cmath>

#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

RMSpropOptions RMSpropOptions::torch() {
  return {.learning_rate = 0.01,
          .rho = 0.99,
          .epsilon = 1e-8,
          .decoupled_weight_decay = false,
          .epsilon_in_root = false,
          .rate_in_momentum = false};
}

RMSpropOptions RMSpropOptions::tfjs() {
  return {.centered_subtracts_epsilon = true};
}

template <Real T>
RMSprop<T>::RMSprop(RMSpropOptions options)
    : RMSprop<T>::OptimizerWith("RMSprop", std::move(options)) {
  detail::check_decay("RMSprop", "rho", options_.rho);
  detail::check_share("RMSprop", "momentum", options_.momentum);
  detail::check_not_negative("RMSprop", "epsilon", options_.epsilon);
}

template <Real T>
void RMSprop<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("velocity", parameter.shape());
  if (options_.centered) {
    this->add_state("average_gradient", parameter.shape());
  }
  if (options_.momentum > 0.0) {
    this->add_state("momentum", parameter.shape());
  }
}

template <Real T>
void RMSprop<T>::update(const ParameterUpdate<T>& u) {
  const RMSpropOptions& o = options_;
  T* const w = u.weights.data();
  T* const v = u.state[0].data();
  T* const a = o.centered ? u.state[1].data() : nullptr;
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto rho = static_cast<T>(o.rho);
  const auto fresh = static_cast<T>(1.0 - o.rho);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    v[i] = rho * v[i] + fresh * g * g;
    if (a != nullptr) {
      a[i] = rho * a[i] + fresh * g;
    }
  }
  const double sign = o.centered && o.centered_subtracts_epsilon ? -1.0 : 1.0;
  const auto inside = static_cast<T>(o.epsilon_in_root ? sign * o.epsilon : 0.0);
  const auto beside = static_cast<T>(o.epsilon_in_root ? 0.0 : o.epsilon);
  const auto inner = static_cast<T>(o.rate_in_momentum ? u.rate : 1.0);
  const auto outer = static_cast<T>(o.rate_in_momentum ? 1.0 : u.rate);
  const auto change = [=](std::size_t i) {
    const T variance = a != nullptr ? v[i] - a[i] * a[i] : v[i];
    return inner * gradient[i] / (std::sqrt(variance + inside) + beside);
  };
  if (o.momentum == 0.0) {
    for (std::size_t i = 0; i < n; ++i) {
      w[i] -= outer * change(i);
    }
    return;
  }
  T* const m = u.state.back().data();
  const auto mu = static_cast<T>(o.momentum);
  for (std::size_t i = 0; i < n; ++i) {
    m[i] = mu * m[i] + change(i);
    w[i] -= outer * m[i];
  }
}

template class RMSprop<float>;
template class RMSprop<double>;

}  // namespace rondo
