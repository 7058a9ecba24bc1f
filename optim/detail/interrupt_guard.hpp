/// Takes Ctrl-C (SIGINT), SIGTERM and SIGHUP as a request instead of an end; for the sources of
/// this folder.
#pragma once

#include <signal.h>

namespace rondo::detail {

/// While it lives, the first of these signals is noted and gives back the previous handlers, so
/// that a second one has its usual effect. A signal that is ignored stays so. A signal handler can
/// reach nothing but globals: there is one note for the process, and one guard at a time.
class InterruptGuard {
 public:
  /// @throws StateError if there is another guard
  InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();

  /// The signal that came; 0: none.
  [[nodiscard]] static int signal();
};

}  // namespace rondo::detail
