/// OpenBLAS, which does the linear algebra of initializers: QR. Products are rondo's own (gemm.hpp).
#pragma once

#include <cstddef>

namespace rondo::kernels {

/// Lets OpenBLAS, on its one thread, take the buffer that its products share, unless there is no
/// room.
/// @return whether there was
bool take_blas_buffer();

/// The kernels that OpenBLAS chose for this machine: `Haswell`, `SkylakeX`, ...
const char* blas_core_name();

/// While it lives, this thread alone is inside OpenBLAS, if that is the serial variant: Debian's
/// has no locks of its own, and two calls at a time would share a buffer.
class BlasCall {
 public:
  BlasCall();
  BlasCall(const BlasCall&) = delete;
  BlasCall& operator=(const BlasCall&) = delete;
  ~BlasCall();
};

}  // namespace rondo::kernels
