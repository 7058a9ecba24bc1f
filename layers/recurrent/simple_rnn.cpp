#include "rondo/layers/recurrent/simple_rnn.hpp"

#include "rondo/core/ops.hpp"
#include "rondo/layers/recurrent/detail/part_of.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"

namespace rondo {

namespace {

SimpleRNNCellOptions resolve(SimpleRNNCellOptions options, const std::string& op) {
  check_only_keras(options.compat, op);
  options.activation = resolve(options.activation, profile_of(options.compat));
  return options;
}

}  // namespace

template <Real T>
SimpleRNNCell<T>::SimpleRNNCell(SimpleRNNCellOptions options, const std::string& op)
    : SimpleRNNCell<T>::LayerWith(resolve(std::move(options), op), op) {
  if (options_.activation.can_be_fused()) {
    state_ = Formula::of<2>([this](auto p, auto q) { return options_.activation(p + q); });
  }
}

template <Real T>
void SimpleRNNCell<T>::create_weights(const Shape& sample_shape) {
  this->make_weights(
      options_, sample_shape, options_.units, {options_.units}, options_.bias_initializer);
}

template <Real T>
RecurrentOutput<T> SimpleRNNCell<T>::step(const Variable<T>& inputs,
                                          std::span<const Variable<T>> states,
                                          const CallOptions<T>& options) {
  const std::array shapes{Shape{options_.units}};
  const auto p = this->projected_step(inputs, states, shapes, options.training);
  const auto next = inputs.tape().template array<Variable<T>>(1);
  next[0] = state_.template run<T>([this](auto x, auto h) { return options_.activation(x + h); },
                                   {p, this->project_state(states[0], options.training)});
  return {next[0], next};
}

template <Real T>
SimpleRNN<T>::SimpleRNN(SimpleRNNOptions options)
    : SimpleRNN<T>::RNNWith(std::move(options), "SimpleRNN") {}

template class SimpleRNNCell<float>;
template class SimpleRNNCell<double>;
template class SimpleRNN<float>;
template class SimpleRNN<double>;

}  // namespace rondo
