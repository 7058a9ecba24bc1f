/// Dense matrix product over BLAS.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rondo::kernels {

enum class Transpose : std::uint8_t { no, yes };

/// Largest size or leading dimension that `gemm` takes.
std::size_t max_blas_int() noexcept;

/// With several threads OpenBLAS cuts a product otherwise and gives other last digits: results must
/// not depend on the number of threads (D15). OpenBLAS keeps the setting for the whole process.
/// `gemm` calls this itself.
void pin_blas_to_one_thread();

/// Lets OpenBLAS, on its one thread, take the buffer that its products share, unless there is no
/// room.
/// @return whether there was
bool take_blas_buffer();

/// The kernels that OpenBLAS chose for this machine: `Haswell`, `SkylakeX`, ...
const char* blas_core_name();

/// While it lives, this thread alone is inside OpenBLAS, if that is the serial variant: Debian's
/// has no locks of its own, and two products at a time would share a buffer. `gemm` makes one
/// itself.
class BlasCall {
 public:
  BlasCall();
  BlasCall(const BlasCall&) = delete;
  BlasCall& operator=(const BlasCall&) = delete;
  ~BlasCall();
};

/// c = alpha·op(a)·op(b) + beta·c, row-major.
///
/// op(a): [m, k], so a is [m, k], or [k, m] if `transpose_a`; op(b): [k, n] likewise; c: [m, n].
/// ld*: elements from one stored row to the next, at least the row's length, at most
/// max_blas_int(). c is overwritten if beta is 0 (even NaN), otherwise accumulated; it must not
/// overlap a or b.
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
          std::size_t ldc);

}  // namespace rondo::kernels
