#include "rondo/layers/recurrent/rnn.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/to_config.hpp"

namespace rondo {

namespace {

/// Fresh dropout masks for a call, and none left behind when it ends, even by an exception.
template <Real T>
class MaskScope {
 public:
  explicit MaskScope(Cell<T>& cell) : cell_(cell) { cell_.reset_masks(); }

  MaskScope(const MaskScope&) = delete;
  MaskScope& operator=(const MaskScope&) = delete;

  ~MaskScope() { cell_.reset_masks(); }

 private:
  Cell<T>& cell_;
};

template <Real T>
Variable<T> zeros(Tape<T>& tape, const Shape& shape) {
  const auto values = tape.template array<T>(shape.size());
  std::fill(values.begin(), values.end(), T{0});
  return tape.borrow(TensorView<const T>(values.data(), shape));
}

/// 0 in masked steps [N, S, F], because backward multiplies what the cell made of them by 0: NaN
/// stays NaN.
template <Real T>
Variable<T> clear_masked(const Variable<T>& inputs, TensorView<const bool> mask) {
  if (!mask || std::find(mask.begin(), mask.end(), false) == mask.end()) {
    return inputs;
  }
  const TensorView<const bool> valid(mask.data(), mask.shape().insert(2, 1));
  return where(valid, inputs, inputs.tape().constant(T{0}));
}

}  // namespace

template <Real T>
RNN<T>::RNN(std::unique_ptr<Cell<T>> cell, RNNOptions options)
    : Layer<T>(options.name), cell_(cell.get()), options_(std::move(options)) {
  if (cell == nullptr) {
    throw_argument_error("RNN", "there is no cell");
  }
  this->add_child(std::move(cell));
  state_shapes_ = cell_->state_shapes();
  carried_.resize(options_.stateful ? state_shapes_.size() : 0);
  if (!options_.trainable) {
    this->set_trainable(false);
  }
}

template <Real T>
void RNN<T>::create_weights(const Shape& sample_shape) {
  if (sample_shape.rank() != 2) {
    throw_shape_error(this->path(),
                      fmt::format("expected inputs of rank 3 [N, steps, features], found rank {}",
                                  sample_shape.rank() + 1),
                      {{"without batch", sample_shape}});
  }
  this->build_child(*cell_, {sample_shape[1]});
}

template <Real T>
Shape RNN<T>::output_shape(const Shape& sample_shape) const {
  const Shape output = cell_->output_shape({sample_shape.back()});
  return options_.return_sequences ? output.insert(0, sample_shape[0]) : output;
}

template <Real T>
TensorView<const bool> RNN<T>::compute_mask(const Variable<T>&, TensorView<const bool> mask) const {
  return options_.return_sequences ? mask : TensorView<const bool>{};
}

template <Real T>
Variable<T> RNN<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  return run(inputs, options).output;
}

template <Real T>
RecurrentOutput<T> RNN<T>::run(const Variable<T>& inputs, const CallOptions<T>& options) {
  this->prepare(inputs);
  check_call(inputs, options);
  const std::size_t batch = inputs.shape()[0];
  const States states = first_states(inputs.tape(), batch, options.initial_state);
  const RecurrentOutput<T> result = unroll(inputs, states, options);
  carry(result.states);
  this->record_activity(options_.activity_regularizer, result.output, batch);
  if (options_.return_state) {
    for (const Variable<T>& state : result.states) {
      this->record_activity(options_.activity_regularizer, state, batch);
    }
  }
  return result;
}

template <Real T>
void RNN<T>::check_call(const Variable<T>& inputs, const CallOptions<T>& options) const {
  this->check_inputs(inputs, 3);
  const Shape& shape = inputs.shape();
  if (shape[0] == 0 || shape[1] == 0) {
    throw_argument_error(
        this->path(),
        fmt::format("expected at least one sample and one step: inputs {}", to_string(shape)));
  }
  if (options.mask && options.mask.shape() != Shape{shape[0], shape[1]}) {
    throw_shape_error(this->path(),
                      "the mask must be [N, steps]",
                      {{"inputs", shape}, {"mask", options.mask.shape()}});
  }
}

template <Real T>
typename RNN<T>::States RNN<T>::first_states(Tape<T>& tape, std::size_t batch, States given) {
  if (!given.empty()) {
    check_states<T>(this->path(), batch, given, state_shapes_);
    return given;
  }
  const auto states = tape.template array<Variable<T>>(state_shapes_.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Shape shape = state_shapes_[i].insert(0, batch);
    if (carried_.empty() || carried_[i].size() == 0) {
      states[i] = zeros(tape, shape);
      continue;
    }
    if (carried_[i].shape() != shape) {
      throw_shape_error(this->path(),
                        fmt::format("a stateful layer was fed a batch of {} after one of {}: call "
                                    "reset_states() in between",
                                    batch,
                                    carried_[i].shape()[0]));
    }
    states[i] = tape.constant(carried_[i]);
  }
  return states;
}

