/// Takes Ctrl-C (SIGINT) as a request instead of an end; for the sources of this folder.
#pragma once

#include <signal.h>

namespace rondo::detail {

/// While it lives, the first SIGINT is noted and gives back the previous handler, so that a second
/// one has its usual effect. A signal handler can reach nothing but globals: there is one note for
/// the process, and one guard at a time.
class InterruptGuard {
 public:
  /// @throws StateError if there is another guard
  InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();

  [[nodiscard]] static bool interrupted();
};

}  // namespace rondo::detail
