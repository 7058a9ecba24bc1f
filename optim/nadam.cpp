#include "rondo/optim/nadam.hpp"

#include <cmath>

#include "rondo/optim/detail/adam_moments.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

NadamOptions NadamOptions::torch() {
  return {.learning_rate = 0.002,
          .epsilon = 1e-8,
          .decoupled_weight_decay = false,
          .momentum_decay = 0.004};
}

template <Real T>
Nadam<T>::Nadam(NadamOptions options) : Nadam<T>::OptimizerWith("Nadam", std::move(options)) {
  detail::check_decay("Nadam", "beta_1", options_.beta_1);
  detail::check_decay("Nadam", "beta_2", options_.beta_2);
  detail::check_not_negative("Nadam", "epsilon", options_.epsilon);
  detail::check_not_negative("Nadam", "momentum_decay", options_.momentum_decay);
}

template <Real T>
void Nadam<T>::create_shared_state() {
  this->add_shared_state("u_product", 1.0);
}

template <Real T>
void Nadam<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
  this->add_state("v", parameter.shape());
}

template <Real T>
void Nadam<T>::begin_update(double /*rate*/, std::uint64_t step) {
  const auto u_at = [&](std::uint64_t t) {
    const double exponent = static_cast<double>(t) * options_.momentum_decay;
    return options_.beta_1 * (1.0 - 0.5 * std::pow(0.96, exponent));
  };
  u_ = u_at(step);
  next_u_ = u_at(step + 1);
  T& product = this->shared_state(0);
  product = static_cast<T>(static_cast<double>(product) * u_);
}

template <Real T>
void Nadam<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const m = u.state[0].data();
  T* const v = u.state[1].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  detail::update_moments(gradient, options_.beta_1, options_.beta_2, n, m, v);
  const auto product = static_cast<double>(this->shared_state(0));
  const auto of_mean = static_cast<T>(u.rate * next_u_ / (1.0 - product * next_u_));
  const auto of_gradient = static_cast<T>(u.rate * (1.0 - u_) / (1.0 - product));
  const auto correction =
      static_cast<T>(1.0 / std::sqrt(detail::correction(options_.beta_2, u.step)));
  const auto epsilon = static_cast<T>(options_.epsilon);
  for (std::size_t i = 0; i < n; ++i) {
    const T change = of_mean * m[i] + of_gradient * gradient[i];
    w[i] -= change / (correction * std::sqrt(v[i]) + epsilon);
  }
}

template class Nadam<float>;
template class Nadam<double>;

}  // namespace rondo
