#include "rondo/core/kernels/blas.hpp"

#include <mutex>
#include <sys/mman.h>

#include <cblas.h>

namespace rondo::kernels {

namespace {

std::mutex blas_mutex;

bool is_serial() {
  static const bool serial = openblas_get_parallel() == OPENBLAS_SEQUENTIAL;
  return serial;
}

/// With several threads OpenBLAS cuts its work otherwise and gives other last digits: results must
/// not depend on the number of threads (D15). OpenBLAS keeps the setting for the whole process.
void pin_to_one_thread() {
  [[maybe_unused]] static const bool pinned = (openblas_set_num_threads(1), true);
}

}  // namespace

const char* blas_core_name() {
  return openblas_get_corename();
}

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
  pin_to_one_thread();
  const BlasCall alone;
  const float one = 1.0F;
  float square = 0.0F;  // the smallest product of all that use the buffer
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasNoTrans, 1, 1, 1.0F, &one, 1, 0.0F, &square, 1);
  return true;
}

}  // namespace rondo::kernels
