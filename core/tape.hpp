/// The tape: records ops in the order of their creation and runs their rules backwards (D1).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/core/arena.hpp"
#include "rondo/core/backward_rule.hpp"
#include "rondo/core/node.hpp"
#include "rondo/core/variable.hpp"

namespace rondo {

struct TapeOptions {
  /// False: values only, nothing can run backward (inference).
  bool recording = true;
  /// Scan every result and gradient and name the first op that made a value that is not finite.
  bool check_finite = false;
  /// Measure what each op costs (`costs()`, core/graph.hpp).
  bool profile = false;
};

template <Real T = float>
class Tape {
 public:
  /// @throws ArgumentError if RONDO_INSTRUCTION_SET names no set of this machine, or
  ///         RONDO_NUM_THREADS is no number of threads
  explicit Tape(TapeOptions options = {});
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  ~Tape() = default;

  /// Measures, or stops measuring, from the next reset on.
  void set_profile(bool profile) { options_.profile = profile; }

  /// Forgets everything recorded; all variables become stale. Memory is kept for the next pass, so
  /// a view of a value that is kept longer shows other numbers: copy what is needed.
  void reset();

  // ---- leaves ----

  /// A copy that needs no gradient.
  /// @throws ArgumentError here and below for the empty view, which means "none"
  Variable<T> constant(TensorView<const T> value);

  Variable<T> constant(const Tensor<T>& value) { return constant(value.view()); }

  Variable<T> constant(T scalar) { return constant(TensorView<const T>(&scalar, Shape{})); }

  /// Any xtensor expression; needs core/xtensor.hpp.
  template <class E>
  Variable<T> constant(const xt::xexpression<E>& expression) {
    return constant(Tensor<T>(expression));
  }

  /// A copy whose gradient is wanted: `x.grad()` after `backward`.
  Variable<T> variable(TensorView<const T> value);

  Variable<T> variable(const Tensor<T>& value) { return variable(value.view()); }

  Variable<T> variable(T scalar) { return variable(TensorView<const T>(&scalar, Shape{})); }

  /// No copy and no gradient: the caller keeps the memory alive and unchanged until `reset`.
  Variable<T> borrow(TensorView<const T> value);

  template <class Temporary>

  requires(std::same_as<std::remove_const_t<Temporary>, Tensor<T>>) Variable<T> borrow(
      Temporary&&) {
    static_assert(detail::never<Temporary>,
                  "borrow keeps no copy and this tensor is a temporary: give it a name that lives "
                  "until the tape is reset, or use constant");
  }

  /// Aliases a parameter: gradients go straight into `parameter.grad()`. One leaf serves a whole
  /// pass.
  Variable<T> parameter(Parameter<T>& parameter);

  // ---- ops ----

  /// Records an op. `forward(TensorView<T> result)` fills the result at once; `rule(g)` adds to the
  /// gradients of the inputs during `backward`. If `forward` throws, nothing is recorded; ops that
  /// it had recorded itself are taken back with the pass: all its variables become stale.
  /// @throws StateError for a stale variable, one of another tape, or during `backward`
  template <class Forward, class Rule>
  Variable<T> record(OpName name,
                     std::span<const Variable<T>> inputs,
                     const Shape& shape,
                     Forward&& forward,
                     Rule) {
    detail::check_rule<Rule, T>();
    return push(name, inputs, shape, forward, &call<Rule>, nullptr, 0);
  }

  /// The same with values that the rule needs later; they are copied onto the tape.
  template <class Forward, class Saved, class Rule>
  Variable<T> record(OpName name,
                     std::span<const Variable<T>> inputs,
                     const Shape& shape,
                     Forward&& forward,
                     const Saved& saved,
                     Rule) {
    detail::check_saving_rule<Rule, T, Saved>();
    return push(name, inputs, shape, forward, &call<Rule, Saved>, &saved, sizeof(Saved));
  }

  /// Records an op whose result is a part of its input's memory, from element `offset` on: no copy.
  template <class Saved, class Rule>
  Variable<T> record_alias(OpName name,
                           const Variable<T>& input,
                           std::size_t offset,
                           const Shape& shape,
                           const Saved& saved,
                           Rule) {
    detail::check_saving_rule<Rule, T, Saved>();
    const auto index = begin_record(name, std::span(&input, 1), shape, &call<Rule, Saved>);
    nodes_[index].value =
        const_cast<T*>(input.value().data()) + offset;  // read through const views
    return finish_record(index, &saved, sizeof(Saved));
  }

  /// The same values, without a way back for gradients.
  Variable<T> stop_gradient(const Variable<T>& x);

