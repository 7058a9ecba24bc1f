/// `Tensor` owns values in an xtensor container; `TensorView` points at values that somebody else
/// owns (D8). Both are contiguous and row-major. Include core/xtensor.hpp to use `.array()`.
#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "rondo/core/real.hpp"
#include "rondo/core/shape.hpp"

namespace xt {
template <class D>
class xexpression;
}

namespace rondo {

namespace detail {
// All three are completed by core/xtensor.hpp: xtensor costs a second of compile time per file.
template <class T>
struct TensorStorage;
template <class T>
struct ViewAdaptor;
template <class T>
struct StorageFrom;
}  // namespace detail

/// Tensors and views of numbers.
template <class X>
concept NumberTensor = requires(const X& x) {
  { x.data() } -> std::convertible_to<const void*>;
  requires Real<std::remove_cvref_t<decltype(*x.data())>>;
  { x.shape() } -> std::same_as<Shape>;
};

template <class T>
class TensorView {
 public:
  TensorView() = default;

  TensorView(T* data, const Shape& shape) : data_(data), shape_(shape) {}

  /// A view of values is also a view of constant values.
  template <class U>

  requires(std::is_same_v<const U, T>)
      TensorView(const TensorView<U>& other)  // NOLINT: implicit on purpose, like T* to const T*
      : data_(other.data()), shape_(other.shape()) {}

  template <NumberTensor Numbers>

  requires(std::is_same_v<T, const bool>)
      TensorView(const Numbers&) {  // NOLINT: catches what would be a long error
    static_assert(!NumberTensor<Numbers>,
                  "a mask is a Tensor<bool>, true where a step is valid: not a tensor of numbers");
  }

  /// False for the empty view, which means "none".
  explicit operator bool() const { return data_ != nullptr; }

  [[nodiscard]] T* data() const { return data_; }

  /// A copy, so that the shape of a temporary view can be kept.
  [[nodiscard]] Shape shape() const { return shape_; }

  [[nodiscard]] std::size_t size() const { return shape_.size(); }

  [[nodiscard]] std::span<T> span() const { return {data_, shape_.size()}; }

  [[nodiscard]] T* begin() const { return data_; }

  [[nodiscard]] T* end() const { return data_ + shape_.size(); }

  T& operator[](std::size_t i) const { return data_[i]; }

  /// An xtensor adaptor on the same memory, without a copy.
  template <class Adaptor = detail::ViewAdaptor<T>>
  [[nodiscard]] auto array() const {
    return Adaptor::make(data_, shape_);
  }

 private:
  T* data_ = nullptr;
  Shape shape_;
};

/// Values on the heap, 64-byte aligned; copies are deep. A default-made tensor is empty (rank 1,
/// size 0).
template <Element T>
class Tensor {
 public:
  Tensor();

  /// Values are not initialised.
  /// @throws ArgumentError here and below if there is no memory for them
  explicit Tensor(const Shape& shape);

  /// Evaluates any xtensor expression; needs core/xtensor.hpp.
  /// @throws ShapeError if its rank is above 4
  template <class E>
  explicit Tensor(const xt::xexpression<E>& values)
      : storage_(detail::StorageFrom<T>::make(values.derived_cast())) {}

  Tensor(const Tensor& other);
  Tensor(Tensor&& other) noexcept;
  Tensor& operator=(const Tensor& other);
  Tensor& operator=(Tensor&& other) noexcept;
  ~Tensor();

  [[nodiscard]] static Tensor zeros(const Shape& shape) { return full(shape, T{}); }

  [[nodiscard]] static Tensor full(const Shape& shape, T value);

  /// @throws ShapeError if the number of values is not shape.size()
  [[nodiscard]] static Tensor from_values(const Shape& shape, std::span<const T> values);

  [[nodiscard]] static Tensor from_values(const Shape& shape, std::initializer_list<T> values) {
    return from_values(shape, std::span<const T>(values.begin(), values.size()));
  }

  [[nodiscard]] static Tensor copy_of(TensorView<const T> view) {
    return from_values(view.shape(), view.span());
  }

  [[nodiscard]] Shape shape() const;

  [[nodiscard]] std::size_t size() const { return shape().size(); }

  [[nodiscard]] T* data();
  [[nodiscard]] const T* data() const;

  [[nodiscard]] TensorView<T> view() { return {data(), shape()}; }

  [[nodiscard]] TensorView<const T> view() const { return {data(), shape()}; }

  operator TensorView<const T>() const { return view(); }  // NOLINT: a tensor can be read anywhere

  /// The xtensor container itself: fill, slice, reshape, print or save it with all of xtensor.
  template <class Storage = detail::TensorStorage<T>>
  [[nodiscard]] auto& array() {
    return static_cast<Storage&>(*storage_).array;
  }

  template <class Storage = detail::TensorStorage<T>>
  [[nodiscard]] const auto& array() const {
    return static_cast<const Storage&>(*storage_).array;
  }

 private:
  std::unique_ptr<detail::TensorStorage<T>> storage_;
};

/// Values with their shape, rows of the last axis on lines of their own; long axes are shortened.
template <Element T>
[[nodiscard]] std::string to_string(TensorView<const T> view);

template <Element T>
[[nodiscard]] std::string to_string(const Tensor<T>& tensor) {
  return to_string(tensor.view());
}

}  // namespace rondo
