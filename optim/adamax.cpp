#include "rondo/optim/adamax.hpp"

#include <algorithm>
#include <cmath>

#include "rondo/optim/detail/adam_moments.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

AdamaxOptions AdamaxOptions::torch() {
  return {.learning_rate = 0.002,
          .epsilon = 1e-8,
          .decoupled_weight_decay = false,
          .epsilon_in_norm = true};
}

AdamaxOptions AdamaxOptions::tfjs() {
  return {.learning_rate = 0.002};
}

template <Real T>
Adamax<T>::Adamax(AdamaxOptions options) : Adamax<T>::OptimizerWith("Adamax", std::move(options)) {
  detail::check_decay("Adamax", "beta_1", options_.beta_1);
  detail::check_decay("Adamax", "beta_2", options_.beta_2);
  detail::check_not_negative("Adamax", "epsilon", options_.epsilon);
}

template <Real T>
void Adamax<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
  this->add_state("u", parameter.shape());
}

template <Real T>
void Adamax<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const m = u.state[0].data();
  T* const norm = u.state[1].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto alpha = static_cast<T>(u.rate / detail::correction(options_.beta_1, u.step));
  const auto fresh = static_cast<T>(1.0 - options_.beta_1);
  const auto beta_2 = static_cast<T>(options_.beta_2);
  const auto inside = static_cast<T>(options_.epsilon_in_norm ? options_.epsilon : 0.0);
  const auto beside = static_cast<T>(options_.epsilon_in_norm ? 0.0 : options_.epsilon);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    m[i] += fresh * (g - m[i]);
    norm[i] = std::max(beta_2 * norm[i], std::abs(g) + inside);
    w[i] -= alpha * m[i] / (norm[i] + beside);
  }
}

template class Adamax<float>;
template class Adamax<double>;

}  // namespace rondo