  /// Arena memory until `reset()`, uninitialised: saved buffers, copied labels, lists of variables.
  template <class U>
  std::span<U> array(std::size_t n) {
    return values_.array<U>(n);
  }

  // ---- gradients ----

  /// Runs every rule from `loss` back to the first op. Gradients of variables start afresh, those
  /// of parameters are added up. May be called again, also for another loss of the same pass.
  /// Numbers too small to be normal count as 0 (denormals.hpp).
  /// @throws ShapeError if loss has more than one element
  /// @throws StateError if loss depends on nothing that needs a gradient, or if a parameter was
  ///         modified after it was recorded
  void backward(const Variable<T>& loss);

  /// While the guard lives, ops compute values only. Guards nest.
  class NoGrad {
   public:
    explicit NoGrad(Tape& tape) : tape_(tape), previous_(tape.recording_) {
      tape.recording_ = false;
    }

    NoGrad(const NoGrad&) = delete;
    NoGrad& operator=(const NoGrad&) = delete;

    ~NoGrad() { tape_.recording_ = previous_; }

   private:
    Tape& tape_;
    bool previous_;
  };

  [[nodiscard]] NoGrad no_grad() { return NoGrad(*this); }

  [[nodiscard]] bool recording() const { return recording_; }

  // ---- penalties of this pass ----

  /// Adds a scalar to the losses of this pass: weight and activity penalties.
  /// @throws ShapeError if it has more than one element
  void add_loss(const Variable<T>& penalty);

  [[nodiscard]] std::span<const Variable<T>> losses() const { return losses_; }

  // ---- names ----

  /// While it lives, what is recorded belongs to the part of that name: a heading in `to_string`, a
  /// group in `to_dot`. Scopes nest.
  class Scope {
   public:
    Scope() = default;  // names nothing

    Scope(Tape& tape, const char* name, std::uint32_t number)
        : tape_(&tape), pass_(tape.pass_), index_(static_cast<std::uint32_t>(tape.scopes_.size())) {
      const auto first = static_cast<std::uint32_t>(tape.nodes_.size());
      tape.scopes_.push_back({name, number, first, TapeScope::none});
    }

    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

    ~Scope() {
      if (tape_ != nullptr && tape_->pass_ == pass_) {
        tape_->scopes_[index_].last = static_cast<std::uint32_t>(tape_->nodes_.size());
      }
    }

   private:
    Tape* tape_ = nullptr;
    std::uint32_t pass_ = 0;
    std::uint32_t index_ = 0;
  };

  /// @param number  such as that of a time step; `scope("step", 3)` reads `step 3`
  [[nodiscard]] Scope scope(OpName name, std::size_t number = TapeScope::none) {
    return Scope(*this, name.text(), static_cast<std::uint32_t>(number));
  }

  // ---- inspection ----

  /// Identifies the pass: changes with every reset and differs between all tapes of the process.
  [[nodiscard]] std::uint32_t pass() const { return pass_; }

  /// Whether x was recorded in the present pass of this tape.
  [[nodiscard]] bool owns(const Variable<T>& x) const {
    return x.tape_ == this && x.pass_ == pass_;
  }

  [[nodiscard]] std::span<const Node<T>> nodes() const { return nodes_; }

  [[nodiscard]] std::span<const TapeScope> scopes() const { return scopes_; }

  /// One for each node if this pass is measured, else none. Leaves take no time.
  [[nodiscard]] std::span<const OpCost> costs() const { return costs_; }

  [[nodiscard]] const Arena& values() const { return values_; }

  [[nodiscard]] const Arena& gradients() const { return gradients_; }

 private:
  friend class Variable<T>;
  friend class Gradients<T>;

  template <class Rule>
  static void call(const Gradients<T>& g, const void*) {
    Rule{}(g);
  }

  template <class Rule, class Saved>
  static void call(const Gradients<T>& g, const void* saved) {
    Rule{}(g, *static_cast<const Saved*>(saved));
  }

  template <class Forward>
  Variable<T> push(OpName name,
                   std::span<const Variable<T>> inputs,
                   const Shape& shape,
                   Forward& forward,
                   typename Node<T>::Rule rule,
                   const void* saved,
                   std::size_t saved_bytes) {
    const auto mark = values_.mark();
    const auto index = begin_record(name, inputs, shape, rule);
    try {
      T* const value = values_.template array<T>(shape.size()).data();
      nodes_[index].value = value;
      forward(TensorView<T>(value, shape));
    } catch (...) {
      take_back(index);
      values_.rewind(mark);
      throw;
    }
    return finish_record(index, saved, saved_bytes);
  }

