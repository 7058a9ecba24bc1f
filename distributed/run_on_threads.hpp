/// Ranks as threads of one process: for tests, and to try what a job on several machines will do.
#pragma once

#include <cstddef>
#include <functional>

#include "rondo/distributed/communicator.hpp"

namespace rondo {

/// Calls `work` once for each rank, each in a thread of its own, and returns when all have returned.
/// Sums are those of as many processes, bit by bit. Each rank needs a model of its own.
///
/// If one throws, all others are ended: those that wait for it throw as well.
///
/// @param work  called by several threads at the same time
/// @throws ArgumentError  for 0 ranks
/// @throws StateError     `rank 2 of 4: …`, the first that failed; if all ranks have failed in the
///                        same way, what they have thrown
void run_on_threads(std::size_t ranks, const std::function<void(Communicator&)>& work);

}  // namespace rondo
