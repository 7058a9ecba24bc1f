#include "rondo/optim/rmsprop.hpp"

#include <cmath>

#include "rondo/optim/check_options.hpp"

namespace rondo {

template <Real T>
RMSprop<T>::RMSprop(RMSpropOptions options)
    : Optimizer<T>("RMSprop", common_options(options)),
      rho_(options.rho),
      momentum_(options.momentum),
      epsilon_(options.epsilon),
      centered_(options.centered) {
  detail::check_decay("RMSprop", "rho", rho_);
  detail::check_share("RMSprop", "momentum", momentum_);
  detail::check_not_negative("RMSprop", "epsilon", epsilon_);
}

template <Real T>
void RMSprop<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("velocity", parameter.shape());
  if (centered_) {
    this->add_state("average_gradient", parameter.shape());
  }
  if (momentum_ > 0.0) {
    this->add_state("momentum", parameter.shape());
  }
}

template <Real T>
void RMSprop<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const v = u.state[0].data();
  T* const a = centered_ ? u.state[1].data() : nullptr;
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto rate = static_cast<T>(u.rate);
  const auto rho = static_cast<T>(rho_);
  const auto fresh = static_cast<T>(1.0 - rho_);
  const auto epsilon = static_cast<T>(epsilon_);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    v[i] = rho * v[i] + fresh * g * g;
    if (a != nullptr) {
      a[i] = rho * a[i] + fresh * g;
    }
  }
  const auto change = [=](std::size_t i) {
    const T variance = a != nullptr ? v[i] - a[i] * a[i] : v[i];
    return rate * gradient[i] / std::sqrt(variance + epsilon);
  };
  if (momentum_ == 0.0) {
    for (std::size_t i = 0; i < n; ++i) {
      w[i] -= change(i);
    }
    return;
  }
  T* const m = u.state.back().data();
  const auto mu = static_cast<T>(momentum_);
  for (std::size_t i = 0; i < n; ++i) {
    m[i] = mu * m[i] + change(i);
    w[i] -= m[i];
  }
}

template class RMSprop<float>;
template class RMSprop<double>;

}  // namespace rondo
