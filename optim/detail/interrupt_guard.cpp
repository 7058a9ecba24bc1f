#include "rondo/optim/detail/interrupt_guard.hpp"

#include <array>
#include <atomic>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP};

std::atomic<bool> watched{false};
std::atomic<int> noted{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler must not wait");

std::array<struct sigaction, signals.size()> previous;

/// May be called by a signal handler.
void give_back() {
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], &previous[i], nullptr);
  }
}

extern "C" void note_signal(int signal) {
  noted = signal;
  give_back();
}

}  // namespace

InterruptGuard::InterruptGuard() {
  if (watched.exchange(true)) {
    throw_state_error("BackupAndRestore",
                      "another run of this process waits for Ctrl-C: set save_on_interrupt to "
                      "false in one of them");
  }
  noted = 0;

  struct sigaction action {};

  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : signals) {
    ::sigaddset(&action.sa_mask, signal);  // two at a time are one after the other
  }
  for (std::size_t i = 0; i < signals.size(); ++i) {
    ::sigaction(signals[i], nullptr, &previous[i]);
  }
  for (std::size_t i = 0; i < signals.size(); ++i) {
    // Who starts a program in the background or with nohup has it ignore what is for others.
    if (previous[i].sa_handler != SIG_IGN) {
      ::sigaction(signals[i], &action, nullptr);
    }
  }
}

InterruptGuard::~InterruptGuard() {
  if (noted == 0) {
    give_back();
  }
  watched = false;
}

int InterruptGuard::signal() {
  return noted;
}

}  // namespace rondo::detail
