#include "rondo/layers/recurrent/standard_cell.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
StandardCell<T>::StandardCell(std::string name,
                              const std::string& op,
                              std::size_t units,
                              Rates rates,
                              std::optional<std::uint64_t> seed)
    : Cell<T>(std::move(name)),
      seed_(seed),
      input_masks_(op, rates.input, "reset_dropout_mask"),
      recurrent_masks_(op, rates.recurrent, "reset_recurrent_dropout_mask") {
  check_units(op, "units", units);
}

template <Real T>
void StandardCell<T>::check_sample(const Shape& sample_shape) const {
  if (sample_shape.rank() != 1) {
    throw_shape_error(this->op_name(),
                      "expected inputs [N, features], found " + shape_with_batch(sample_shape));
  }
}

template <Real T>
Shape StandardCell<T>::output_shape(const Shape& sample_shape) const {
  check_sample(sample_shape);
  return Cell<T>::output_shape(sample_shape);
}

template <Real T>
void StandardCell<T>::begin_weights(const Shape& sample_shape) {
  check_sample(sample_shape);
  mask_stream_ = seed_ ? Rng(*seed_) : this->random_stream("dropout");
}

template <Real T>
void StandardCell<T>::check_step(const Variable<T>& inputs,
                                 std::span<const Variable<T>> states,
                                 std::span<const Shape> state_shapes) {
  if (!this->built()) {
    this->prepare(inputs);
  }
  this->check_inputs(inputs, 2);
  check_states<T>(this->path(), inputs.shape()[0], states, state_shapes);
}

template <Real T>
std::span<const Variable<T>> StandardCell<T>::input_masks(Tape<T>& tape,
                                                          const Shape& shape,
                                                          bool training,
                                                          std::size_t count) {
  if (!training) {
    return {};
  }
  if (per_step_input_dropout_) {
    input_masks_.reset();
  }
  return input_masks_.on_tape(tape, shape, count, std::max(count, masks_drawn_), mask_stream_);
}

template <Real T>
std::span<const Variable<T>> StandardCell<T>::recurrent_masks(Tape<T>& tape,
                                                              const Shape& shape,
                                                              bool training,
                                                              std::size_t count) {
  if (!training) {
    return {};
  }
  return recurrent_masks_.on_tape(tape, shape, count, std::max(count, masks_drawn_), mask_stream_);
}

template <Real T>
void StandardCell<T>::reset_masks() {
  reset_dropout_mask();
  reset_recurrent_dropout_mask();
}

template <Real T>
std::span<const TensorView<const T>> StandardCell<T>::get_dropout_mask_for_cell(
    TensorView<const T> inputs, bool training, std::size_t count) {
  return input_masks_.get(inputs.shape(), training, count, mask_stream_);
}

template <Real T>
std::span<const TensorView<const T>> StandardCell<T>::get_recurrent_dropout_mask_for_cell(
    TensorView<const T> inputs, bool training, std::size_t count) {
  return recurrent_masks_.get(inputs.shape(), training, count, mask_stream_);
}

template <Real T>
void StandardCell<T>::inject_dropout_masks(std::span<const TensorView<const T>> input,
                                           std::span<const TensorView<const T>> recurrent) {
  input_masks_.inject(input);
  recurrent_masks_.inject(recurrent);
}

template <Real T>
void StandardCell<T>::visit_state(StateVisitor<T>& visitor) {
  if (input_masks_.active() || recurrent_masks_.active()) {
    visitor.visit(this->path() + "/dropout", mask_stream_);
  }
}

template class StandardCell<float>;
template class StandardCell<double>;

}  // namespace rondo
