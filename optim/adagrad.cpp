#include "rondo/optim/adagrad.hpp"

#include <cmath>

#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

AdagradOptions AdagradOptions::torch() {
  return {.learning_rate = 0.01,
          .initial_accumulator_value = 0.0,
          .epsilon = 1e-10,
          .decoupled_weight_decay = false,
          .epsilon_in_root = false};
}

AdagradOptions AdagradOptions::tfjs() {
  return {.learning_rate = 0.01};
}

template <Real T>
Adagrad<T>::Adagrad(AdagradOptions options)
    : Adagrad<T>::OptimizerWith("Adagrad", std::move(options)) {
  detail::check_not_negative(
      "Adagrad", "initial_accumulator_value", options_.initial_accumulator_value);
  detail::check_not_negative("Adagrad", "epsilon", options_.epsilon);
}

template <Real T>
void Adagrad<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("accumulator", parameter.shape(), options_.initial_accumulator_value);
}

template <Real T>
void Adagrad<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const a = u.state[0].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto rate = static_cast<T>(u.rate);
  const auto inside = static_cast<T>(options_.epsilon_in_root ? options_.epsilon : 0.0);
  const auto beside = static_cast<T>(options_.epsilon_in_root ? 0.0 : options_.epsilon);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    a[i] += g * g;
    w[i] -= rate * g / (std::sqrt(a[i] + inside) + beside);
  }
}

template class Adagrad<float>;
template class Adagrad<double>;

}  // namespace rondo
