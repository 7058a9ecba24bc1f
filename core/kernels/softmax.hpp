/// Softmax and its relatives over the middle axis of [outer, n, inner].
#pragma once

#include <cstddef>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::kernels {

/// The kernels of this file; the functions below say what each does.
template <class T>
struct SoftmaxTable {
  using Forward = void(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y);
  using Backward =
      void(const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx);

  Forward* softmax;
  Forward* log_softmax;
  Forward* sparsemax;
  Backward* softmax_backward;
  Backward* log_softmax_backward;
  Backward* sparsemax_backward;

  /// As compiled for one instruction set; defined in softmax.cpp.
  template <InstructionSet set>
  static const SoftmaxTable& of() noexcept;
};

// In all functions below every array is [outer, n, inner]. Forward: y is overwritten and may be x.
// Backward: y is the result of the forward function, dx is accumulated and aliases nothing.

/// y_j = exp(x_j - max x) / Σ_k exp(x_k - max x)
template <class T>
void softmax(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<SoftmaxTable<T>>().softmax(x, outer, n, inner, y);
}

/// dx_j += y_j·(dy_j - Σ_k dy_k·y_k)
template <class T>
void softmax_backward(
    const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  chosen<SoftmaxTable<T>>().softmax_backward(y, dy, outer, n, inner, dx);
}

/// y_j = x_j - max x - log Σ_k exp(x_k - max x)
template <class T>
void log_softmax(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<SoftmaxTable<T>>().log_softmax(x, outer, n, inner, y);
}

/// dx_j += dy_j - exp(y_j)·Σ_k dy_k
template <class T>
void log_softmax_backward(
    const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  chosen<SoftmaxTable<T>>().log_softmax_backward(y, dy, outer, n, inner, dx);
}

/// y_j = max(x_j - τ, 0) with τ such that Σ_k y_k = 1: the nearest point of the simplex.
///
/// Martins, Astudillo (2016), From Softmax to Sparsemax, arXiv:1602.02068. τ is found without
/// sorting: the set of positive elements shrinks until it no longer changes (Michelot, 1986).
template <class T>
void sparsemax(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  chosen<SoftmaxTable<T>>().sparsemax(x, outer, n, inner, y);
}

/// dx_j += dy_j - mean of dy over the positive elements, where y_j > 0
template <class T>
void sparsemax_backward(
    const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  chosen<SoftmaxTable<T>>().sparsemax_backward(y, dy, outer, n, inner, dx);
}

}  // namespace rondo::kernels
