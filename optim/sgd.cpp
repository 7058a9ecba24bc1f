#include "rondo/optim/sgd.hpp"

#include "rondo/optim/check_options.hpp"

namespace rondo {

template <Real T>
SGD<T>::SGD(SGDOptions options)
    : Optimizer<T>("SGD", common_options(options)),
      momentum_(options.momentum),
      nesterov_(options.nesterov) {
  detail::check_share("SGD", "momentum", momentum_);
}

template <Real T>
void SGD<T>::create_state(const Parameter<T>& parameter) {
  if (momentum_ != 0.0) {
    this->add_state("momentum", parameter.shape());
  }
}

template <Real T>
void SGD<T>::update(const ParameterUpdate<T>& u) {
  const ClippedGradient<T> gradient = u.gradient;  // a copy: the arrays cannot alias it
  T* const w = u.weights.data();
  const std::size_t n = u.weights.size();
  const auto rate = static_cast<T>(u.rate);
  if (momentum_ == 0.0) {
    for (std::size_t i = 0; i < n; ++i) {
      w[i] -= rate * gradient[i];
    }
    return;
  }
  T* const m = u.state[0].data();
  const auto mu = static_cast<T>(momentum_);
  for (std::size_t i = 0; i < n; ++i) {
    const T change = rate * gradient[i];
    m[i] = mu * m[i] - change;
    w[i] += nesterov_ ? mu * m[i] - change : m[i];
  }
}

template class SGD<float>;
template class SGD<double>;

}  // namespace rondo
