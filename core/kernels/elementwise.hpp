/// Element-wise kernels: any formula of formulas.hpp over arrays, forward and backward.
#pragma once

#include <cstddef>
#include <tuple>

#include "rondo/core/kernels/dispatch.hpp"
#include "rondo/core/kernels/formulas.hpp"

namespace rondo::kernels {

template <class F, class T>
struct UnaryKernels {
  void (*forward)(const F& f, const T* x, T* y, std::size_t n);
  void (*backward)(const F& f, const T* x, const T* y, const T* dy, T* dx, std::size_t n);
};

template <class F, class T>
struct BinaryKernels {
  using Backward = void(const F& f,
                        const T* a,
                        std::size_t stride_a,
                        const T* b,
                        std::size_t stride_b,
                        const T* y,
                        const T* dy,
                        T* dx,
                        std::size_t n);

  void (*forward)(const F& f,
                  const T* a,
                  std::size_t stride_a,
                  const T* b,
                  std::size_t stride_b,
                  T* y,
                  std::size_t n);
  Backward* backward_left;
  Backward* backward_right;
};

template <class T>
struct UpdateKernels {
  void (*add_into)(const T* x, T* y, std::size_t n);
  void (*axpy)(T alpha, const T* x, T* y, std::size_t n);
  void (*multiply_add)(const T* a, const T* b, T* y, std::size_t n);
};

template <class T, class Formulas>
struct UnaryTable;

template <class T, class... F>
struct UnaryTable<T, std::tuple<F...>> : UnaryKernels<F, T>... {};

template <class T, class Formulas>
struct BinaryTable;

template <class T, class... F>
struct BinaryTable<T, std::tuple<F...>> : BinaryKernels<F, T>... {};

/// Every kernel of this file for one element type; a formula's kernels are found by its type.
template <class T>
struct ElementwiseTable : UnaryTable<T, UnaryFormulas>,
                          BinaryTable<T, BinaryFormulas>,
                          UpdateKernels<T> {
  /// As compiled for one instruction set; defined in elementwise.cpp.
  template <InstructionSet set>
  static const ElementwiseTable& of() noexcept;
};

/// y[i] = f(x[i]); x: [n], y: [n], overwritten, may be x.
template <class F, class T>
void unary(const F& f, const T* x, T* y, std::size_t n) {
  const UnaryKernels<F, T>& kernels = chosen<ElementwiseTable<T>>();
  kernels.forward(f, x, y, n);
}

/// dx[i] += dy[i]·f'(x[i]); x, y = f(x), dy, dx: [n], dx accumulated, no aliasing with dx.
template <class F, class T>
void unary_backward(const F& f, const T* x, const T* y, const T* dy, T* dx, std::size_t n) {
  const UnaryKernels<F, T>& kernels = chosen<ElementwiseTable<T>>();
  kernels.backward(f, x, y, dy, dx, n);
}

/// y[i] = f(a[i·stride_a], b[i·stride_b]); a stride is 1, or 0 for one value used n times.
/// y: [n], overwritten, may be an operand of stride 1.
template <class F, class T>
void binary(const F& f,
            const T* a,
            std::size_t stride_a,
            const T* b,
            std::size_t stride_b,
            T* y,
            std::size_t n) {
  const BinaryKernels<F, T>& kernels = chosen<ElementwiseTable<T>>();
  kernels.forward(f, a, stride_a, b, stride_b, y, n);
}

/// da[i] += dy[i]·∂f/∂a, with the operands and the result y: [n] of `binary`; if stride_a is 0, the
/// sum over i is added to da[0]. da accumulated, no aliasing with da.
template <class F, class T>
void binary_backward_left(const F& f,
                          const T* a,
                          std::size_t stride_a,
                          const T* b,
                          std::size_t stride_b,
                          const T* y,
                          const T* dy,
                          T* da,
                          std::size_t n) {
  const BinaryKernels<F, T>& kernels = chosen<ElementwiseTable<T>>();
  kernels.backward_left(f, a, stride_a, b, stride_b, y, dy, da, n);
}

/// db[i] += dy[i]·∂f/∂b, otherwise as `binary_backward_left`.
template <class F, class T>
void binary_backward_right(const F& f,
                           const T* a,
                           std::size_t stride_a,
                           const T* b,
                           std::size_t stride_b,
                           const T* y,
                           const T* dy,
                           T* db,
                           std::size_t n) {
  const BinaryKernels<F, T>& kernels = chosen<ElementwiseTable<T>>();
  kernels.backward_right(f, a, stride_a, b, stride_b, y, dy, db, n);
}

/// y[i] += x[i]; x, y: [n], y accumulated, may be x.
template <class T>
void add_into(const T* x, T* y, std::size_t n) {
  chosen<ElementwiseTable<T>>().add_into(x, y, n);
}

/// y[i] += alpha·x[i]; x, y: [n], y accumulated, may be x.
template <class T>
void axpy(T alpha, const T* x, T* y, std::size_t n) {
  chosen<ElementwiseTable<T>>().axpy(alpha, x, y, n);
}

/// y[i] += a[i]·b[i]; a, b, y: [n], y accumulated, may be a or b.
template <class T>
void multiply_add(const T* a, const T* b, T* y, std::size_t n) {
  chosen<ElementwiseTable<T>>().multiply_add(a, b, y, n);
}

}  // namespace rondo::kernels
