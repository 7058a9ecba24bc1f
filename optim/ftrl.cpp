#include "rondo/optim/ftrl.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

namespace {

/// The formula with a function for a^(−learning_rate_power).
template <Real T, class Power>
void follow(const ParameterUpdate<T>& u, const FtrlOptions& o, Power power) {
  T* const w = u.weights.data();
  T* const a = u.state[0].data();
  T* const z = u.state[1].data();
  const std::size_t n = u.weights.size();
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  const auto inverse_rate = static_cast<T>(1.0 / u.rate);
  const auto l1 = static_cast<T>(o.l1_regularization_strength);
  const auto twice_l2 = static_cast<T>(2.0 * o.l2_regularization_strength + o.beta / u.rate);
  const auto shrinkage = static_cast<T>(2.0 * o.l2_shrinkage_regularization_strength);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    const T before = power(a[i]);
    a[i] += g * g;
    const T after = power(a[i]);
    z[i] += g + shrinkage * w[i] - (after - before) * inverse_rate * w[i];
    w[i] = (std::clamp(z[i], -l1, l1) - z[i]) / (after * inverse_rate + twice_l2);
  }
}

}  // namespace

template <Real T>
Ftrl<T>::Ftrl(FtrlOptions options) : Ftrl<T>::OptimizerWith("Ftrl", std::move(options)) {
  const FtrlOptions& o = options_;
  using detail::check_not_negative;
  if (!o.learning_rate.is_schedule()) {
    detail::check_positive("Ftrl", "learning_rate", o.learning_rate.at(0));
  }
  detail::check_not_positive("Ftrl", "learning_rate_power", o.learning_rate_power);
  check_not_negative("Ftrl", "initial_accumulator_value", o.initial_accumulator_value);
  check_not_negative("Ftrl", "l1_regularization_strength", o.l1_regularization_strength);
  check_not_negative("Ftrl", "l2_regularization_strength", o.l2_regularization_strength);
  check_not_negative(
      "Ftrl", "l2_shrinkage_regularization_strength", o.l2_shrinkage_regularization_strength);
  check_not_negative("Ftrl", "beta", o.beta);
}

template <Real T>
void Ftrl<T>::create_state(const Parameter<T>& parameter) {
  this->add_state("accumulator", parameter.shape(), options_.initial_accumulator_value);
  this->add_state("linear", parameter.shape());
}

template <Real T>
void Ftrl<T>::begin_update(double rate, std::uint64_t /*step*/) {
  if (rate == 0.0) {
    throw_argument_error(
        "Ftrl",
        fmt::format("the learning rate, which divides, is 0 at step {}", this->iterations()));
  }
}

template <Real T>
void Ftrl<T>::update(const ParameterUpdate<T>& u) {
  if (options_.learning_rate_power == -0.5) {  // vectorised
    follow(u, options_, [](T a) { return std::sqrt(a); });
  } else {
    const auto exponent = static_cast<T>(-options_.learning_rate_power);
    follow(u, options_, [=](T a) { return std::pow(a, exponent); });
  }
}

template class Ftrl<float>;
template class Ftrl<double>;

}  // namespace rondo
