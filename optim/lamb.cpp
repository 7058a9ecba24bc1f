#include "rondo/optim/lamb.hpp"

#include <cmath>

#include "rondo/optim/detail/adam_moments.hpp"
#include "rondo/optim/detail/check_options.hpp"
#include "rondo/optim/detail/sum_of_squares.hpp"

namespace rondo {

template <Real T>
Lamb<T>::Lamb(LambOptions options) : Lamb<T>::OptimizerWith("Lamb", std::move(options)) {
  detail::check_decay("Lamb", "beta_1", options_.beta_1);
  detail::check_decay("Lamb", "beta_2", options_.beta_2);
  detail::check_not_negative("Lamb", "epsilon", options_.epsilon);
}

template <Real T>
void Lamb<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
  this->add_state("v", parameter.shape());
}

template <Real T>
void Lamb<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const m = u.state[0].data();
  T* const v = u.state[1].data();
  const std::size_t n = u.weights.size();
  detail::update_moments(u.gradient, options_.beta_1, options_.beta_2, n, m, v);
  const double correction_1 = detail::correction(options_.beta_1, u.step);
  const double correction_2 = std::sqrt(detail::correction(options_.beta_2, u.step));
  const auto alpha = static_cast<T>(correction_2 / correction_1);
  const auto epsilon = static_cast<T>(options_.epsilon * correction_2);
  const auto change = [=](std::size_t i) { return alpha * m[i] / (std::sqrt(v[i]) + epsilon); };
  const double w_norm = std::sqrt(detail::sum_of_squares(n, [=](std::size_t i) { return w[i]; }));
  const double u_norm = std::sqrt(detail::sum_of_squares(n, change));
  const double ratio = w_norm > 0.0 && u_norm > 0.0 ? w_norm / u_norm : 1.0;
  const auto rate = static_cast<T>(ratio * u.rate);
  for (std::size_t i = 0; i < n; ++i) {
    w[i] -= rate * change(i);
  }
}

template class Lamb<float>;
template class Lamb<double>;

}  // namespace rondo
