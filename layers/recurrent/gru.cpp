#include "rondo/layers/recurrent/gru.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"
#include "rondo/layers/recurrent/detail/shared_options.hpp"

namespace rondo {

namespace {

GRUCellOptions cell_options(const GRUOptions& o) {
  auto cell = cell_options_of<GRUCellOptions>(o);
  cell.recurrent_activation = o.recurrent_activation;
  cell.reset_after = o.reset_after;
  cell.implementation = o.implementation;
  cell.legacy_masked_carry = o.legacy_masked_carry;
  cell.dropout_mask_count = o.dropout_mask_count;
  cell.per_step_input_dropout = o.per_step_input_dropout.value_or(false);
  return cell;
}

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
  const RNNOptions loop = resolve(loop_options_of(o), "GRU");
  const GRUCellOptions cell = resolve(cell_options(o), "GRU");
  o.masked_output = loop.masked_output;
  o.prefer_stored_state = loop.prefer_stored_state;
  o.activation = cell.activation;
  o.recurrent_activation = cell.recurrent_activation;
  o.kernel_initializer = cell.kernel_initializer;
  o.recurrent_initializer = cell.recurrent_initializer;
  o.bias_initializer = cell.bias_initializer;
  o.reset_after = cell.reset_after;
  o.implementation = cell.implementation;
  o.legacy_masked_carry = cell.legacy_masked_carry;
  o.dropout_mask_count = cell.dropout_mask_count;
  o.per_step_input_dropout = o.per_step_input_dropout.value_or(
      profile_of(o.compat).per_step_input_dropout && cudnn_options(o));
  return o;
}

std::optional<std::string_view> fused_unsupported_reason(const GRUOptions& o) {
  if (!gate_function(o.activation)) {
    return "activation is not one of tanh, sigmoid, linear, hard_sigmoid, relu, relu6, elu, selu, "
           "softsign";
  }
  if (o.recurrent_activation && !gate_function(*o.recurrent_activation)) {
    return "recurrent_activation is not one of tanh, sigmoid, linear, hard_sigmoid, relu, relu6, "
           "elu, selu, softsign";
  }
  if (o.unroll) {
    return "unroll = true asks for the steps one by one";
  }
  return std::nullopt;
}

template <Real T>
GRU<T>::GRU(GRUOptions options)
    : RNN<T>(std::make_unique<GRUCell<T>>(cell_options(resolve(options)), "GRU"),
             loop_options_of(options)),
      options_(check_fused(resolve(std::move(options)))) {
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
  return cell().run_sequence(inputs,
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

template <Real T>
std::unique_ptr<RNN<T>> GRU<T>::clone_with(RNNOptions loop) const {
  return std::make_unique<GRU>(with_loop(options_, loop));
}

template <Real T>
Config GRU<T>::config() const {
  Config result = Layer<T>::config();
  merge_cell_config(result, cell().config());
  this->write_options(result["config"]);
  return result;
}

template class GRU<float>;
template class GRU<double>;

}  // namespace rondo
