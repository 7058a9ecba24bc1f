/// Reductions over the middle axis of [outer, n, inner], and dot products.
#pragma once

#include <cstddef>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::kernels {

/// The kernels of this file; the functions below say what each does.
template <class T>
struct ReduceTable {
  using Reduction = void(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y);

  Reduction* sum;
  Reduction* sum_into;
  Reduction* maximum;
  Reduction* minimum;
  void (*sum_backward)(
      const T* dy, T factor, std::size_t outer, std::size_t n, std::size_t inner, T* dx);
  void (*extremum_backward)(const T* x,
                            const T* y,
                            const T* dy,
                            std::size_t outer,
                            std::size_t n,
                            std::size_t inner,
                            T* dx);
  T (*dot)(const T* a, const T* b, std::size_t n);
  double (*sum_of_squares)(const T* x, std::size_t n);

  /// As compiled for one instruction set; defined in reduce.cpp.
  template <InstructionSet set>
  static const ReduceTable& of() noexcept;
};

/// y[o, i] = Σ_j x[o, j, i]; x: [outer, n, inner], y: [outer, inner], overwritten, no aliasing.
template <class T>
void sum(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<ReduceTable<T>>().sum(x, outer, n, inner, y);
}

/// As `sum`, but y is accumulated. With outer = 1 it adds up rows: the gradient of a bias.
template <class T>
void sum_into(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<ReduceTable<T>>().sum_into(x, outer, n, inner, y);
}

/// dx[o, j, i] += factor·dy[o, i]; dy: [outer, inner], dx: [outer, n, inner], accumulated, no
/// aliasing. The rule of a sum (factor 1) and of a mean (factor 1/n).
template <class T>
void sum_backward(
    const T* dy, T factor, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  chosen<ReduceTable<T>>().sum_backward(dy, factor, outer, n, inner, dx);
}

/// y[o, i] = max_j x[o, j, i], NaN if any is; -inf if n is 0. Shapes and aliasing as `sum`.
template <class T>
void maximum(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<ReduceTable<T>>().maximum(x, outer, n, inner, y);
}

/// y[o, i] = min_j x[o, j, i], NaN if any is; +inf if n is 0. Shapes and aliasing as `sum`.
template <class T>
void minimum(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<ReduceTable<T>>().minimum(x, outer, n, inner, y);
}

/// Adds dy[o, i] to dx at the elements equal to the extremum y[o, i], in equal shares if several
/// are. x, dx: [outer, n, inner], y, dy: [outer, inner]; dx accumulated, no aliasing with dx.
template <class T>
void extremum_backward(const T* x,
                       const T* y,
                       const T* dy,
                       std::size_t outer,
                       std::size_t n,
                       std::size_t inner,
                       T* dx) {
  chosen<ReduceTable<T>>().extremum_backward(x, y, dy, outer, n, inner, dx);
}

/// Σ a[i]·b[i], accumulated in double; a, b: [n], may alias.
template <class T>
T dot(const T* a, const T* b, std::size_t n) {
  return chosen<ReduceTable<T>>().dot(a, b, n);
}

/// Σ x[i]², accumulated in double; x: [n].
template <class T>
double sum_of_squares(const T* x, std::size_t n) {
  return chosen<ReduceTable<T>>().sum_of_squares(x, n);
}

}  // namespace rondo::kernels
