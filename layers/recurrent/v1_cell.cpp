#include "rondo/layers/recurrent/v1_cell.hpp"

#include <array>
#include <bit>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

template <Real T>
constexpr const char* dtype_name = std::is_same_v<T, float> ? "float32" : "float64";

template <Real T>
bool same(const Variable<T>& a, const Variable<T>& b) {
  using Bits = std::array<std::uint64_t, 2>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

}  // namespace

template <Real T>
void check_dtype(const std::string& op, const std::string& dtype) {
  if (dtype == dtype_name<T>) {
    return;
  }
  if (dtype.find("float") == std::string::npos) {
    throw_argument_error(op, fmt::format("expected a floating-point type, got dtype '{}'", dtype));
  }
  throw_argument_error(
      op, fmt::format("the cell computes in {}, got dtype '{}'", dtype_name<T>, dtype));
}

template <Real T>
std::pair<Variable<T>, Variable<T>> V1Cell<T>::apply(const Variable<T>& inputs,
                                                     const Variable<T>& state) {
  const RecurrentOutput<T> result = this->run(inputs, {.initial_state = std::span(&state, 1)});
  return {result.output, result.states[0]};
}

template <Real T>
const Tensor<T>& V1Cell<T>::zero_state(std::size_t batch_size, const std::string& dtype) {
  check_dtype<T>("zero_state", dtype);
  const Shape shape{batch_size, state_size()};
  if (!zero_state_ || zero_state_->shape() != shape) {
    zero_state_ = Tensor<T>::zeros(shape);
  }
  return *zero_state_;
}

template <Real T>
const Tensor<T>& V1Cell<T>::get_initial_state(const V1InitialState<T>& arguments) {
  constexpr const char* op = "get_initial_state";
  auto [inputs, batch_size, dtype] = arguments;
  if (inputs) {
    const std::size_t batch = inputs.shape()[0];
    if (batch_size && *batch_size != batch) {
      throw_argument_error(
          op, fmt::format("batch_size is {}, the inputs have a batch of {}", *batch_size, batch));
    }
    if (!dtype.empty() && dtype != dtype_name<T>) {
      throw_argument_error(op,
                           fmt::format("dtype is '{}', the inputs are {}", dtype, dtype_name<T>));
    }
    batch_size = batch;
    dtype = dtype_name<T>;
  }
  if (!batch_size || dtype.empty()) {
    throw_argument_error(op, "give inputs, or both batch_size and dtype");
  }
  return zero_state(*batch_size, dtype);
}

template <Real T>
const std::string& V1Cell<T>::scope_name() const {
  if (!this->built()) {
    throw_state_error(this->type_name(),
                      "scope_name: there is no scope before the variables are made");
  }
  return this->path();
}

template <Real T>
std::vector<Variable<T>> V1Cell<T>::get_losses_for(const Variable<T>& inputs) const {
  std::vector<Variable<T>> losses;
  for (const ActivityLoss& entry : activity_losses_) {
    if (same(entry.inputs, inputs)) {
      losses.push_back(entry.loss);
    }
  }
  return losses;
}

template <Real T>
std::vector<Variable<T>> V1Cell<T>::get_losses_for(std::nullptr_t, Tape<T>& tape) const {
  return this->weight_penalties(tape);
}

template <Real T>
void V1Cell<T>::graph() const {
  throw_state_error(this->type_name(), "graph is not supported: a tape records calls as they run");
}

template <Real T>
void V1Cell<T>::record_activity_of(const Regularizer& regularizer,
                                   const Variable<T>& inputs,
                                   const Variable<T>& output) {
  if (!regularizer) {
    return;
  }
  Tape<T>& tape = inputs.tape();
  if (!activity_losses_.empty() && !tape.owns(activity_losses_.front().inputs)) {
    activity_losses_.clear();  // of an earlier pass
  }
  this->record_activity(regularizer, output, inputs.shape()[0]);
  activity_losses_.push_back({inputs, tape.losses().back()});
}

template class V1Cell<float>;
template class V1Cell<double>;
template void check_dtype<float>(const std::string&, const std::string&);
template void check_dtype<double>(const std::string&, const std::string&);

}  // namespace rondo
