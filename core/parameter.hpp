/// A trainable tensor that outlives the tape (D5): a layer owns it at a fixed address, the tape
/// aliases its value and its gradient, an optimizer changes it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "rondo/core/tensor.hpp"

namespace rondo {

template <Real T>
class Tape;

template <Real T>
class Parameter {
 public:
  /// @param path  unique within a model, `gru/gru_cell/kernel`
  Parameter(std::string path, Tensor<T> value);
  Parameter(const Parameter&) = delete;
  Parameter& operator=(const Parameter&) = delete;
  ~Parameter() = default;

  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] const Shape& shape() const { return shape_; }

  [[nodiscard]] TensorView<const T> value() const { return {value_.data(), shape_}; }

  /// Copies new values in; a pass recorded before can no longer run backward.
  /// @throws ShapeError if the shape differs
  void assign(TensorView<const T> value);

  /// For optimizers: the value to be changed in place; counts as a change at once.
  [[nodiscard]] TensorView<T> mutable_value() {
    ++version_;
    return {value_.data(), shape_};
  }

  /// Sum of the gradients of all backward passes since `zero_grad`; zeros if there were none.
  [[nodiscard]] TensorView<T> grad() { return {grad_.data(), shape_}; }

  [[nodiscard]] TensorView<const T> grad() const { return {grad_.data(), shape_}; }

  /// Whether a backward pass has reached this parameter since `zero_grad`.
  [[nodiscard]] bool has_grad() const { return has_grad_; }

  void zero_grad();

  /// Grows with every change of the value.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  /// A parameter that is not trainable takes part in the forward pass only.
  bool trainable = true;

  /// Projects the value in place after an optimizer's step; empty if there is none.
  std::function<void(TensorView<T>)> constraint = {};

 private:
  friend class Tape<T>;

  std::string path_;
  Tensor<T> value_;
  Tensor<T> grad_;
  Shape shape_;
  bool has_grad_ = false;
  std::uint32_t leaf_ = 0;  // where the tape that used it last may have its leaf
  std::uint64_t version_ = 0;
};

}  // namespace rondo
