#include "rondo/optim/adam.hpp"

#include <algorithm>
#include <utility>

#include "rondo/optim/detail/adam_moments.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

AdamOptions AdamOptions::torch() {
  return {.epsilon = 1e-8, .decoupled_weight_decay = false, .epsilon_hat = false};
}

AdamOptions AdamOptions::tfjs() {
  return {.epsilon_hat = false};
}

template <Real T>
Adam<T>::Adam(AdamOptions options) : Adam("Adam", std::move(options)) {}

template <Real T>
Adam<T>::Adam(std::string type_name, AdamOptions options)
    : Adam<T>::OptimizerWith(std::move(type_name), std::move(options)) {
  detail::check_decay(this->type_name(), "beta_1", options_.beta_1);
  detail::check_decay(this->type_name(), "beta_2", options_.beta_2);
  detail::check_not_negative(this->type_name(), "epsilon", options_.epsilon);
}

template <Real T>
void Adam<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
  this->add_state("v", parameter.shape());
  if (options_.amsgrad) {
    this->add_state("v_hat", parameter.shape());
  }
}

template <Real T>
void Adam<T>::update(const ParameterUpdate<T>& u) {
  T* const m = u.state[0].data();
  T* const v = u.state[1].data();
  const std::size_t n = u.weights.size();
  detail::update_moments(u.gradient, options_.beta_1, options_.beta_2, n, m, v);
  const T* square = v;
  if (options_.amsgrad) {
    T* const v_hat = u.state[2].data();
    std::transform(v, v + n, v_hat, v_hat, [](T a, T b) { return std::max(a, b); });
    square = v_hat;
  }
  const double correction_1 = detail::correction(options_.beta_1, u.step);
  const double correction_2 = detail::correction(options_.beta_2, u.step);
  const double epsilon = options_.epsilon * (options_.epsilon_hat ? 1.0 : std::sqrt(correction_2));
  detail::adam_step(u.weights, u.rate, correction_1, correction_2, epsilon, m, square);
}

template class Adam<float>;
template class Adam<double>;

}  // namespace rondo
