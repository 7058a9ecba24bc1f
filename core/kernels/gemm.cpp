#include "rondo/core/kernels/gemm.hpp"

#include <limits>
#include <mutex>
#include <sys/mman.h>

#include <cblas.h>

namespace rondo::kernels {

namespace {

template <class T>
struct Blas;

template <>
struct Blas<float> {
  static constexpr auto gemm = cblas_sgemm;
  static constexpr auto gemv = cblas_sgemv;
};

template <>
struct Blas<double> {
  static constexpr auto gemm = cblas_dgemm;
  static constexpr auto gemv = cblas_dgemv;
};

blasint to_blas(std::size_t size) {
  return static_cast<blasint>(size);
}

CBLAS_TRANSPOSE to_blas(Transpose transpose) {
  return transpose == Transpose::yes ? CblasTrans : CblasNoTrans;
}

/// c = beta·c for a matrix [m, n]; overwrites even NaN if beta is 0.
template <class T>
void scale(std::size_t m, std::size_t n, T beta, T* c, std::size_t ldc) {
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      c[i * ldc + j] = beta == T{0} ? T{0} : beta * c[i * ldc + j];
    }
  }
}

/// y += alpha·op(a)·x with op(a): [m, k], the elements of x and y a stride apart.
template <class T>
void gemv(Transpose transpose,
          std::size_t m,
          std::size_t k,
          T alpha,
          const T* a,
          std::size_t lda,
          const T* x,
          std::size_t stride_x,
          T* y,
          std::size_t stride_y) {
  const bool flip = transpose == Transpose::yes;
  Blas<T>::gemv(CblasRowMajor,
                to_blas(transpose),
                to_blas(flip ? k : m),
                to_blas(flip ? m : k),
                alpha,
                a,
                to_blas(lda),
                x,
                to_blas(stride_x),
                T{1},
                y,
                to_blas(stride_y));
}

Transpose opposite(Transpose transpose) {
  return transpose == Transpose::yes ? Transpose::no : Transpose::yes;
}

}  // namespace

std::size_t max_blas_int() noexcept {
  return static_cast<std::size_t>(std::numeric_limits<blasint>::max());
}

const char* blas_core_name() {
  return openblas_get_corename();
}

void pin_blas_to_one_thread() {
  [[maybe_unused]] static const bool pinned = (openblas_set_num_threads(1), true);
}

namespace {

std::mutex blas_mutex;

bool is_serial() {
  static const bool serial = openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
  return serial;
}

}  // namespace

BlasCall::BlasCall() {
  if (is_serial()) {
    blas_mutex.lock();
  }
}

BlasCall::~BlasCall() {
  if (is_serial()) {
    blas_mutex.unlock();
  }
}

bool take_blas_buffer() {
  constexpr std::size_t size = std::size_t{128} << 20;  // the most that a processor's buffer takes
  void* const room =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) {
    return false;
  }
  munmap(room, size);
  pin_blas_to_one_thread();
  const BlasCall alone;
  const float one = 1.0F;
  float square = 0.0F;  // the smallest product of all that use the buffer
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasNoTrans, 1, 1, 1.0F, &one, 1, 0.0F, &square, 1);
  return true;
}

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
  const bool is_vector = m == 1 || n == 1;  // gemv is up to 5 times as fast there
  if (k == 0 || is_vector) {
    scale(m, n, beta, c, ldc);
  }
  if (m == 0 || n == 0 || k == 0) {
    return;
  }
  pin_blas_to_one_thread();
  const BlasCall alone;
  if (m == 1) {
    const std::size_t stride_a = transpose_a == Transpose::yes ? lda : 1;
    gemv(opposite(transpose_b), n, k, alpha, b, ldb, a, stride_a, c, 1);
  } else if (n == 1) {
    const std::size_t stride_b = transpose_b == Transpose::yes ? 1 : ldb;
    gemv(transpose_a, m, k, alpha, a, lda, b, stride_b, c, ldc);
  } else {
    Blas<T>::gemm(CblasRowMajor,
                  to_blas(transpose_a),
                  to_blas(transpose_b),
                  to_blas(m),
                  to_blas(n),
                  to_blas(k),
                  alpha,
                  a,
                  to_blas(lda),
                  b,
                  to_blas(ldb),
                  beta,
                  c,
                  to_blas(ldc));
  }
}

template void gemm(Transpose,
                   Transpose,
                   std::size_t,
                   std::size_t,
                   std::size_t,
                   float,
                   const float*,
                   std::size_t,
                   const float*,
                   std::size_t,
                   float,
                   float*,
                   std::size_t);
template void gemm(Transpose,
                   Transpose,
                   std::size_t,
                   std::size_t,
                   std::size_t,
                   double,
                   const double*,
                   std::size_t,
                   const double*,
                   std::size_t,
                   double,
                   double*,
                   std::size_t);

}  // namespace rondo::kernels
