#include "rondo/layers/recurrent/carried_states.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

template <Real T>
void check_value(const std::string& op, const Tensor<T>& value, std::size_t i, const Shape& shape) {
  if (value.shape() != shape) {
    throw_shape_error(op,
                      fmt::format("state {} does not fit", i),
                      {{"expected", shape}, {"found", value.shape()}});
  }
}

}  // namespace

template <Real T>
CarriedStates<T>::CarriedStates(std::vector<Shape> shapes)
    : shapes_(std::move(shapes)), values_(shapes_.size()) {}

template <Real T>
bool CarriedStates<T>::all_zero() const {
  return std::all_of(values_.begin(), values_.end(), [](const Tensor<T>& state) {
    return std::all_of(
        state.data(), state.data() + state.size(), [](T value) { return value == T{0}; });
  });
}

template <Real T>
std::span<const Variable<T>> CarriedStates<T>::on_tape(const std::string& op,
                                                       Tape<T>& tape,
                                                       std::size_t batch) const {
  const auto states = tape.template array<Variable<T>>(values_.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (values_[i].shape() != shapes_[i].insert(0, batch)) {
      throw_shape_error(op,
                        fmt::format("a stateful layer was fed a batch of {} after one of {}: call "
                                    "reset_states() in between",
                                    batch,
                                    values_[i].shape()[0]));
    }
    states[i] = tape.constant(values_[i]);
  }
  return states;
}

template <Real T>
void CarriedStates<T>::store(std::span<const Variable<T>> states) {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const auto value = states[i].value();
    if (values_[i].shape() != value.shape()) {
      values_[i] = Tensor<T>(value.shape());
    }
    std::copy(value.begin(), value.end(), values_[i].data());
  }
}

template <Real T>
void CarriedStates<T>::clear() {
  std::fill(values_.begin(), values_.end(), Tensor<T>());
}

template <Real T>
void CarriedStates<T>::set(const std::string& op, std::span<const Tensor<T>> values) {
  check_count(op, values);
  const Shape first = values.empty() ? Shape{} : values[0].shape();
  const std::size_t batch = first.rank() == 0 ? 1 : first[0];
  for (std::size_t i = 0; i < values.size(); ++i) {
    check_value(op, values[i], i, shapes_[i].insert(0, batch));
  }
  std::copy(values.begin(), values.end(), values_.begin());
}

template <Real T>
void CarriedStates<T>::clear_sample(const std::string& op, std::size_t sample) {
  check_sample(op, sample);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::size_t size = shapes_[i].size();
    std::fill_n(values_[i].data() + sample * size, size, T{0});
  }
}

template <Real T>
void CarriedStates<T>::set_sample(const std::string& op,
                                  std::size_t sample,
                                  std::span<const Tensor<T>> values) {
  check_sample(op, sample);
  check_count(op, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    check_value(op, values[i], i, shapes_[i]);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t size = values[i].size();
    std::copy_n(values[i].data(), size, values_[i].data() + sample * size);
  }
}

template <Real T>
void CarriedStates<T>::check_sample(const std::string& op, std::size_t sample) const {
  if (empty()) {
    throw_state_error(op, "the batch size is not known before the first call");
  }
  const Shape stored = values_[0].shape();
  const std::size_t batch = stored.rank() == 0 ? 1 : stored[0];
  if (sample >= batch) {
    throw_argument_error(op, fmt::format("there is no sample {} in a batch of {}", sample, batch));
  }
  for (std::size_t i = 0; i < values_.size(); ++i) {  // a visitor may have written anything
    check_value(op, values_[i], i, shapes_[i].insert(0, batch));
  }
}

template <Real T>
void CarriedStates<T>::check_count(const std::string& op, std::span<const Tensor<T>> values) const {
  if (values.size() != values_.size()) {
    throw_argument_error(
        op, fmt::format("expected {} state(s), got {}", values_.size(), values.size()));
  }
}

template class CarriedStates<float>;
template class CarriedStates<double>;

}  // namespace rondo
