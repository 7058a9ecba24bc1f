#include "rondo/optim/lion.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

template <Real T>
Lion<T>::Lion(LionOptions options) : Lion<T>::OptimizerWith("Lion", std::move(options)) {
  if (!(options_.beta_1 > 0.0 && options_.beta_1 <= 1.0)) {
    throw_argument_error("Lion", fmt::format("beta_1 must lie in (0, 1], got {}", options_.beta_1));
  }
  detail::check_decay("Lion", "beta_2", options_.beta_2);
}

template <Real T>
void Lion<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("m", parameter.shape());
}

template <Real T>
void Lion<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const m = u.state[0].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto rate = static_cast<T>(u.rate);
  const auto past_1 = static_cast<T>(options_.beta_1);
  const auto fresh_1 = static_cast<T>(1.0 - options_.beta_1);
  const auto past_2 = static_cast<T>(options_.beta_2);
  const auto fresh_2 = static_cast<T>(1.0 - options_.beta_2);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    const T direction = past_1 * m[i] + fresh_1 * g;
    const T above = direction > T{0} ? T{1} : direction;  // 0 and NaN stay
    const T sign = direction < T{0} ? T{-1} : above;      // one after the other: GCC vectorises
    w[i] -= rate * sign;
    m[i] = past_2 * m[i] + fresh_2 * g;
  }
}

template class Lion<float>;
template class Lion<double>;

}  // namespace rondo
