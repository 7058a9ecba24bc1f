#include "rondo/optim/schedule_free_adamw.hpp"

#include <algorithm>
#include <cmath>

#include "rondo/optim/detail/adam_moments.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

template <Real T>
ScheduleFreeAdamW<T>::ScheduleFreeAdamW(ScheduleFreeAdamWOptions options)
    : ScheduleFreeAdamW<T>::OptimizerWith("ScheduleFreeAdamW", std::move(options)) {
  detail::check_share("ScheduleFreeAdamW", "beta_1", options_.beta_1);
  detail::check_decay("ScheduleFreeAdamW", "beta_2", options_.beta_2);
  detail::check_not_negative("ScheduleFreeAdamW", "epsilon", options_.epsilon);
}

template <Real T>
void ScheduleFreeAdamW<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("z", parameter.value());
  this->add_state("v", parameter.shape());
}

template <Real T>
double ScheduleFreeAdamW<T>::warmup(std::uint64_t step) const {
  return step < options_.warmup_steps
             ? static_cast<double>(step) / static_cast<double>(options_.warmup_steps)
             : 1.0;
}

/// With x = (w − (1 − β₁) z) / β₁ put into the formula, nothing is divided by β₁:
/// w ← (1 − 1/t)(w − (1 − β₁) z) + (1 − β₁ + β₁/t) z', z' being the new z.
template <Real T>
void ScheduleFreeAdamW<T>::update(const ParameterUpdate<T>& u) {
  T* const w = u.weights.data();
  T* const z = u.state[0].data();
  T* const v = u.state[1].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const double share = 1.0 / static_cast<double>(u.step);
  const double distance = 1.0 - options_.beta_1;
  const auto fresh_v = static_cast<T>(1.0 - options_.beta_2);
  const auto correction =
      static_cast<T>(1.0 / std::sqrt(detail::correction(options_.beta_2, u.step)));
  const auto epsilon = static_cast<T>(options_.epsilon);
  const auto rate = static_cast<T>(u.rate * warmup(u.step));
  const auto of_old_w = static_cast<T>(1.0 - share);
  const auto of_old_z = static_cast<T>((1.0 - share) * distance);
  const auto of_new_z = static_cast<T>(distance + options_.beta_1 * share);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    v[i] += fresh_v * (g * g - v[i]);
    const T rest = of_old_w * w[i] - of_old_z * z[i];
    z[i] -= rate * g / (correction * std::sqrt(v[i]) + epsilon);
    w[i] = rest + of_new_z * z[i];
  }
}

template class ScheduleFreeAdamW<float>;
template class ScheduleFreeAdamW<double>;

}  // namespace rondo
