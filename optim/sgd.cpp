#include "rondo/optim/sgd.hpp"

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/check_options.hpp"

namespace rondo {

SGDOptions SGDOptions::torch() {
  return {.learning_rate = 0.001, .decoupled_weight_decay = false, .rate_in_momentum = false};
}

SGDOptions SGDOptions::tfjs() {
  return {.rate_in_momentum = false};
}

template <Real T>
SGD<T>::SGD(SGDOptions options) : SGD<T>::OptimizerWith("SGD", std::move(options)) {
  detail::check_share("SGD", "momentum", options_.momentum);
  detail::check_share("SGD", "dampening", options_.dampening);
  if (options_.dampening != 0.0 && options_.nesterov) {
    throw_argument_error("SGD", "dampening and nesterov exclude one another");
  }
}

template <Real T>
void SGD<T>::create_state(const Parameter<T>& parameter) {
  if (options_.momentum != 0.0) {
    this->add_state("momentum", parameter.shape());
  }
}

template <Real T>
void SGD<T>::update(const ParameterUpdate<T>& u) {
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  T* const w = u.weights.data();
  const std::size_t n = u.weights.size();
  if (options_.momentum == 0.0) {
    const auto rate = static_cast<T>(u.rate);
    for (std::size_t i = 0; i < n; ++i) {
      w[i] -= rate * gradient[i];
    }
    return;
  }
  T* const m = u.state[0].data();
  const auto mu = static_cast<T>(options_.momentum);
  const auto inner = static_cast<T>(options_.rate_in_momentum ? u.rate : 1.0);
  const auto outer = static_cast<T>(options_.rate_in_momentum ? 1.0 : u.rate);
  const auto fresh = static_cast<T>(u.step == 1 ? 1.0 : 1.0 - options_.dampening);
  const bool nesterov = options_.nesterov;
  for (std::size_t i = 0; i < n; ++i) {
    const T change = inner * gradient[i];
    m[i] = mu * m[i] - fresh * change;
    w[i] += outer * (nesterov ? mu * m[i] - change : m[i]);
  }
}

template class SGD<float>;
template class SGD<double>;

}  // namespace rondo
