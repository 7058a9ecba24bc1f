#include "rondo/layers/recurrent/lstm.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/recurrent/detail/part_of.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"

namespace rondo {

namespace {

LSTMCellOptions resolve(LSTMCellOptions options, const std::string& op) {
  check_only_keras(options.compat, op);
  const Profile& profile = profile_of(options.compat);
  const int given = check_implementation(options.implementation.value_or(2), op);
  options.implementation = options.recurrent_dropout != 0.0 ? 1 : given;
  options.activation = resolve(options.activation, profile);
  options.recurrent_activation = resolve(options.recurrent_activation, profile);
  return options;
}

/// The conditions of cuDNN's LSTM, under which tf-keras drops inputs step by step.
bool cudnn_options(const LSTMOptions& o) {
  return o.activation.name() == "tanh" && o.recurrent_activation.name() == "sigmoid" &&
         o.recurrent_dropout == 0.0 && !o.unroll && o.use_bias;
}

LSTMOptions resolve(LSTMOptions o) {
  o.per_step_input_dropout = o.per_step_input_dropout.value_or(
      profile_of(o.compat).per_step_input_dropout && cudnn_options(o));
  return o;
}

/// The initializer for all gates, then 1 for the forget gate.
Initializer with_forget_bias(const Initializer& initializer) {
  return [initializer](auto bias, Rng& rng) {
    initializer(bias, rng);
    const std::size_t units = bias.size() / 4;
    std::fill_n(bias.data() + units, units, 1);
  };
}

}  // namespace

template <Real T>
LSTMCell<T>::LSTMCell(LSTMCellOptions options, const std::string& op)
    : LSTMCell<T>::LayerWith(resolve(std::move(options), op), op) {
  this->set_mask_drawing(1, options_.per_step_input_dropout);
}

template <Real T>
void LSTMCell<T>::create_weights(const Shape& sample_shape) {
  this->make_weights(options_,
                     sample_shape,
                     4 * options_.units,
                     {4 * options_.units},
                     options_.unit_forget_bias ? with_forget_bias(options_.bias_initializer)
                                               : options_.bias_initializer);
}

template <Real T>
RecurrentOutput<T> LSTMCell<T>::step(const Variable<T>& inputs,
                                     std::span<const Variable<T>> states,
                                     const CallOptions<T>& options) {
  const std::array shapes{Shape{options_.units}, Shape{options_.units}};
  this->check_step(inputs, states, shapes);
  const Gates a = *options_.implementation == 1
                      ? separate_products(inputs, states[0], options.training)
                      : merged_products(inputs, states[0], options.training);
  const Activation& gate = options_.recurrent_activation;
  const Activation& activation = options_.activation;
  Tape<T>& tape = inputs.tape();
  const auto forget = named(tape, gate_names[f], [&] { return gate(a[f]); });
  const auto input = named(tape, gate_names[i], [&] { return gate(a[i]); });
  const auto candidate = named(tape, gate_names[c], [&] { return activation(a[c]); });
  const auto next = tape.template array<Variable<T>>(2);
  next[1] = forget * states[1] + input * candidate;
  const auto output = named(tape, gate_names[o], [&] { return gate(a[o]); });
  next[0] = output * activation(next[1]);
  return {next[0], next};
}

template <Real T>
typename LSTMCell<T>::Gates LSTMCell<T>::merged_products(const Variable<T>& x,
                                                         const Variable<T>& h,
                                                         bool training) {
  Tape<T>& tape = x.tape();
  const auto masks = this->input_masks(x.tape(), x.shape(), training, 1);
  const auto inputs = masks.empty() ? x : x * masks[0];
  const auto kernel = tape.parameter(this->kernel());
  const auto linear = options_.use_bias ? affine(inputs, kernel, tape.parameter(*this->bias()))
                                        : matmul(inputs, kernel);
  const auto parts = split(linear + matmul(h, tape.parameter(this->recurrent_kernel())), 4);
  return {parts[i], parts[f], parts[c], parts[o]};
}

template <Real T>
typename LSTMCell<T>::Gates LSTMCell<T>::separate_products(const Variable<T>& x,
                                                           const Variable<T>& h,
                                                           bool training) {
  Tape<T>& tape = x.tape();
  const auto x_masks = this->input_masks(x.tape(), x.shape(), training, 4);
  const auto h_masks = this->recurrent_masks(h.tape(), h.shape(), training, 4);
  const auto kernel = split(tape.parameter(this->kernel()), 4);
  const auto recurrent_kernel = split(tape.parameter(this->recurrent_kernel()), 4);
  const auto bias =
      options_.use_bias ? split(tape.parameter(*this->bias()), 4) : std::span<const Variable<T>>{};
  Gates a;
  for (std::size_t g = 0; g < a.size(); ++g) {
    const auto part = x.tape().scope(gate_names[g]);
    const auto inputs = x_masks.empty() ? x : x * x_masks[g];
    const auto state = h_masks.empty() ? h : h * h_masks[g];
    const auto linear =
        bias.empty() ? matmul(inputs, kernel[g]) : affine(inputs, kernel[g], bias[g]);
    a[g] = linear + matmul(state, recurrent_kernel[g]);
  }
  return a;
}

template <Real T>
LSTM<T>::LSTM(LSTMOptions options) : LSTM<T>::RNNWith(resolve(std::move(options)), "LSTM") {}

template class LSTMCell<float>;
template class LSTMCell<double>;
template class LSTM<float>;
template class LSTM<double>;

}  // namespace rondo
