#include <cstdio>

#include "rondo/apps/notice.hpp"
#include "rondo/apps/ranks.hpp"
#include "rondo/core/error.hpp"
#include "rondo/distributed/launcher.hpp"
#include "rondo/distributed/run_on_mpi.hpp"

namespace rondo::apps {

int on_ranks(const std::function<int(Communicator*)>& work) {
  if (!launched_ranks()) {
    return work(nullptr);
  }
  const auto report = [](const std::string& error) {
    silent = false;
    notice("{}", error);
  };
  return run_on_mpi(
      [&](Communicator& ranks) {
        if (!ranks.is_first()) {
          silent = true;
          if (std::freopen("/dev/null", "w", stdout) == nullptr) {
            throw_format_error("rondo", "/dev/null cannot be opened");
          }
        }
        return work(&ranks);
      },
      {.report = report});
}

}  // namespace rondo::apps
