/// The bridge to xtensor: makes `Tensor::array()`, `TensorView::array()` and the constructor from
/// an expression usable, with xtensor's builders, functions and views. The only file that knows
/// where xtensor's headers are, which differs between its versions (D49).
///
/// In C++20 mode with GCC 12 `xt::evaluation_strategy::immediate` crashes: use lazy reducers (D8).
#pragma once

#include <cstddef>
#include <new>

#if __has_include(<xtensor/containers/xarray.hpp>)  // since xtensor 0.26
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/generators/xbuilder.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>
#endif

#include "rondo/core/error.hpp"
#include "rondo/core/tensor.hpp"

namespace rondo::detail {

/// Pinned, because xtensor's own default changes with the SIMD flags of the including file.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  AlignedAllocator() = default;

  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}  // NOLINT: required of allocators

  template <class U>
  struct rebind {
    using other = AlignedAllocator<U>;
  };

  T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    return static_cast<T*>(::operator new(n * sizeof(T), alignment));
  }

  void deallocate(T* data, std::size_t) { ::operator delete(data, alignment); }

  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

inline Shape shape_of(const auto& dims) {
  if (dims.size() > Shape::max_rank) {
    throw_shape_error("tensor", "an xtensor expression of rank above 4 was given");
  }
  Shape shape;
  for (const auto dim : dims) {
    shape.append(static_cast<std::size_t>(dim));
  }
  return shape;
}

template <class T>
struct TensorStorage {
  using Array =
      xt::xarray_container<xt::uvector<T, AlignedAllocator<T>>, xt::layout_type::row_major>;
  Array array;
};

template <class T>
struct StorageFrom {
  template <class E>
  static auto make(const E& expression) {
    shape_of(expression.shape());
    auto storage = std::make_unique<TensorStorage<T>>();
    storage->array = expression;
    return storage;
  }
};

template <class T>
struct ViewAdaptor {
  static auto make(T* data, const Shape& shape) {
    const std::vector<std::size_t> dims(shape.begin(), shape.end());
    return xt::adapt(data, shape.size(), xt::no_ownership(), dims);
  }
};

}  // namespace rondo::detail
