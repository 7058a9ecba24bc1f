#include "rondo/layers/recurrent/rnn.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/choices.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/layers/recurrent/detail/profiles.hpp"
#include "rondo/layers/recurrent/stacked_cells.hpp"

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

/// [N, S, 1] becomes [N, S].
TensorView<const bool> without_last_axis(TensorView<const bool> mask) {
  const bool extra = mask && mask.shape().rank() == 3 && mask.shape().back() == 1;
  return extra ? TensorView<const bool>(mask.data(), mask.shape().erase(2)) : mask;
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

RNNOptions resolve(RNNOptions options, const std::string& op) {
  const Profile& profile = profile_of(options.compat);
  check_time_major(options.time_major, profile, op);
  options.masked_output = options.masked_output.value_or(profile.masked_output);
  options.prefer_stored_state = options.prefer_stored_state.value_or(profile.prefer_stored_state);
  return options;
}

template <Real T>
RNN<T>::RNN(std::unique_ptr<Cell<T>> cell, RNNOptions options)
    : Layer<T>(options.name), cell_(cell.get()), options_(resolve(std::move(options), "RNN")) {
  if (cell == nullptr) {
    throw_argument_error("RNN", "there is no cell");
  }
  this->add_child(std::move(cell));
  state_shapes_ = cell_->state_shapes();
  if (options_.stateful) {
    carried_.emplace(state_shapes_);
  }
  if (!options_.trainable) {
    this->set_trainable(false);
  }
}

template <Real T>
RNN<T>::RNN(CellList<T> cells, RNNOptions options)
    : RNN(std::make_unique<StackedRNNCells<T>>(std::move(cells.cells),
                                               StackedRNNCellsOptions{.compat = options.compat}),
          options) {}

template <Real T>
void RNN<T>::check_sample(const Shape& sample_shape) const {
  if (sample_shape.rank() != 2) {
    throw_shape_error(this->op_name(),
                      fmt::format("expected inputs [N, steps, features], found {}",
                                  shape_with_batch(sample_shape)));
  }
}

template <Real T>
void RNN<T>::create_weights(const Shape& sample_shape) {
  check_sample(sample_shape);
  this->build_child(*cell_, {sample_shape[1]});
  if (*options_.masked_output == MaskedOutput::previous_output) {
    return;
  }
  const Shape& state = state_shapes_.at(cell_->output_state());
  const Shape output = cell_->output_shape({sample_shape[1]});
  if (state != output) {
    throw_shape_error(this->path(),
                      "masked_output = previous_state needs a state like the output",
                      {{"state", state}, {"output", output}});
  }
}

template <Real T>
Shape RNN<T>::sample_shape_of(const Shape& inputs) const {
  return inputs.rank() > batch_axis() ? inputs.erase(batch_axis()) : Shape{};
}

template <Real T>
Shape RNN<T>::output_shape(const Shape& sample_shape) const {
  check_sample(sample_shape);
  const Shape output = cell_->output_shape({sample_shape[1]});
  return options_.return_sequences ? output.insert(0, sample_shape[0]) : output;
}

template <Real T>
TensorView<const bool> RNN<T>::compute_mask(const Variable<T>&, TensorView<const bool> mask) const {
  return options_.return_sequences && options_.propagate_mask ? without_last_axis(mask) : Mask{};
}

template <Real T>
Variable<T> RNN<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  return run(inputs, options).output;
}

template <Real T>
RecurrentOutput<T> RNN<T>::run(const Variable<T>& inputs, const CallOptions<T>& options) {
  this->prepare(inputs);
  const auto part = this->scope_unless_called(inputs.tape());
  const Mask mask = without_last_axis(options.mask);
  check_call(inputs, mask, options);
  const std::size_t batch = inputs.shape()[batch_axis()];
  const States states = first_states(inputs.tape(), batch, options.initial_state);
  const MaskScope<T> masks(*cell_);
  const RecurrentOutput<T> result = run_loop(inputs, states, mask, options);
  if (carried_) {
    carried_->store(result.states);
  }
  this->record_activity(options_.activity_regularizer, result.output, batch);
  if (options_.return_state) {
    for (const Variable<T>& state : result.states) {
      this->record_activity(options_.activity_regularizer, state, batch);
    }
  }
  return result;
}

