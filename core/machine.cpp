#include "rondo/core/machine.hpp"

#include <fmt/format.h>

#include "rondo/core/kernels/blas.hpp"
#include "rondo/core/kernels/dispatch.hpp"

namespace rondo {

std::string machine_name() {
  return fmt::format(
      "OpenBLAS {}, {}", kernels::blas_core_name(), kernels::to_string(kernels::instruction_set()));
}

}  // namespace rondo
