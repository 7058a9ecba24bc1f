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
  this->cut_into(3, implementation_ == 1, !*options_.reset_after);
  trace_formulas();
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
void GRUCell<T>::trace_formulas() {
  if (!options_.activation.can_be_fused() || !options_.recurrent_activation->can_be_fused()) {
    return;
  }
  const auto next = [this](auto... x) { return next_state(x...); };
  if (*options_.reset_after) {
    next_state_ = Formula::of<7>(next);
  } else {
    next_state_ = Formula::of<5>(next);
    gated_state_ = Formula::of<3>([this](auto... x) { return gated_state(x...); });
  }
}

template <Real T>
template <class X>
X GRUCell<T>::next_state(X pz, X pr, X pc, X qz, X qr, X qc, X h) const {
  const Activation& gate = *options_.recurrent_activation;
  const X update = gate(pz + qz);
  const X candidate = options_.activation(pc + gate(pr + qr) * qc);
  return update * h + (1 - update) * candidate;
}

template <Real T>
template <class X>
X GRUCell<T>::gated_state(X pr, X qr, X h) const {
  return (*options_.recurrent_activation)(pr + qr) * h;
}

template <Real T>
template <class X>
X GRUCell<T>::next_state(X pz, X pc, X qz, X qc, X h) const {
  const X update = (*options_.recurrent_activation)(pz + qz);
  return update * h + (1 - update) * options_.activation(pc + qc);
}

template <Real T>
RecurrentOutput<T> GRUCell<T>::step(const Variable<T>& inputs,
                                    std::span<const Variable<T>> states,
                                    const CallOptions<T>& options) {
  const std::array shapes{Shape{options_.units}};
  const auto p = this->projected_step(inputs, states, shapes, options.training);
  const auto next = inputs.tape().template array<Variable<T>>(1);
  next[0] = *options_.reset_after ? step_after(p, states[0], options.training)
                                  : step_before(p, states[0], options.training);
  return {next[0], next};
}

/// Implementation 1 has a recurrent mask for each gate, and the blend takes the unmasked state. With
/// implementation 2 there is one only with legacy_masked_carry, and then the masked state takes the
/// place of the state everywhere.
template <Real T>
Variable<T> GRUCell<T>::carried_state(const Variable<T>& h, bool training) {
  if (!*options_.legacy_masked_carry) {
    return h;
  }
  const auto masks = this->recurrent_masks(h.tape(), h.shape(), training, 1);
  return masks.empty() ? h : h * masks[0];
}

template <Real T>
Variable<T> GRUCell<T>::step_after(const Variable<T>& inputs,
                                   const Variable<T>& state,
                                   bool training) {
  const Variable<T> h = carried_state(state, training);
  const auto p = parts<3>(inputs);
  const auto q = parts<3>(this->project_state(h, training && implementation_ == 1));
  return next_state_.template run<T>([this](auto... x) { return next_state(x...); },
                                     {p[0], p[1], p[2], q[0], q[1], q[2], h});
}

template <Real T>
Variable<T> GRUCell<T>::step_before(const Variable<T>& inputs,
                                    const Variable<T>& state,
                                    bool training) {
  const auto& w = this->pass_weights(state.tape());
  const Variable<T> h = carried_state(state, training);
  const auto masks = this->recurrent_masks(
      h.tape(), h.shape(), training && implementation_ == 1, this->mask_count());
  const auto masked = [&](const Variable<T>& x, std::size_t g) {
    return masks.empty() ? x : x * masks[g];
  };
  const auto p = parts<3>(inputs);
  const auto qz = matmul(masked(h, 0), w.recurrent_gates[0]);
  const auto qr = matmul(masked(h, 1), w.recurrent_gates[1]);
  const auto reset = gated_state_.template run<T>([this](auto... x) { return gated_state(x...); },
                                                  {p[1], qr, masked(h, 2)});
  const auto qc = matmul(reset, w.recurrent_gates[2]);
  return next_state_.template run<T>([this](auto... x) { return next_state(x...); },
                                     {p[0], p[2], qz, qc, h});
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
