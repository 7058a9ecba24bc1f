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
    : SimpleRNNCell<T>::LayerWith(resolve(std::move(options), op), op) {}

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
  this->check_step(inputs, states, shapes);
  Tape<T>& tape = inputs.tape();
  const auto input_masks = this->input_masks(inputs.tape(), inputs.shape(), options.training, 1);
  const auto recurrent_masks =
      this->recurrent_masks(states[0].tape(), states[0].shape(), options.training, 1);
  const auto x = input_masks.empty() ? inputs : inputs * input_masks[0];
  const auto h = recurrent_masks.empty() ? states[0] : states[0] * recurrent_masks[0];
  const auto kernel = tape.parameter(this->kernel());
  const auto linear =
      options_.use_bias ? affine(x, kernel, tape.parameter(*this->bias())) : matmul(x, kernel);
  const auto next = tape.template array<Variable<T>>(1);
  next[0] = options_.activation(linear + matmul(h, tape.parameter(this->recurrent_kernel())));
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
