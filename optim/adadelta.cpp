#include "rondo/optim/adadelta.hpp"

#include <cmath>

#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

AdadeltaOptions AdadeltaOptions::torch() {
  return {.learning_rate = 1.0, .rho = 0.9, .epsilon = 1e-6, .decoupled_weight_decay = false};
}

AdadeltaOptions AdadeltaOptions::tfjs() {
  return {.learning_rate = 1.0, .divide_by_previous = true};
}

template <Real T>
Adadelta<T>::Adadelta(AdadeltaOptions options)
    : Adadelta<T>::OptimizerWith("Adadelta", std::move(options)) {
  detail::check_decay("Adadelta", "rho", options_.rho);
  detail::check_positive("Adadelta", "epsilon", options_.epsilon);  // with 0 nothing would move
}

template <Real T>
void Adadelta<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("accumulated_grad", parameter.shape());
  this->add_state("accumulated_delta_var", parameter.shape());
}

template <Real T>
void Adadelta<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const a = u.state[0].data();
  T* const d = u.state[1].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto rate = static_cast<T>(u.rate);
  const auto rho = static_cast<T>(options_.rho);
  const auto fresh = static_cast<T>(1.0 - options_.rho);
  const auto epsilon = static_cast<T>(options_.epsilon);
  const bool previous = options_.divide_by_previous;
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    const T mean = rho * a[i] + fresh * g * g;
    const T divisor = previous ? a[i] : mean;
    const T change = g * std::sqrt(d[i] + epsilon) / std::sqrt(divisor + epsilon);
    a[i] = mean;
    d[i] = rho * d[i] + fresh * change * change;
    w[i] -= rate * change;
  }
}

template class Adadelta<float>;
template class Adadelta<double>;

}  // namespace rondo
