#include "rondo/layers/recurrent/cell.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
std::span<const Variable<T>> Cell<T>::initial_states(Tape<T>& tape, std::size_t batch) {
  if (zero_shapes_.empty()) {
    zero_shapes_ = state_shapes();
  }
  const auto states = tape.template array<Variable<T>>(zero_shapes_.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    states[i] = zeros(tape, zero_shapes_[i].insert(0, batch));
  }
  return states;
}

template <Real T>
std::vector<Tensor<T>> Cell<T>::get_initial_state(const InitialStateOptions<T>& options) {
  Tape<T> tape({.recording = false});
  std::vector<Tensor<T>> result;
  for (const Variable<T>& state : initial_states(tape, batch_size_of(this->op_name(), options))) {
    result.push_back(Tensor<T>::copy_of(state.value()));
  }
  return result;
}

template <Real T>
std::vector<Tensor<T>> Cell<T>::zero_state(std::size_t batch_size) const {
  std::vector<Tensor<T>> result;
  for (const Shape& shape : state_shapes()) {
    result.push_back(Tensor<T>::zeros(shape.insert(0, batch_size)));
  }
  return result;
}

template <Real T>
std::vector<std::size_t> Cell<T>::state_size() const {
  std::vector<std::size_t> sizes;
  for (const Shape& shape : state_shapes()) {
    sizes.push_back(shape.size());
  }
  return sizes;
}

template <Real T>
std::size_t Cell<T>::output_size() const {
  return output_shape(this->built() ? this->sample_shape() : Shape{1}).back();
}

void check_units(const std::string& op, const char* option, std::size_t units) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / 4;
  if (units == 0) {
    throw_argument_error(op, fmt::format("{} must be positive, got 0", option));
  }
  if (units > most) {
    throw_argument_error(op, fmt::format("{} must be at most {}, got {}", option, most, units));
  }
}

template <Real T>
void check_states(const std::string& op,
                  std::size_t batch,
                  std::span<const Variable<T>> states,
                  std::span<const Shape> shapes) {
  if (states.size() != shapes.size()) {
    throw_argument_error(
        op,
        fmt::format(
            "expected {} state(s) in initial_state, found {}", shapes.size(), states.size()));
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Shape expected = shapes[i].insert(0, batch);
    if (states[i].shape() != expected) {
      throw_shape_error(op,
                        fmt::format("state {} does not fit", i),
                        {{"expected", expected}, {"found", states[i].shape()}});
    }
  }
}

template <Real T>
std::size_t batch_size_of(const std::string& op,
                          const InitialStateOptions<T>& options,
                          std::size_t batch_axis) {
  if (options.inputs && options.inputs.shape().rank() > batch_axis) {
    return options.inputs.shape()[batch_axis];
  }
  constexpr std::string_view own = std::is_same_v<T, float> ? "float32" : "float64";
  if (!options.dtype.empty() && options.dtype != own) {
    throw_argument_error(op,
                         fmt::format("dtype {} contradicts the layer's {}", options.dtype, own));
  }
  if (!options.batch_size) {
    throw_argument_error(op, "the initial state needs a batch size: give inputs or batch_size");
  }
  return *options.batch_size;
}

template <Real T>
Variable<T> zeros(Tape<T>& tape, const Shape& shape) {
  const auto values = tape.template array<T>(shape.size());
  std::fill(values.begin(), values.end(), T{0});
  return tape.borrow(TensorView<const T>(values.data(), shape));
}

#define RONDO_INSTANTIATE(T)                                                                  \
  template class Cell<T>;                                                                     \
  template void check_states(                                                                 \
      const std::string&, std::size_t, std::span<const Variable<T>>, std::span<const Shape>); \
  template std::size_t batch_size_of(                                                         \
      const std::string&, const InitialStateOptions<T>&, std::size_t);                        \
  template Variable<T> zeros(Tape<T>&, const Shape&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