template <Real T>
void RNN<T>::check_call(const Variable<T>& inputs, Mask mask, const CallOptions<T>& options) const {
  this->check_inputs(inputs, 3);
  const Shape& shape = inputs.shape();
  if (shape[0] == 0 || shape[1] == 0) {
    throw_argument_error(
        this->path(),
        fmt::format("expected at least one sample and one step: inputs {}", to_string(shape)));
  }
  if (mask && mask.shape() != Shape{shape[0], shape[1]}) {
    throw_shape_error(
        this->path(),
        fmt::format("the mask must be {}", options_.time_major ? "[steps, N]" : "[N, steps]"),
        {{"inputs", shape}, {"mask", options.mask.shape()}});
  }
  if (options.constants.size() != cell_->num_constants()) {
    throw_argument_error(this->path(),
                         fmt::format("the cell takes {} constant(s), got {}",
                                     cell_->num_constants(),
                                     options.constants.size()));
  }
}

template <Real T>
typename RNN<T>::States RNN<T>::first_states(Tape<T>& tape, std::size_t batch, States given) {
  const bool stored = carried_ && !carried_->empty();
  if (!given.empty()) {
    check_states<T>(this->path(), batch, given, state_shapes_);
    if (!stored || !*options_.prefer_stored_state || carried_->all_zero()) {
      return given;
    }
  }
  return stored ? carried_->on_tape(this->path(), tape, batch) : cell_->initial_states(tape, batch);
}

template <Real T>
RecurrentOutput<T> RNN<T>::run_loop(const Variable<T>& inputs,
                                    States states,
                                    Mask mask,
                                    const CallOptions<T>& options) {
  Tape<T>& tape = inputs.tape();
  const int axis = static_cast<int>(time_axis());
  const Variable<T> x = project(clear_masked(inputs, mask), options);
  const std::size_t steps = inputs.shape()[time_axis()];
  const auto outputs = options_.return_sequences ? tape.template array<Variable<T>>(steps)
                                                 : std::span<Variable<T>>{};
  RecurrentOutput<T> last{{}, states};
  for (std::size_t i = 0; i < steps; ++i) {
    const std::size_t t = options_.go_backwards ? steps - 1 - i : i;
    const auto part = tape.scope("step", t);
    const RecurrentOutput<T> now = step(select(x, 0, t), last, options);
    last = mask ? skip_masked(mask_of_step(tape, mask, t), now, last) : now;
    if (options_.return_sequences) {
      outputs[i] = last.output;
    }
  }
  if (options_.return_sequences) {
    last.output = stack(std::span<const Variable<T>>(outputs), axis);
  }
  return last;
}

/// The steps [S, N, ..] that the cell receives: its projection, or the inputs.
template <Real T>
Variable<T> RNN<T>::project(const Variable<T>& inputs, const CallOptions<T>& options) {
  const Variable<T> x = options_.time_major ? inputs : transpose(inputs, {1, 0, 2});
  const Variable<T> projected =
      cell_->project(x, {.training = options.training, .constants = options.constants});
  projected_ = static_cast<bool>(projected);
  if (!projected_) {
    return x;
  }
  const Shape from = x.shape();
  const Shape to = projected.shape();
  if (to.rank() < 2 || to[0] != from[0] || to[1] != from[1]) {
    throw_shape_error(this->path(),
                      "project of the cell must return [S, N, ..] for inputs [S, N, F]",
                      {{"inputs", from}, {"project", to}});
  }
  return projected;
}

