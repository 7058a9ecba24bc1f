/// A handle on a value that a tape recorded (D4): 16 bytes, copy it freely. It is valid until the
/// tape is reset; a later use throws StateError.
#pragma once

#include <cstdint>
#include <type_traits>

#include "rondo/core/tensor.hpp"

namespace rondo {

template <Real T>
class Tape;

template <Real T>
class Variable {
 public:
  using value_type = T;

  Variable() = default;

  /// @throws StateError if this handle was never assigned
  [[nodiscard]] Tape<T>& tape() const {
    if (tape_ == nullptr) {
      throw_empty();
    }
    return *tape_;
  }

  [[nodiscard]] TensorView<const T> value() const;

  /// A copy, because a node moves when the list of nodes grows: `f(g(x), x.shape())` is safe.
  [[nodiscard]] Shape shape() const;

  /// The only element of a variable of size 1. @throws ShapeError otherwise
  [[nodiscard]] T item() const;

  /// dL/dx of the last `backward`; the empty view if none arrived.
  [[nodiscard]] TensorView<const T> grad() const;

  [[nodiscard]] bool requires_grad() const;

  /// True for a handle that was assigned; says nothing about whether the tape was reset.
  explicit operator bool() const { return tape_ != nullptr; }

 private:
  friend class Tape<T>;

  Variable(Tape<T>* tape, std::uint32_t index, std::uint32_t pass)
      : tape_(tape), index_(index), pass_(pass) {}

  [[noreturn]] static void throw_empty();

  Tape<T>* tape_ = nullptr;
  std::uint32_t index_ = 0;
  std::uint32_t pass_ = 0;
};

static_assert(sizeof(Variable<float>) == 16 && std::is_trivially_copyable_v<Variable<float>>);

}  // namespace rondo