  std::uint32_t begin_record(OpName name,
                             std::span<const Variable<T>> inputs,
                             const Shape& shape,
                             typename Node<T>::Rule rule);
  Variable<T> finish_record(std::uint32_t index, const void* saved, std::size_t saved_bytes);
  void take_back(std::uint32_t first);
  Variable<T> leaf(const char* name, TensorView<const T> value, bool copy, bool requires_grad);
  void note_memory(std::uint32_t index);
  TensorView<T> gradient_slot(std::uint32_t index);
  void clear_gradients();
  void check_parameters(std::uint32_t last) const;
  void run_rules(std::uint32_t last);
  void inspect_begin();
  void inspect_memory(std::uint32_t index);
  void inspect_result(std::uint32_t index);
  void inspect_rule(std::uint32_t index);
  void check_finite_result(const Node<T>& node) const;
  void check_finite_gradients(const Node<T>& node) const;
  [[nodiscard]] const Node<T>& node(const Variable<T>& x) const;
  [[noreturn]] void throw_not_owned(const char* op, const Variable<T>& x) const;

  std::vector<Node<T>> nodes_;
  std::vector<TapeScope> scopes_;
  std::vector<Variable<T>> losses_;
  Arena values_;
  Arena gradients_;
  std::uint32_t pass_;
  bool recording_;
  bool in_backward_ = false;
  bool has_gradients_ = false;  // of an earlier backward of this pass
  TapeOptions options_;
  bool inspects_ = false;  // check_finite or profile, for this pass
  std::vector<OpCost> costs_;
  double op_begin_ = 0.0;         // seconds
  std::size_t noted_memory_ = 0;  // bytes of values in costs_
};

/// What a rule receives: the values and gradients around one op.
template <Real T>
class Gradients {
 public:
  Gradients(Tape<T>& tape, std::uint32_t index) : tape_(tape), index_(index) {}

  /// The op's own result.
  [[nodiscard]] TensorView<const T> value() const { return {node().value, node().shape}; }

  /// The gradient that arrived at the result.
  [[nodiscard]] TensorView<const T> grad() const { return {node().grad, node().shape}; }

  [[nodiscard]] std::size_t num_inputs() const { return node().num_inputs; }

  /// The value of the i-th input.
  [[nodiscard]] TensorView<const T> input(std::size_t i) const {
    const Node<T>& input = tape_.nodes_[node().inputs[i]];
    return {input.value, input.shape};
  }

  /// Where to ADD the i-th input's gradient; empty if that input needs none.
  [[nodiscard]] TensorView<T> of(std::size_t i) const {
    return tape_.gradient_slot(node().inputs[i]);
  }

  /// The same for a rule that reaches every element: what is fresh it overwrites.
  [[nodiscard]] GradientPlace<T> take(std::size_t i) const;

  /// Uninitialised memory until the end of the backward pass.
  template <class U>
  [[nodiscard]] std::span<U> workspace(std::size_t n) const {
    return tape_.gradients_.template array<U>(n);
  }

 private:
  [[nodiscard]] const Node<T>& node() const { return tape_.nodes_[index_]; }

  Tape<T>& tape_;
  std::uint32_t index_;
};

template <Real T>
const Node<T>& Tape<T>::node(const Variable<T>& x) const {
  if (x.pass_ != pass_) [[unlikely]] {
    throw_not_owned("variable", x);
  }
  return nodes_[x.index_];
}

template <Real T>
TensorView<T> Tape<T>::gradient_slot(std::uint32_t index) {
  Node<T>& node = nodes_[index];
  if (!node.requires_grad) {
    return {};
  }
  if (node.grad == nullptr) {
    if (node.parameter != nullptr) {
      node.grad = node.parameter->grad_.data();
      node.parameter->has_grad_ = true;
    } else {
      node.grad = gradients_.array<T>(node.shape.size()).data();
      std::fill_n(node.grad, node.shape.size(), T{0});
    }
  }
  return {node.grad, node.shape};
}

template <Real T>
TensorView<const T> Variable<T>::value() const {
  const Node<T>& node = tape().node(*this);
  return {node.value, node.shape};
}

template <Real T>
Shape Variable<T>::shape() const {
  return tape().node(*this).shape;
}

template <Real T>
TensorView<const T> Variable<T>::grad() const {
  const Node<T>& node = tape().node(*this);
  return {node.grad, node.grad != nullptr ? node.shape : Shape{}};
}

template <Real T>
bool Variable<T>::requires_grad() const {
  return tape().node(*this).requires_grad;
}

/// The sum of a loss and of all penalties that were added in this pass.
/// @throws ShapeError if the loss has more than one element
template <Real T>
[[nodiscard]] Variable<T> total_loss(const Variable<T>& loss);

}  // namespace rondo
