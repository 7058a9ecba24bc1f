/// Ranks as processes that an MPI launcher has started, on one machine or on many: the library
/// rondo::mpi, which exists where CMake has found an MPI.
#pragma once

#include <functional>
#include <string>

#include "rondo/distributed/communicator.hpp"

namespace rondo {

struct MpiOptions {
  /// Gets the error that ends the job, on the rank that tells it; none: a line on stderr.
  std::function<void(const std::string&)> report = {};
};

/// Begins MPI, calls `work` with this process' rank, and ends MPI; once in a process:
///
///   int main() {
///     return run_on_mpi([](Communicator& ranks) { …; return 0; });
///   }
///
/// `mpirun -n 4 program` starts it four times. Processes of one machine share its processors: each has
/// so many threads, unless `RONDO_NUM_THREADS` or `set_num_threads` says otherwise. If `work` throws on a rank, that is reported once,
/// `rank 2 of 4: …`, and the job ends on all ranks with status 2, whatever they wait for.
///
/// @param work  returns the exit status
/// @throws StateError if MPI was begun before, or knows of fewer ranks than the launcher has started
[[nodiscard]] int run_on_mpi(const std::function<int(Communicator&)>& work,
                             const MpiOptions& options = {});

}  // namespace rondo
