#include <fmt/format.h>

#include "rondo/apps/ranks.hpp"
#include "rondo/core/error.hpp"
#include "rondo/distributed/launcher.hpp"

namespace rondo::apps {

int on_ranks(const std::function<int(Communicator*)>& work) {
  if (const auto ranks = launched_ranks(); ranks && *ranks > 1) {
    throw_state_error("rondo",
                      fmt::format("was started as {} processes, and built without MPI: run "
                                  "scripts/install_dependencies.sh --mpi and build again, or start "
                                  "it once",
                                  *ranks));
  }
  return work(nullptr);
}

}  // namespace rondo::apps
