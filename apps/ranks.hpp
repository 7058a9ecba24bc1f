/// The program as one of several processes that a launcher of parallel jobs has started.
#pragma once

#include <functional>

#include "rondo/distributed/communicator.hpp"

namespace rondo::apps {

/// Does the work as a rank of the job that `mpirun` or `srun` has begun, or alone. Ranks behind the
/// first print nothing but their errors.
/// @param work  gets the other ranks, null if the process was started alone; returns the exit status
/// @throws StateError if there are other processes and rondo was built without MPI
[[nodiscard]] int on_ranks(const std::function<int(Communicator*)>& work);

}  // namespace rondo::apps
