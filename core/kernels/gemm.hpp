/// Dense matrix products of any size (D94).
#pragma once

#include <cstddef>
#include <cstdint>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::kernels {

enum class Transpose : std::uint8_t { no, yes };

/// A factor, stored by rows; ld: elements from one stored row to the next, at least a row's length.
template <class T>
struct Factor {
  Transpose transpose;
  const T* data;
  std::size_t ld;
};

/// c = alpha·op(a)·op(b) + beta·c
template <class T>
struct Gemm {
  std::size_t m;
  std::size_t n;
  std::size_t k;
  T alpha;
  Factor<T> a;
  Factor<T> b;
  T beta;
  T* c;
  std::size_t ldc;
};

template <class T>
struct GemmTable {
  void (*gemm)(const Gemm<T>& call);

  template <InstructionSet set>
  static const GemmTable& of() noexcept;
};

/// c = alpha·op(a)·op(b) + beta·c, row-major.
///
/// op(a): [m, k], so a is [m, k], or [k, m] if `transpose_a`; op(b): [k, n] likewise; c: [m, n].
/// c is overwritten if beta is 0 (even NaN), otherwise accumulated; it must not overlap a or b. The
/// order of each sum depends on the sizes and the transposes alone.
template <class T>
void gemm(Transpose transpose_a,
          Transpose transpose_b,
          std::size_t m,
          std::size_t n,
          std::size_t k,
          T alpha,
          const T* a,
          std::size_t lda,
          const T* b,
          std::size_t ldb,
          T beta,
          T* c,
          std::size_t ldc) {
  chosen<GemmTable<T>>().gemm(
      {m, n, k, alpha, {transpose_a, a, lda}, {transpose_b, b, ldb}, beta, c, ldc});
}

}  // namespace rondo::kernels
