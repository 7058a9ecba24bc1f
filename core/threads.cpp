#include "rondo/core/threads.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr const char* variable = "RONDO_NUM_THREADS";

std::size_t default_num_threads() {
  const char* const text = std::getenv(variable);
  if (text == nullptr) {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, max_threads);
  }
  const std::string_view given(text);
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), n);
  if (error != std::errc() || end != given.data() + given.size() || n == 0 || n > max_threads) {
    throw_argument_error(
        variable,
        fmt::format("expected a whole number in [1, {}], found '{}'", max_threads, given));
  }
  return n;
}

/// 0: nobody has said.
std::atomic<std::size_t> chosen_num_threads{0};

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Workers and the one job they can have. A worker joins a job while it is open; the caller closes
/// it when no task is left and waits for those inside, never for one that sleeps.
class Pool {
 public:
  /// False if the workers are not to be had.
  bool try_run(std::size_t tasks, detail::Task task, void* context, std::size_t threads) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || getpid() != process_) {
      return false;
    }
    for (; workers_ + 1 < threads; ++workers_) {
      std::thread([this, index = workers_] { work(index); }).detach();
    }
    task_ = task;
    context_ = context;
    tasks_ = tasks;
    helpers_ = threads - 1;
    next_.store(0, std::memory_order_relaxed);
    publish();
    run_open_tasks();
    state_.fetch_and(~open);
    for (int spins = 0; (state_.load(std::memory_order_acquire) & joined) != 0; ++spins) {
      spins < spin_limit ? relax() : std::this_thread::yield();
    }
    return true;
  }

 private:
  // state_: number of the job in the upper half, whether it can be joined, how many have joined.
  static constexpr std::uint64_t job = std::uint64_t{1} << 32;
  static constexpr std::uint64_t open = std::uint64_t{1} << 31;
  static constexpr std::uint64_t joined = open - 1;
  /// Tens of microseconds: the pause between two kernels of one step.
  static constexpr int spin_limit = 4000;

  void publish() {
    state_.store((state_.load(std::memory_order_relaxed) / job + 1) * job | open,
                 std::memory_order_seq_cst);
    state_.notify_all();
  }

  void run_open_tasks() {
    for (std::size_t i = next_.fetch_add(1); i < tasks_; i = next_.fetch_add(1)) {
      task_(context_, i);
    }
  }

  /// Waits until the number of the job is no longer `last`.
  std::uint64_t wait_for_job(std::uint64_t last) {
    std::uint64_t state = state_.load(std::memory_order_acquire);
    for (int spins = 0; state / job == last; state = state_.load(std::memory_order_acquire)) {
      if (++spins < spin_limit) {
        relax();
      } else {
        state_.wait(state);
      }
    }
    return state;
  }

  [[noreturn]] void work(std::size_t index) {
    for (std::uint64_t last = 0;;) {
      std::uint64_t state = wait_for_job(last);
      last = state / job;
      while ((state & open) != 0 && state / job == last &&
             !state_.compare_exchange_weak(state, state + 1)) {
      }
      if ((state & open) == 0 || state / job != last) {
        continue;
      }
      if (index < helpers_) {
        run_open_tasks();
      }
      state_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::mutex mutex_;
  pid_t process_ = getpid();
  std::atomic<std::uint64_t> state_{0};
  std::atomic<std::size_t> next_{0};
  detail::Task task_ = nullptr;
  void* context_ = nullptr;
  std::size_t tasks_ = 0;
  std::size_t workers_ = 0;
  std::size_t helpers_ = 0;  // workers that may take part
};

/// Never destroyed: at the end of the process, and in a forked child, its workers are simply gone.
Pool& pool() {
  static Pool* const instance = std::make_unique<Pool>().release();
  return *instance;
}

}  // namespace

std::size_t num_threads() {
  const std::size_t chosen = chosen_num_threads.load(std::memory_order_relaxed);
  if (chosen != 0) {
    return chosen;
  }
  static const std::size_t standard = default_num_threads();
  return standard;
}

void set_num_threads(std::size_t n) {
  if (n == 0 || n > max_threads) {
    throw_argument_error("set_num_threads",
                         fmt::format("expected a number in [1, {}], got {}", max_threads, n));
  }
  chosen_num_threads.store(n, std::memory_order_relaxed);
}

void detail::run_tasks(std::size_t tasks, Task task, void* context) {
  const std::size_t threads = std::min(num_threads(), tasks);
  if (threads > 1 && pool().try_run(tasks, task, context, threads)) {
    return;
  }
  for (std::size_t i = 0; i < tasks; ++i) {
    task(context, i);
  }
}

}  // namespace rondo
