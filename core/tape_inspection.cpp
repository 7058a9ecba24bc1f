// What a tape measures and checks if it is told to (TapeOptions).
#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/tape.hpp"

namespace rondo {

namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class T>
bool all_finite(const T* values, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(values[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

template <Real T>
void Tape<T>::inspect_begin() {
  op_begin_ = seconds();
}

template <Real T>
void Tape<T>::inspect_memory(std::uint32_t index) {
  if (options_.profile) {
    costs_.resize(nodes_.size());
    const std::size_t memory = values_.bytes_in_use();
    costs_[index].bytes = memory - std::min(noted_memory_, memory);  // less if an op failed
    noted_memory_ = memory;
  }
}

template <Real T>
void Tape<T>::inspect_result(std::uint32_t index) {
  if (options_.profile) {
    costs_[index].forward = seconds() - op_begin_;
  }
  if (options_.check_finite) {
    check_finite_result(nodes_[index]);
  }
}

template <Real T>
void Tape<T>::inspect_rule(std::uint32_t index) {
  const Node<T>& node = nodes_[index];
  const double begin = seconds();
  const std::size_t before = gradients_.bytes_in_use();
  node.rule(Gradients<T>(*this, index), node.saved);
  if (options_.profile && index < costs_.size()) {
    costs_[index].backward += seconds() - begin;
    costs_[index].gradient_bytes += gradients_.bytes_in_use() - before;
  }
  if (options_.check_finite) {
    check_finite_gradients(node);
  }
}

template <Real T>
void Tape<T>::check_finite_result(const Node<T>& node) const {
  if (!all_finite(node.value, node.shape.size())) {
    throw_state_error(node.name,
                      fmt::format("node {} of the tape has a result that is not finite: result {}",
                                  &node - nodes_.data(),
                                  to_string(node.shape)));
  }
}

template <Real T>
void Tape<T>::check_finite_gradients(const Node<T>& node) const {
  for (std::uint32_t i = 0; i < node.num_inputs; ++i) {
    const Node<T>& input = nodes_[node.inputs[i]];
    if (input.grad != nullptr && !all_finite(input.grad, input.shape.size())) {
      throw_state_error(
          node.name,
          fmt::format("backward: the gradient of input {} is not finite: input {}, made by {}",
                      i,
                      to_string(input.shape),
                      input.name));
    }
  }
}

#define RONDO_INSTANTIATE(T)                            \
  template void Tape<T>::inspect_begin();               \
  template void Tape<T>::inspect_memory(std::uint32_t); \
  template void Tape<T>::inspect_result(std::uint32_t); \
  template void Tape<T>::inspect_rule(std::uint32_t);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
