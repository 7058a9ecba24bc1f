/// Whether a launcher of parallel jobs has started this process.
#pragma once

#include <cstddef>
#include <optional>

namespace rondo {

/// How many processes `mpirun` (Open MPI, MPICH, Intel MPI) or `srun` (Slurm) has started, by the
/// variables that they set; nothing if none of them has started this one.
[[nodiscard]] std::optional<std::size_t> launched_ranks();

}  // namespace rondo
