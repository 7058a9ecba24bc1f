#include "rondo/layers/recurrent/bidirectional.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/choices.hpp"

namespace rondo {

namespace {

void check_pair(const RNNOptions& forward, const RNNOptions& backward) {
  const auto check = [](bool holds, const char* problem) {
    if (!holds) {
      throw_argument_error("Bidirectional", problem);
    }
  };
  check(forward.go_backwards != backward.go_backwards,
        "go_backwards must differ between the layers");
  check(forward.return_sequences == backward.return_sequences,
        "return_sequences must be the same in both layers");
  check(forward.return_state == backward.return_state,
        "return_state must be the same in both layers");
  check(forward.stateful == backward.stateful, "stateful must be the same in both layers");
  check(forward.time_major == backward.time_major, "time_major must be the same in both layers");
}

/// Keras overwrites zero_output_for_mask, so that both directions agree on masked steps.
template <Real T>
std::unique_ptr<RNN<T>> with_zeroed_masks(std::unique_ptr<RNN<T>> layer,
                                          std::optional<bool> zero_output_for_mask) {
  if (layer == nullptr) {
    throw_argument_error("Bidirectional", "a layer is missing");
  }
  RNNOptions options = layer->loop_options();
  const bool own = options.zero_output_for_mask;
  const bool automatic = options.compat == Compat::tfjs ? own : options.return_sequences;
  options.zero_output_for_mask = zero_output_for_mask.value_or(automatic);
  return options.zero_output_for_mask == own ? std::move(layer)
                                             : layer->clone_with(std::move(options));
}

/// The steps of [N, S, H], or of [S, N, H], in reverse.
template <Real T>
Variable<T> flip_time(const Variable<T>& x, int time_axis) {
  const std::size_t steps = x.shape()[static_cast<std::size_t>(time_axis)];
  const auto reversed = x.tape().template array<Variable<T>>(steps);
  for (std::size_t i = 0; i < steps; ++i) {
    reversed[i] = select(x, time_axis, steps - 1 - i);
  }
  return stack(std::span<const Variable<T>>(reversed), time_axis);
}

}  // namespace

template <Real T>
std::unique_ptr<RNN<T>> Bidirectional<T>::pattern(const RNN<T>& layer, bool backwards) {
  RNNOptions options = layer.loop_options();
  if (options.go_backwards) {
    throw_argument_error("Bidirectional", "the layer goes backwards already: give both layers");
  }
  const std::string name = options.name.empty() ? snake_case(layer.type_name()) : options.name;
  options.name = (backwards ? "backward_" : "forward_") + name;
  options.go_backwards = backwards;
  return layer.clone_with(std::move(options));
}

template <Real T>
Bidirectional<T>::Bidirectional(std::unique_ptr<RNN<T>> forward,
                                std::unique_ptr<RNN<T>> backward,
                                BidirectionalOptions options)
    : Layer<T>(options.name), options_(std::move(options)) {
  forward = with_zeroed_masks(std::move(forward), options_.zero_output_for_mask);
  backward = with_zeroed_masks(std::move(backward), options_.zero_output_for_mask);
  check_pair(forward->loop_options(), backward->loop_options());
  forward_ = forward.get();
  backward_ = backward.get();
  this->add_child(std::unique_ptr<Layer<T>>(std::move(forward)));
  this->add_child(std::unique_ptr<Layer<T>>(std::move(backward)));
  if (!options_.trainable) {
    this->set_trainable(false);
  }
}

template <Real T>
void Bidirectional<T>::create_weights(const Shape& sample_shape) {
  this->build_child(*forward_, sample_shape);
  this->build_child(*backward_, sample_shape);
}

template <Real T>
Shape Bidirectional<T>::output_shape(const Shape& sample_shape) const {
  const Shape shape = forward_->output_shape(sample_shape);
  if (options_.merge_mode != MergeMode::concat) {
    return shape;
  }
  return shape.with_dim(shape.rank() - 1,
                        shape.back() + backward_->output_shape(sample_shape).back());
}

template <Real T>
TensorView<const bool> Bidirectional<T>::compute_mask(const Variable<T>& inputs,
                                                      TensorView<const bool> mask) const {
  return forward_->compute_mask(inputs, mask);
}

template <Real T>
typename Bidirectional<T>::Outputs Bidirectional<T>::run_both(const Variable<T>& inputs,
                                                              const CallOptions<T>& options) {
  this->prepare(inputs);
  const auto part = this->scope_unless_called(inputs.tape());
  const std::size_t given = options.initial_state.size();
  if (given % 2 != 0) {
    throw_argument_error(
        this->path(), fmt::format("expected states for both directions, found {} in all", given));
  }
  CallOptions<T> ahead = options;
  CallOptions<T> back = options;
  ahead.initial_state = options.initial_state.first(given / 2);
  back.initial_state = options.initial_state.last(given / 2);
  Outputs outputs{forward_->run(inputs, ahead), backward_->run(inputs, back)};
  if (forward_->loop_options().return_sequences) {
    RecurrentOutput<T>& reversed =
        backward_->loop_options().go_backwards ? outputs.backward : outputs.forward;
    reversed.output = flip_time(reversed.output, forward_->loop_options().time_major ? 0 : 1);
  }
  return outputs;
}

template <Real T>
RecurrentOutput<T> Bidirectional<T>::run(const Variable<T>& inputs, const CallOptions<T>& options) {
  const Outputs outputs = run_both(inputs, options);
  const auto ahead = outputs.forward.states, back = outputs.backward.states;
  const auto states = inputs.tape().template array<Variable<T>>(ahead.size() + back.size());
  std::copy(back.begin(), back.end(), std::copy(ahead.begin(), ahead.end(), states.begin()));
  return {merge(outputs), states};
}

template <Real T>
void Bidirectional<T>::reset_states() {
  forward_->reset_states();
  backward_->reset_states();
}

template <Real T>
void Bidirectional<T>::reset_states(std::span<const Tensor<T>> values) {
  if (values.size() % 2 != 0) {
    throw_argument_error(
        this->op_name(),
        fmt::format("reset_states: expected states for both directions, found {} in all",
                    values.size()));
  }
  forward_->reset_states(values.first(values.size() / 2));
  backward_->reset_states(values.last(values.size() / 2));
}

template <Real T>
Shape Bidirectional<T>::sample_shape_of(const Shape& inputs) const {
  const std::size_t batch_axis = forward_->loop_options().time_major ? 1 : 0;
  return inputs.rank() > batch_axis ? inputs.erase(batch_axis) : Shape{};
}

template <Real T>
Variable<T> Bidirectional<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  return merge(run_both(inputs, options));
}

