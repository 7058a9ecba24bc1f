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
  this->cut_into(4, *options_.implementation == 1);
  if (options_.activation.can_be_fused() && options_.recurrent_activation.can_be_fused()) {
    memory_ = Formula::of<7>([this](auto... x) { return next_memory(x...); });
    state_ = Formula::of<3>([this](auto... x) { return next_state(x...); });
  }
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
template <class X>
X LSTMCell<T>::next_memory(X pi, X pf, X pc, X qi, X qf, X qc, X c) const {
  const Activation& gate = options_.recurrent_activation;
  return gate(pf + qf) * c + gate(pi + qi) * options_.activation(pc + qc);
}

template <Real T>
template <class X>
X LSTMCell<T>::next_state(X po, X qo, X c) const {
  return options_.recurrent_activation(po + qo) * options_.activation(c);
}

template <Real T>
RecurrentOutput<T> LSTMCell<T>::step(const Variable<T>& inputs,
                                     std::span<const Variable<T>> states,
                                     const CallOptions<T>& options) {
  const std::array shapes{Shape{options_.units}, Shape{options_.units}};
  const auto p = parts<4>(this->projected_step(inputs, states, shapes, options.training));
  const bool drops_state = options.training && *options_.implementation == 1;
  const auto q = parts<4>(this->project_state(states[0], drops_state));
  const auto next = inputs.tape().template array<Variable<T>>(2);
  next[1] = memory_.template run<T>([this](auto... x) { return next_memory(x...); },
                                    {p[0], p[1], p[2], q[0], q[1], q[2], states[1]});
  next[0] =
      state_.template run<T>([this](auto... x) { return next_state(x...); }, {p[3], q[3], next[1]});
  return {next[0], next};
}

template <Real T>
LSTM<T>::LSTM(LSTMOptions options) : LSTM<T>::RNNWith(resolve(std::move(options)), "LSTM") {}

template class LSTMCell<float>;
template class LSTMCell<double>;
template class LSTM<float>;
template class LSTM<double>;

}  // namespace rondo
