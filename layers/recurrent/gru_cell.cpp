#include "rondo/layers/recurrent/gru_cell.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/layer_config.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"

namespace rondo {

namespace {

/// @throws ArgumentError for what the profile does not have
void check_profile(const GRUCellOptions& options, const std::string& op) {
  if (options.compat == Compat::v1) {
    throw_argument_error(op, "compat = v1 has a cell of its own: V1GRUCell");
  }
  if (options.compat == Compat::tfjs && options.reset_after.value_or(false)) {
    throw_argument_error(op, "reset_after = true is not possible with compat = tfjs");
  }
}

/// Implementation, form of recurrent dropout and number of masks depend on one another.
void resolve_dropout(GRUCellOptions& o, const Profile& profile, const std::string& op) {
  const int given = check_implementation(o.implementation.value_or(2), op);
  const int implementation = profile.always_implementation_2 ? 2 : given;
  const bool masked_carry =
      o.legacy_masked_carry.value_or(profile.legacy_masked_carry && implementation == 2);
  if (masked_carry && implementation != 2) {
    throw_argument_error(op, "legacy_masked_carry = true needs implementation = 2, got 1");
  }
  o.legacy_masked_carry = masked_carry;
  o.implementation = o.recurrent_dropout != 0.0 && !masked_carry ? 1 : implementation;
  const int count =
      o.dropout_mask_count.value_or(*o.implementation == 1 ? 3 : profile.dropout_mask_count);
  if (count != 3 && (count != 1 || *o.implementation == 1)) {
    throw_argument_error(
        op,
        fmt::format("dropout_mask_count must be {} with implementation = {}, got {}",
                    *o.implementation == 1 ? "3" : "1 or 3",
                    *o.implementation,
                    count));
  }
  o.dropout_mask_count = count;
}

template <Real T>
Variable<T> product(const Variable<T>& x, const Variable<T>& kernel, const Variable<T>& bias) {
  return bias ? affine(x, kernel, bias) : matmul(x, kernel);
}

template <Real T>
std::array<Variable<T>, 3> cut(const Variable<T>& x) {
  const auto parts = split(x, 3);
  return {parts[0], parts[1], parts[2]};
}

}  // namespace

GRUCellOptions resolve(GRUCellOptions options, const std::string& op) {
  check_profile(options, op);
  const Profile& profile = profile_of(options.compat);
  resolve_dropout(options, profile, op);
  options.activation = resolve(options.activation, profile);
  options.recurrent_activation =
      resolve(options.recurrent_activation.value_or(profile.recurrent_activation), profile);
  options.kernel_initializer =
      resolve(options.kernel_initializer.value_or(profile.kernel_initializer), profile);
  options.recurrent_initializer = resolve(options.recurrent_initializer, profile);
  options.bias_initializer = resolve(options.bias_initializer, profile);
  options.reset_after = options.reset_after.value_or(profile.reset_after);
  return options;
}

template <Real T>
GRUCell<T>::GRUCell(GRUCellOptions options, const std::string& op)
    : GRUCell<T>::LayerWith(resolve(std::move(options), op), op),
      implementation_(*options_.implementation) {
  this->set_mask_drawing(static_cast<std::size_t>(*options_.dropout_mask_count),
                         options_.per_step_input_dropout);
  this->declare_inputs(
      declared_inputs(op, options_.input_shape, options_.batch_input_shape, options_.batch_size));
  this->set_initial_weights(options_.weights);
}

template <Real T>
void GRUCell<T>::create_weights(const Shape& sample_shape) {
  const std::size_t columns = 3 * options_.units;
  this->make_weights(options_,
                     sample_shape,
                     columns,
                     *options_.reset_after ? Shape{2, columns} : Shape{columns},
                     options_.bias_initializer);
}

template <Real T>
const typename GRUCell<T>::PassWeights& GRUCell<T>::pass_weights(Tape<T>& tape) {
  const std::array trainable{this->kernel().trainable,
                             this->recurrent_kernel().trainable,
                             this->bias() != nullptr && this->bias()->trainable};
  const std::uint64_t version = this->kernel().version() + this->recurrent_kernel().version() +
                                (this->bias() != nullptr ? this->bias()->version() : 0);
  if (pass_.number != tape.pass() || pass_.version != version ||
      pass_.recording != tape.recording() || pass_.trainable != trainable) {
    cut_weights(tape);
    pass_.number = tape.pass();
    pass_.version = version;
    pass_.recording = tape.recording();
    pass_.trainable = trainable;
  }
  return pass_;
}

template <Real T>
void GRUCell<T>::cut_weights(Tape<T>& tape) {
  pass_ = {};
  pass_.kernel = tape.parameter(this->kernel());
  pass_.recurrent_kernel = tape.parameter(this->recurrent_kernel());
  if (options_.use_bias) {
    const auto bias = tape.parameter(*this->bias());
    pass_.bias = *options_.reset_after ? select(bias, 0, 0) : bias;
    pass_.recurrent_bias = *options_.reset_after ? select(bias, 0, 1) : Variable<T>{};
  }
  if (implementation_ == 1) {
    pass_.kernel_gates = cut(pass_.kernel);
    pass_.recurrent_gates = cut(pass_.recurrent_kernel);
    pass_.bias_gates = pass_.bias ? cut(pass_.bias) : Gates{};
    pass_.recurrent_bias_gates = pass_.recurrent_bias ? cut(pass_.recurrent_bias) : Gates{};
  } else if (!*options_.reset_after) {
    const std::size_t u = options_.units;
    pass_.recurrent_zr = slice(pass_.recurrent_kernel, 1, 0, 2 * u);
    pass_.recurrent_gates[candidate] = slice(pass_.recurrent_kernel, 1, 2 * u, 3 * u);
  }
}

template <Real T>
RecurrentOutput<T> GRUCell<T>::step(const Variable<T>& inputs,
                                    std::span<const Variable<T>> states,
                                    const CallOptions<T>& options) {
  const std::array shapes{Shape{options_.units}};
  this->check_step(inputs, states, shapes);
  const Gates p = project_inputs(inputs, options.training);
  const auto next = inputs.tape().template array<Variable<T>>(1);
  next[0] = implementation_ == 1 ? separate_step(p, states[0], options.training)
                                 : merged_step(p, states[0], options.training);
  return {next[0], next};
}

/// x K + b for each gate, with the input masks in front.
template <Real T>
typename GRUCell<T>::Gates GRUCell<T>::project_inputs(const Variable<T>& x, bool training) {
  const PassWeights& w = pass_weights(x.tape());
  const std::size_t count = implementation_ == 1 ? 3 : 1;
  const auto masks = this->input_masks(x.tape(), x.shape(), training, count);
  if (implementation_ == 2) {
    return cut(product(masks.empty() ? x : x * masks[0], w.kernel, w.bias));
  }
  Gates p;
  for (std::size_t g = 0; g < p.size(); ++g) {
    const std::size_t m =
        this->per_step_input_dropout() ? 0 : g;  // as tf-keras, which has one then
    const auto part = x.tape().scope(gate_names[g]);
    p[g] = product(masks.empty() ? x : x * masks[m], w.kernel_gates[g], w.bias_gates[g]);
  }
  return p;
}

/// Implementation 2: one recurrent product for all gates. A mask is there only with
/// legacy_masked_carry, and then the masked state takes the place of the state everywhere.
template <Real T>
Variable<T> GRUCell<T>::merged_step(const Gates& p, const Variable<T>& state, bool training) {
  const PassWeights& w = pass_weights(state.tape());
  const auto masks = this->recurrent_masks(
      state.tape(), state.shape(), training && *options_.legacy_masked_carry, 1);
  const Variable<T> h = masks.empty() ? state : state * masks[0];
  const bool after = *options_.reset_after;
  const auto q = after ? split(product(h, w.recurrent_kernel, w.recurrent_bias), 3)
                       : split(matmul(h, w.recurrent_zr), 2);
  return blend(
      h,
      [&] { return p[z] + q[z]; },
      [&] { return p[r] + q[r]; },
      [&](const Variable<T>& reset) {
        return p[candidate] +
               (after ? reset * q[candidate] : matmul(reset * h, w.recurrent_gates[candidate]));
      });
}

/// Implementation 1: a recurrent product and a mask for each gate; the blend takes the unmasked
/// state.
template <Real T>
Variable<T> GRUCell<T>::separate_step(const Gates& p, const Variable<T>& h, bool training) {
  const PassWeights& w = pass_weights(h.tape());
  const auto masks = this->recurrent_masks(h.tape(), h.shape(), training, 3);
  const auto masked = [&](std::size_t g) { return masks.empty() ? h : h * masks[g]; };
  const auto recurrent = [&](const Variable<T>& state, std::size_t g) {
    return product(state, w.recurrent_gates[g], w.recurrent_bias_gates[g]);
  };
  return blend(
      h,
      [&] { return p[z] + recurrent(masked(z), z); },
      [&] { return p[r] + recurrent(masked(r), r); },
      [&](const Variable<T>& reset) {
        return p[candidate] + (*options_.reset_after
                                   ? reset * recurrent(masked(candidate), candidate)
                                   : recurrent(reset * masked(candidate), candidate));
      });
}

/// z h + (1 − z) ĥ, each gate a part of the tape with its name.
template <Real T>
template <class Update, class Reset, class Proposal>
Variable<T> GRUCell<T>::blend(const Variable<T>& h,
                              const Update& update_sum,
                              const Reset& reset_sum,
                              const Proposal& proposal_sum) const {
  Tape<T>& tape = h.tape();
  const auto gate = [&](std::size_t g, const auto& sum) {
    return named(tape, gate_names[g], [&] { return (*options_.recurrent_activation)(sum()); });
  };
  const auto update = gate(z, update_sum);
  const auto reset = gate(r, reset_sum);
  const auto proposal =
      named(tape, gate_names[candidate], [&] { return options_.activation(proposal_sum(reset)); });
  return update * h + (T{1} - update) * proposal;
}

template <Real T>
RecurrentOutput<T> GRUCell<T>::run_sequence(const Variable<T>& inputs,
                                            const Variable<T>& state,
                                            TensorView<const bool> mask,
                                            bool training,
                                            GruSequenceOptions sequence) {
  const auto activation = gate_function(options_.activation);
  const auto recurrent_activation = gate_function(*options_.recurrent_activation);
  if (!activation || !recurrent_activation) {
    throw_argument_error(this->path(), "run_sequence: no kernel has this activation");
  }
  sequence.activation = *activation;
  sequence.recurrent_activation = *recurrent_activation;
  sequence.reset_after = *options_.reset_after;
  sequence.legacy_masked_carry = *options_.legacy_masked_carry;
  Tape<T>& tape = inputs.tape();
  const std::size_t count = implementation_ == 1 ? 3 : 1;
  const Shape x{state.shape()[0], inputs.shape().back()};
  const bool drops_state = training && (implementation_ == 1 || sequence.legacy_masked_carry);
  const auto state_masks = [&] {
    return this->recurrent_masks(tape, state.shape(), drops_state, count);
  };
  const bool each_step = training && this->per_step_input_dropout();
  GruSequenceInputs<T> in{.inputs = inputs,
                          .kernel = tape.parameter(this->kernel()),
                          .recurrent_kernel = tape.parameter(this->recurrent_kernel()),
                          .initial_state = state,
                          .mask = mask};
  if (this->bias() != nullptr) {
    in.bias = tape.parameter(*this->bias());
  }
  if (each_step) {
    in.inputs = drop_each_step(inputs, sequence, state_masks);
  } else {
    in.input_masks = this->input_masks(tape, x, training, count);
  }
  in.state_masks = state_masks();
  return gru_sequence(in, sequence);
}

/// The inputs times a mask of its own for each step, drawn in the order of processing; those of the
/// state are drawn after the first, as step by step.
template <Real T>
template <class DrawStateMasks>
Variable<T> GRUCell<T>::drop_each_step(const Variable<T>& inputs,
                                       const GruSequenceOptions& sequence,
                                       const DrawStateMasks& draw_state_masks) {
  Tape<T>& tape = inputs.tape();
  const Shape shape = inputs.shape();
  const std::size_t steps = shape[sequence.time_major ? 0 : 1];
  const std::size_t batch = shape[sequence.time_major ? 1 : 0];
  const std::size_t features = shape.back();
  const auto factors = tape.template array<T>(shape.size());
  for (std::size_t i = 0; i < steps; ++i) {
    const std::size_t t = sequence.go_backwards ? steps - 1 - i : i;
    const auto masks = this->input_masks(tape, {batch, features}, true, 1);
    draw_state_masks();
    if (masks.empty()) {
      return inputs;
    }
    for (std::size_t n = 0; n < batch; ++n) {
      const std::size_t row = sequence.time_major ? t * batch + n : n * steps + t;
      std::copy_n(masks[0].value().data() + n * features, features, &factors[row * features]);
    }
  }
  return inputs * tape.borrow(TensorView<const T>(factors.data(), shape));
}

template class GRUCell<float>;
template class GRUCell<double>;

}  // namespace rondo
