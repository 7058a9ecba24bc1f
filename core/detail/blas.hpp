/// OpenBLAS as the library uses it. For the sources of this project.
#pragma once

namespace rondo::detail {

/// Comes before the first product of whatever multiplies: OpenBLAS gets its one thread and takes
/// its buffer. Left to itself it takes the buffer in the first product and, if there is no room,
/// asks for it again without end.
/// @throws StateError if the buffer does not fit the process' address space; a later call asks
/// again
void prepare_blas();

}  // namespace rondo::detail
