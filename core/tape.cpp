#include "rondo/core/tape.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "rondo/core/detail/denormals.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/dispatch.hpp"
#include "rondo/core/threads.hpp"

namespace rondo {

namespace {

/// One number for each pass of each tape, so that a stale variable is found out even if another
/// tape has taken the address of its own. It orders nothing.
std::uint32_t next_pass() {
  static std::atomic<std::uint32_t> pass{0};
  return pass.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// The first call of every computation is the place to refuse a wrong environment.
void check_environment() {
  static_cast<void>(num_threads());
  if (!kernels::instruction_set_request_is_valid()) {
    throw_argument_error("RONDO_INSTRUCTION_SET",
                         fmt::format("expected baseline, avx2 or avx512 and a processor that has "
                                     "it, found '{}'",
                                     std::getenv("RONDO_INSTRUCTION_SET")));
  }
}

}  // namespace

template <Real T>
void Variable<T>::throw_empty() {
  throw_state_error("variable", "a variable was never assigned");
}

template <Real T>
T Variable<T>::item() const {
  const auto view = value();
  if (view.size() != 1) {
    throw_shape_error("item", "expected one element", {{"found", view.shape()}});
  }
  return view[0];
}

template <Real T>
Tape<T>::Tape(TapeOptions options)
    : pass_(next_pass()),
      recording_(options.recording),
      options_(options),
      inspects_(options.check_finite || options.profile) {
  check_environment();
}

template <Real T>
void Tape<T>::reset() {
  if (in_backward_) {
    throw_state_error("reset", "called by a rule while backward runs");
  }
  nodes_.clear();
  scopes_.clear();
  losses_.clear();
  values_.reset();
  gradients_.reset();
  has_gradients_ = false;
  inspects_ = options_.check_finite || options_.profile;
  costs_.clear();
  noted_memory_ = 0;
  pass_ = next_pass();
}

template <Real T>
Variable<T> Tape<T>::leaf(const char* name,
                          TensorView<const T> value,
                          bool copy,
                          bool requires_grad) {
  if (in_backward_) {
    throw_state_error(name, "called by a rule while backward runs");
  }
  if (!value && value.size() > 0) {
    throw_argument_error(name, "the view is empty");
  }
  T* data = const_cast<T*>(value.data());  // never written: leaves are read through const views
  if (copy) {
    data = values_.array<T>(value.size()).data();
    std::copy_n(value.data(), value.size(), data);
  }
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({.name = name,
                    .value = data,
                    .grad = nullptr,
                    .shape = value.shape(),
                    .inputs = nullptr,
                    .num_inputs = 0,
                    .requires_grad = requires_grad && recording_,
                    .rule = nullptr,
                    .saved = nullptr,
                    .parameter = nullptr,
                    .stamp = 0});
  note_memory(index);
  return {this, index, pass_};
}

template <Real T>
Variable<T> Tape<T>::constant(TensorView<const T> value) {
  return leaf("constant", value, true, false);
}

template <Real T>
Variable<T> Tape<T>::variable(TensorView<const T> value) {
  return leaf("variable", value, true, true);
}

template <Real T>
Variable<T> Tape<T>::borrow(TensorView<const T> value) {
  return leaf("borrow", value, false, false);
}

template <Real T>
Variable<T> Tape<T>::parameter(Parameter<T>& parameter) {
  const bool requires_grad = parameter.trainable && recording_;
  const std::uint32_t hint = parameter.leaf_;
  if (hint < nodes_.size()) {
    const Node<T>& known = nodes_[hint];
    if (known.parameter == &parameter && known.stamp == parameter.version() &&
        known.requires_grad == requires_grad) {
      return {this, hint, pass_};
    }
  }
  const Variable<T> result = leaf("parameter", parameter.value(), false, parameter.trainable);
  nodes_[result.index_].parameter = &parameter;
  nodes_[result.index_].stamp = parameter.version();
  parameter.leaf_ = result.index_;
  return result;
}

template <Real T>
Variable<T> Tape<T>::stop_gradient(const Variable<T>& x) {
  if (!owns(x)) {
    throw_not_owned("stop_gradient", x);
  }
  return leaf("stop_gradient", x.value(), false, false);
}

template <Real T>
std::uint32_t Tape<T>::begin_record(OpName name,
                                    std::span<const Variable<T>> inputs,
                                    const Shape& shape,
                                    typename Node<T>::Rule rule) {
  if (in_backward_) {
    throw_state_error(name.text(), "recorded by a rule while backward runs");
  }
  if (nodes_.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw_state_error(name.text(), "the tape is full: 2^32 - 1 ops");
  }
  bool requires_grad = false;
  for (const Variable<T>& input : inputs) {
    if (!owns(input)) {
      throw_not_owned(name.text(), input);
    }
    requires_grad = requires_grad || nodes_[input.index_].requires_grad;
  }
  requires_grad = requires_grad && recording_;
  std::uint32_t* indices = nullptr;
  if (requires_grad) {
    indices = values_.array<std::uint32_t>(inputs.size()).data();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      indices[i] = inputs[i].index_;
    }
  }
  nodes_.push_back(
      {.name = name.text(),
       .value = nullptr,
       .grad = nullptr,
       .shape = shape,
       .inputs = indices,
       .num_inputs = indices != nullptr ? static_cast<std::uint32_t>(inputs.size()) : 0,
       .requires_grad = requires_grad,
       .rule = requires_grad ? rule : nullptr,
       .saved = nullptr,
       .parameter = nullptr,
       .stamp = 0});
  if (inspects_) [[unlikely]] {
    inspect_begin();
  }
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

template <Real T>
Variable<T> Tape<T>::finish_record(std::uint32_t index,
                                   const void* saved,
                                   std::size_t saved_bytes) {
  Node<T>& node = nodes_[index];
  if (saved_bytes > 0 && node.rule != nullptr) {
    void* const copy = values_.allocate(saved_bytes);
    std::memcpy(copy, saved, saved_bytes);
    node.saved = copy;
  }
  note_memory(index);
  if (inspects_) [[unlikely]] {
    inspect_result(index);
  }
  return {this, index, pass_};
}

/// What was allocated since the node before is this one's: also buffers that its op asked for
/// before it was recorded.
template <Real T>
void Tape<T>::note_memory(std::uint32_t index) {
  nodes_[index].stamp = values_.bytes_in_use();
  if (inspects_) [[unlikely]] {
    inspect_memory(index);
  }
}

/// Forgets the nodes from `first` on. If there is more than that one, somebody may have kept a
/// handle of the others: only a new number of the pass finds it out.
template <Real T>
void Tape<T>::take_back(std::uint32_t first) {
  if (nodes_.size() > first + 1) {
    losses_.clear();
    pass_ = next_pass();
  }
  nodes_.resize(first);
  for (TapeScope& scope : scopes_) {
    if (scope.last != TapeScope::none) {
      scope.last = std::min(scope.last, first);
    }
  }
  costs_.resize(std::min<std::size_t>(costs_.size(), first));
}

template <Real T>
void Tape<T>::backward(const Variable<T>& loss) {
  if (in_backward_) {
    throw_state_error("backward", "called by a rule while backward runs");
  }
  if (!owns(loss)) {
    throw_not_owned("backward", loss);
  }
  if (loss.shape().size() != 1) {
    throw_shape_error("backward", "the loss must have one element", {{"loss", loss.shape()}});
  }
  if (!loss.requires_grad()) {
    throw_state_error("backward", "the loss depends on nothing that needs a gradient");
  }
  check_parameters(loss.index_);
  if (has_gradients_) {
    clear_gradients();
  }
  has_gradients_ = true;
  gradient_slot(loss.index_)[0] += T{1};
  if (loss.index_ < costs_.size()) {
    costs_[loss.index_].gradient_bytes += gradients_.bytes_in_use();
  }
  in_backward_ = true;
  const FlushDenormals guard;
  try {
    run_rules(loss.index_);
  } catch (...) {
    in_backward_ = false;
    throw;
  }
  in_backward_ = false;
}

template <Real T>
GradientPlace<T> Gradients<T>::take(std::size_t i) const {
  const std::uint32_t index = node().inputs[i];
  Node<T>& input = tape_.nodes_[index];
  const bool fresh = input.requires_grad && input.grad == nullptr && input.parameter == nullptr;
  if (fresh) {
    input.grad = tape_.gradients_.template array<T>(input.shape.size()).data();
  }
  return {tape_.gradient_slot(index), fresh};
}

template <Real T>
void Tape<T>::run_rules(std::uint32_t last) {
  for (std::uint32_t i = last + 1; i-- > 0;) {
    const Node<T>& node = nodes_[i];
    if (node.rule == nullptr || node.grad == nullptr) {
      continue;
    }
    if (inspects_) {
      inspect_rule(i);
    } else {
      node.rule(Gradients<T>(*this, i), node.saved);
    }
  }
}

template <Real T>
void Tape<T>::clear_gradients() {
  for (Node<T>& node : nodes_) {
    node.grad = nullptr;
  }
  for (OpCost& cost : costs_) {
    cost.gradient_bytes = 0;
  }
  gradients_.reset();
}

template <Real T>
void Tape<T>::check_parameters(std::uint32_t last) const {
  for (std::uint32_t i = 0; i <= last; ++i) {
    const Parameter<T>* parameter = nodes_[i].parameter;
    if (parameter != nullptr && parameter->version() != nodes_[i].stamp) {
      throw_state_error(
          "backward",
          fmt::format("parameter '{}' was modified after it was recorded", parameter->path()));
    }
  }
}

template <Real T>
void Tape<T>::add_loss(const Variable<T>& penalty) {
  if (!owns(penalty)) {
    throw_not_owned("add_loss", penalty);
  }
  if (penalty.shape().size() != 1) {
    throw_shape_error("add_loss", "a penalty must have one element", {{"found", penalty.shape()}});
  }
  losses_.push_back(penalty);
}

template <Real T>
void Tape<T>::throw_not_owned(const char* op, const Variable<T>& x) const {
  if (x.tape_ == nullptr) {
    throw_state_error(op, "a variable was never assigned");
  }
  throw_state_error(op,
                    x.tape_ == this
                        ? "a variable is stale: its tape was reset after it was recorded, or its "
                          "pass given up by an op that failed"
                        : "a variable belongs to another tape");
}

template class Variable<float>;
template class Variable<double>;
template GradientPlace<float> Gradients<float>::take(std::size_t) const;
template GradientPlace<double> Gradients<double>::take(std::size_t) const;
template class Tape<float>;
template class Tape<double>;

}  // namespace rondo
