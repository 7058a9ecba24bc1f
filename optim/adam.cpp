#include "rondo/optim/adam.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rondo/optim/check_options.hpp"

namespace rondo {

template <Real T>
Adam<T>::Adam(AdamOptions options) : Adam("Adam", options) {}

template <Real T>
Adam<T>::Adam(std::string type_name, const AdamOptions& options)
    : Optimizer<T>(std::move(type_name), common_options(options)),
      beta_1_(options.beta_1),
      beta_2_(options.beta_2),
      epsilon_(options.epsilon),
      amsgrad_(options.amsgrad) {
  detail::check_decay(this->type_name(), "beta_1", beta_1_);
  detail::check_decay(this->type_name(), "beta_2", beta_2_);
  detail::check_not_negative(this->type_name(), "epsilon", epsilon_);
}

template <Real T>
void Adam<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
  this->add_state("v", parameter.shape());
  if (amsgrad_) {
    this->add_state("v_hat", parameter.shape());
  }
}

template <Real T>
void Adam<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const m = u.state[0].data();
  T* const v = u.state[1].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto t = static_cast<double>(u.step);
  const auto alpha =
      static_cast<T>(u.rate * std::sqrt(1.0 - std::pow(beta_2_, t)) / (1.0 - std::pow(beta_1_, t)));
  const auto fresh_m = static_cast<T>(1.0 - beta_1_);
  const auto fresh_v = static_cast<T>(1.0 - beta_2_);
  const auto epsilon = static_cast<T>(epsilon_);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    m[i] += fresh_m * (g - m[i]);
    v[i] += fresh_v * (g * g - v[i]);
  }
  const T* square = v;
  if (amsgrad_) {
    T* const v_hat = u.state[2].data();
    std::transform(v, v + n, v_hat, v_hat, [](T a, T b) { return std::max(a, b); });
    square = v_hat;
  }
  for (std::size_t i = 0; i < n; ++i) {
    w[i] -= alpha * m[i] / (std::sqrt(square[i]) + epsilon);
  }
}

template class Adam<float>;
template class Adam<double>;

}  // namespace rondo