template <Real T>
RecurrentOutput<T> RNN<T>::unroll(const Variable<T>& inputs,
                                  States states,
                                  const CallOptions<T>& options) {
  const MaskScope<T> masks(*cell_);
  Tape<T>& tape = inputs.tape();
  const Variable<T> x = clear_masked(inputs, options.mask);
  const std::size_t steps = inputs.shape()[1];
  const auto outputs = options_.return_sequences ? tape.template array<Variable<T>>(steps)
                                                 : std::span<Variable<T>>{};
  RecurrentOutput<T> last{{}, states};
  for (std::size_t i = 0; i < steps; ++i) {
    const std::size_t step = options_.go_backwards ? steps - 1 - i : i;
    const RecurrentOutput<T> now =
        cell_->step(select(x, 1, step), last.states, {.training = options.training});
    if (now.states.size() != states.size()) {
      throw_state_error(
          this->path(),
          fmt::format(
              "the cell has {} state(s), its step returned {}", states.size(), now.states.size()));
    }
    last = options.mask ? skip_masked(options.mask, step, now, last) : now;
    if (options_.return_sequences) {
      outputs[i] = last.output;
    }
  }
  if (options_.return_sequences) {
    last.output = stack(std::span<const Variable<T>>(outputs), 1);
  }
  return last;
}

/// Chooses, sample by sample, between this step's results and those before it.
template <Real T>
RecurrentOutput<T> RNN<T>::skip_masked(TensorView<const bool> mask,
                                       std::size_t step,
                                       const RecurrentOutput<T>& now,
                                       const RecurrentOutput<T>& before) const {
  Tape<T>& tape = now.output.tape();
  const std::size_t batch = mask.shape()[0];
  const auto column = tape.template array<bool>(batch);
  for (std::size_t n = 0; n < batch; ++n) {
    column[n] = mask[n * mask.shape()[1] + step];
  }
  const bool first = !before.output;
  if (std::find(column.begin(), column.end(), false) == column.end()) {
    return now;
  }
  const auto choose = [&](const Variable<T>& valid, const Variable<T>& masked) {
    Shape shape{batch};
    while (shape.rank() < valid.shape().rank()) {
      shape.append(1);
    }
    return where(TensorView<const bool>(column.data(), shape), valid, masked);
  };
  const auto otherwise =
      first || options_.zero_output_for_mask ? zeros(tape, now.output.shape()) : before.output;
  const auto states = tape.template array<Variable<T>>(now.states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i] = choose(now.states[i], before.states[i]);
  }
  return {choose(now.output, otherwise), states};
}

/// Copies the final states out of the arena: never aliased, no gradient.
template <Real T>
void RNN<T>::carry(States states) {
  for (std::size_t i = 0; i < carried_.size(); ++i) {
    const auto value = states[i].value();
    if (carried_[i].shape() != value.shape()) {
      carried_[i] = Tensor<T>(value.shape());
    }
    std::copy(value.begin(), value.end(), carried_[i].data());
  }
}

template <Real T>
void RNN<T>::reset_state() {
  std::fill(carried_.begin(), carried_.end(), Tensor<T>());
}

template <Real T>
void RNN<T>::visit_state(StateVisitor<T>& visitor) {
  for (std::size_t i = 0; i < carried_.size(); ++i) {
    visitor.visit(fmt::format("{}/state_{}", this->path(), i), carried_[i]);
  }
}

template <Real T>
void RNN<T>::write_options(Config& config) const {
  config["return_sequences"] = options_.return_sequences;
  config["return_state"] = options_.return_state;
  config["go_backwards"] = options_.go_backwards;
  config["stateful"] = options_.stateful;
  config["unroll"] = options_.unroll;
  config["zero_output_for_mask"] = options_.zero_output_for_mask;
  config["activity_regularizer"] = to_config(options_.activity_regularizer);
}

template <Real T>
Config RNN<T>::config() const {
  Config result = Layer<T>::config();
  result["config"]["cell"] = cell_->config();
  write_options(result["config"]);
  return result;
}

template <Real T>
std::unique_ptr<Cell<T>> RNN<T>::clone_cell() const {
  return std::unique_ptr<Cell<T>>(static_cast<Cell<T>*>(cell_->clone().release()));
}

template <Real T>
std::unique_ptr<RNN<T>> RNN<T>::clone_with(RNNOptions options) const {
  return std::make_unique<RNN>(clone_cell(), std::move(options));
}

template <Real T>
std::unique_ptr<Layer<T>> RNN<T>::clone() const {
  RNNOptions options = options_;
  options.trainable = this->trainable();
  return clone_with(std::move(options));
}

template class RNN<float>;
template class RNN<double>;

}  // namespace rondo