template <Real T>
Variable<T> Bidirectional<T>::merge(const Outputs& outputs) const {
  const Variable<T>& f = outputs.forward.output;
  const Variable<T>& b = outputs.backward.output;
  switch (options_.merge_mode) {
    case MergeMode::sum:
      return f + b;
    case MergeMode::mul:
      return f * b;
    case MergeMode::ave:
      return (f + b) * T{0.5};
    case MergeMode::concat:
      return concat({f, b});
    case MergeMode::none:
      break;
  }
  throw_state_error(this->path(), "merge_mode none has two outputs: call run_both");
}

template <Real T>
Config Bidirectional<T>::config() const {
  Config result = Layer<T>::config();
  result["config"]["merge_mode"] = to_config(options_.merge_mode);
  result["config"]["zero_output_for_mask"] = forward_->loop_options().zero_output_for_mask;
  result["config"]["layer"] = forward_->config();
  result["config"]["backward_layer"] = backward_->config();
  return result;
}

template <Real T>
std::unique_ptr<Layer<T>> Bidirectional<T>::clone() const {
  const auto copy_of = [](const RNN<T>& layer) {
    RNNOptions options = layer.loop_options();
    options.trainable = layer.trainable();
    return layer.clone_with(std::move(options));
  };
  BidirectionalOptions options = options_;
  options.trainable = this->trainable();
  return std::make_unique<Bidirectional>(
      copy_of(*forward_), copy_of(*backward_), std::move(options));
}

template class Bidirectional<float>;
template class Bidirectional<double>;

}  // namespace rondo
