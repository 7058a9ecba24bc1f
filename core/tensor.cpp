#include "rondo/core/tensor.hpp"

#include <algorithm>
#include <new>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/xtensor.hpp"

namespace rondo {

namespace {

template <class T>
std::unique_ptr<detail::TensorStorage<T>> make_storage(const Shape& shape) {
  try {
    auto storage = std::make_unique<detail::TensorStorage<T>>();
    storage->array.resize(std::vector<std::size_t>(shape.begin(), shape.end()));
    return storage;
  } catch (const std::bad_alloc&) {
    throw_argument_error("tensor",
                         fmt::format("there is no memory for shape {}", to_string(shape)));
  }
}

constexpr std::size_t max_printed = 8;  // entries of an axis, before and after the dots

template <class T>
void print(std::string& out, const T* data, const Shape& shape, std::size_t axis) {
  if (axis == shape.rank()) {
    out += fmt::format("{}", *data);
    return;
  }
  const std::size_t n = shape[axis];
  const std::size_t stride = shape.product(axis + 1, shape.rank());
  const bool rows = axis + 1 < shape.rank();
  const std::string separator = rows ? ",\n" + std::string(axis + 1, ' ') : ", ";
  out += '[';
  for (std::size_t i = 0; i < n; ++i) {
    if (n > 2 * max_printed && i == max_printed) {
      out += separator + "...";
      i = n - max_printed;
    }
    if (i > 0) {
      out += separator;
    }
    print(out, data + i * stride, shape, axis + 1);
  }
  out += ']';
}

}  // namespace

template <Element T>
Tensor<T>::Tensor() : Tensor(Shape{0}) {}

template <Element T>
Tensor<T>::Tensor(const Shape& shape) : storage_(make_storage<T>(shape)) {}

template <Element T>
Tensor<T>::Tensor(const Tensor& other)
    : storage_(other.storage_ ? std::make_unique<detail::TensorStorage<T>>(*other.storage_)
                              : nullptr) {}

template <Element T>
Tensor<T>::Tensor(Tensor&& other) noexcept = default;

template <Element T>
Tensor<T>& Tensor<T>::operator=(const Tensor& other) {
  return *this = Tensor(other);
}

template <Element T>
Tensor<T>& Tensor<T>::operator=(Tensor&& other) noexcept = default;

template <Element T>
Tensor<T>::~Tensor() = default;

template <Element T>
Tensor<T> Tensor<T>::full(const Shape& shape, T value) {
  Tensor result(shape);
  std::fill_n(result.data(), shape.size(), value);
  return result;
}

template <Element T>
Tensor<T> Tensor<T>::from_values(const Shape& shape, std::span<const T> values) {
  if (values.size() != shape.size()) {
    throw_shape_error("tensor",
                      fmt::format("{} values do not fill the shape", values.size()),
                      {{"shape", shape}});
  }
  Tensor result(shape);
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

template <Element T>
Shape Tensor<T>::shape() const {
  return storage_ ? detail::shape_of(storage_->array.shape()) : Shape{0};
}

template <Element T>
T* Tensor<T>::data() {
  return storage_ ? storage_->array.data() : nullptr;
}

template <Element T>
const T* Tensor<T>::data() const {
  return storage_ ? storage_->array.data() : nullptr;
}

template <Element T>
std::string to_string(TensorView<const T> view) {
  std::string out;
  print(out, view.data(), view.shape(), 0);
  return out;
}

#define RONDO_INSTANTIATE(T) \
  template class Tensor<T>;  \
  template std::string to_string<T>(TensorView<const T>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
RONDO_INSTANTIATE(bool)
#undef RONDO_INSTANTIATE

}  // namespace rondo
