#include "rondo/core/detail/blas.hpp"

#include "rondo/core/error.hpp"
#include "rondo/core/kernels/blas.hpp"

namespace rondo::detail {

void prepare_blas() {
  [[maybe_unused]] static const bool prepared = [] {
    if (!kernels::take_blas_buffer()) {
      throw_state_error(
          "blas",
          "OpenBLAS needs 128 MiB of address space for its buffer, and this process "
          "has less left: raise its limit (ulimit -v, or what the batch system sets)");
    }
    return true;
  }();
}

}  // namespace rondo::detail
