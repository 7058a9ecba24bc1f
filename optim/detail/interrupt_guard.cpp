#include "rondo/optim/detail/interrupt_guard.hpp"

#include <atomic>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

std::atomic<bool> watched{false};
std::atomic<bool> noted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not wait");

struct sigaction previous;

extern "C" void note_interrupt(int) {
  noted = true;
  ::sigaction(SIGINT, &previous, nullptr);  // may be called by a signal handler
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (watched.exchange(true)) {
    throw_state_error("BackupAndRestore",
                      "another run of this process waits for Ctrl-C: set save_on_interrupt to "
                      "false in one of them");
  }
  noted = false;

  struct sigaction action {};

  action.sa_handler = note_interrupt;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, &previous);
}

InterruptGuard::~InterruptGuard() {
  if (!noted) {
    ::sigaction(SIGINT, &previous, nullptr);
  }
  watched = false;
}

bool InterruptGuard::interrupted() {
  return noted;
}

}  // namespace rondo::detail
