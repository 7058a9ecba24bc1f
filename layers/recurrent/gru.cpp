#include "rondo/layers/recurrent/gru.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/part_of.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"

namespace rondo {

namespace {

/// The conditions of cuDNN's GRU that do not concern the mask. @param o  resolved
bool cudnn_options(const GRUOptions& o) {
  return o.activation.name() == "tanh" && o.recurrent_activation->name() == "sigmoid" &&
         o.recurrent_dropout == 0.0 && !o.unroll && o.use_bias && *o.reset_after;
}

/// Whether all valid steps of a sample come first, at least one. `at(step)` reads its mask.
template <class At>
bool right_padded(std::size_t steps, At at) {
  std::size_t valid = 0;
  while (valid < steps && at(valid)) {
    ++valid;
  }
  for (std::size_t step = valid; step < steps; ++step) {
    if (at(step)) {
      return false;
    }
  }
  return valid > 0;
}

GRUOptions check_fused(GRUOptions options) {
  if (options.use_fused == UseFused::on) {
    if (const auto reason = fused_unsupported_reason(options)) {
      throw_state_error("GRU", fmt::format("use_fused = on is not possible: {}", *reason));
    }
  }
  return options;
}

}  // namespace

GRUOptions resolve(GRUOptions o) {
  const std::optional<bool> per_step = o.per_step_input_dropout;
  copy_part<RNNOptions>(resolve(loop_options_of(o), "GRU"), o);
  copy_part<GRUCellOptions>(resolve(part_of<GRUCellOptions>(o), "GRU"), o);
  o.per_step_input_dropout =
      per_step.value_or(profile_of(o.compat).per_step_input_dropout && cudnn_options(o));
  return o;
}

std::optional<std::string_view> fused_unsupported_reason(const GRUOptions& o) {
  static const std::string gate = "recurrent_activation is not one of " + gate_function_names();
  if (!gate_function(o.activation)) {
    return std::string_view(gate).substr(std::string_view("recurrent_").size());
  }
  if (o.recurrent_activation && !gate_function(*o.recurrent_activation)) {
    return gate;
  }
  if (o.unroll) {
    return "unroll = true asks for the steps one by one";
  }
  return std::nullopt;
}

template <Real T>
GRU<T>::GRU(GRUOptions options) : GRU<T>::RNNWith(check_fused(resolve(std::move(options))), "GRU") {
  this->declare_inputs(declared_inputs(
      "GRU", options_.input_shape, options_.batch_input_shape, options_.batch_size));
  this->set_initial_weights(options_.weights);
}

template <Real T>
std::string_view GRU<T>::fused_path() const {
  if (options_.use_fused == UseFused::off) {
    return "use_fused = off";
  }
  return fused_unsupported_reason(options_).value_or("fused");
}

template <Real T>
RecurrentOutput<T> GRU<T>::run_loop(const Variable<T>& inputs,
                                    std::span<const Variable<T>> states,
                                    TensorView<const bool> mask,
                                    const CallOptions<T>& options) {
  if (options_.use_fused == UseFused::off || fused_unsupported_reason(options_)) {
    return RNN<T>::run_loop(inputs, states, mask, options);
  }
  return this->cell().run_sequence(inputs,
                                   states[0],
                                   mask,
                                   options.training,
                                   {.return_sequences = options_.return_sequences,
                                    .go_backwards = options_.go_backwards,
                                    .zero_output_for_mask = options_.zero_output_for_mask,
                                    .time_major = options_.time_major,
                                    .masked_output = *options_.masked_output});
}

template <Real T>
bool GRU<T>::cudnn_eligible(TensorView<const bool> mask) const {
  if (!mask || !cudnn_options(options_)) {
    return cudnn_options(options_);
  }
  const std::size_t columns = mask.shape()[1];
  const std::size_t batch = options_.time_major ? columns : mask.shape()[0];
  const std::size_t steps = options_.time_major ? mask.shape()[0] : columns;
  bool padded = true;
  for (std::size_t n = 0; n < batch; ++n) {
    padded = padded && right_padded(steps, [&](std::size_t step) {
               return mask[options_.time_major ? step * columns + n : n * columns + step];
             });
  }
  return padded;
}

template class GRU<float>;
template class GRU<double>;

}  // namespace rondo