template <Real T>
RecurrentOutput<T> RNN<T>::step(const Variable<T>& x,
                                const RecurrentOutput<T>& before,
                                const CallOptions<T>& options) {
  const auto now = [&] {
    try {
      return cell_->step(
          x, before.states, {.training = options.training, .constants = options.constants});
    } catch (const ShapeError& error) {
      if (!projected_) {
        throw;
      }
      throw ShapeError(
          fmt::format("{} (step was given {}, what project of the cell returned for it)",
                      error.what(),
                      to_string(x.shape())));
    }
  }();
  if (now.states.size() != before.states.size()) {
    throw_state_error(this->path(),
                      fmt::format("the cell has {} state(s), its step returned {}",
                                  before.states.size(),
                                  now.states.size()));
  }
  return now;
}

/// Which samples are valid in this step, [N]: a row of a time-major mask, a column otherwise.
template <Real T>
typename RNN<T>::Mask RNN<T>::mask_of_step(Tape<T>& tape, Mask mask, std::size_t step) const {
  const std::size_t batch = mask.shape()[batch_axis()];
  if (options_.time_major) {
    return {mask.data() + step * batch, {batch}};
  }
  const auto column = tape.template array<bool>(batch);
  for (std::size_t n = 0; n < batch; ++n) {
    column[n] = mask[n * mask.shape()[1] + step];
  }
  return {column.data(), {batch}};
}

/// Chooses, sample by sample, between this step's results and those before it.
template <Real T>
RecurrentOutput<T> RNN<T>::skip_masked(Mask valid,
                                       const RecurrentOutput<T>& now,
                                       const RecurrentOutput<T>& before) const {
  if (std::find(valid.begin(), valid.end(), false) == valid.end()) {
    return now;
  }
  const auto choose = [&](const Variable<T>& a, const Variable<T>& b) {
    Shape shape = valid.shape();
    while (shape.rank() < a.shape().rank()) {
      shape.append(1);
    }
    return where(Mask(valid.data(), shape), a, b);
  };
  const auto states = now.output.tape().template array<Variable<T>>(now.states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i] = choose(now.states[i], before.states[i]);
  }
  return {choose(now.output, masked_output(now, before)), states};
}

template <Real T>
Variable<T> RNN<T>::masked_output(const RecurrentOutput<T>& now,
                                  const RecurrentOutput<T>& before) const {
  if (options_.zero_output_for_mask) {
    return zeros(now.output.tape(), now.output.shape());
  }
  if (*options_.masked_output == MaskedOutput::previous_state) {
    return before.states[cell_->output_state()];
  }
  return before.output ? before.output : zeros(now.output.tape(), now.output.shape());
}

template <Real T>
std::vector<Tensor<T>> RNN<T>::get_initial_state(const InitialStateOptions<T>& options) {
  return cell_->get_initial_state(
      {.batch_size = batch_size_of(this->op_name(), options, batch_axis())});
}

template <Real T>
CarriedStates<T>& RNN<T>::carried() {
  if (!carried_) {
    throw_state_error(this->op_name(), "the layer is not stateful: it has no states to reset");
  }
  return *carried_;
}

template <Real T>
void RNN<T>::reset_states() {
  static_cast<void>(carried());
  Layer<T>::reset_states();
}

template <Real T>
void RNN<T>::reset_states(std::span<const Tensor<T>> values) {
  carried().set(this->op_name(), values);
}

template <Real T>
void RNN<T>::reset_sample_states(std::size_t sample) {
  carried().clear_sample(this->op_name(), sample);
}

template <Real T>
void RNN<T>::reset_sample_states(std::size_t sample, std::span<const Tensor<T>> values) {
  carried().set_sample(this->op_name(), sample, values);
}

template <Real T>
void RNN<T>::reset_state() {
  if (carried_) {
    carried_->clear();
  }
}

template <Real T>
void RNN<T>::visit_state(StateVisitor<T>& visitor) {
  if (carried_) {
    for (std::size_t i = 0; i < state_shapes_.size(); ++i) {
      visitor.visit(
          fmt::format("{}/state_{}", this->path(), i), carried_->values()[i], state_shapes_[i]);
    }
  }
}

template <Real T>
Config RNN<T>::config() const {
  Config result = Layer<T>::config();
  result["config"]["cell"] = cell_->config();
  write_options(result["config"], options_);
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
