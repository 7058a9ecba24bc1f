/// Threads of the library's own kernels (D15): a few workers that wait for large pieces of work.
/// Results never depend on the number of threads, because tasks are cut by sizes alone.
///
/// Workers live as long as the process. So a plug-in that holds the library must stay loaded once
/// it was used: link it with `-Wl,-z,nodelete`.
#pragma once

#include <cstddef>

namespace rondo {

/// Largest number that `set_num_threads` and RONDO_NUM_THREADS accept.
constexpr std::size_t max_threads = 1024;

/// Threads that a kernel may use, the caller's included: the number of the last `set_num_threads`,
/// else RONDO_NUM_THREADS, else that of the hardware.
/// @throws ArgumentError if RONDO_NUM_THREADS is not a whole number in [1, max_threads]
[[nodiscard]] std::size_t num_threads();

/// Holds for the whole process from the next kernel on.
/// @throws ArgumentError unless n lies in [1, max_threads]
void set_num_threads(std::size_t n);

namespace detail {

using Task = void (*)(void* context, std::size_t index);

void run_tasks(std::size_t tasks, Task task, void* context);

}  // namespace detail

/// f(i) for i in [0, tasks), each once, in any order and on any thread. Returns when all are done.
/// Runs on the caller's thread alone if the workers serve another caller, in a forked child, with
/// one thread, or if the system refuses to start another. Each task sees the caller's rounding and
/// treatment of denormal numbers. f must not throw. No heap memory after the first call.
template <class F>
void parallel_for(std::size_t tasks, F& f) {
  detail::run_tasks(
      tasks, [](void* context, std::size_t i) { (*static_cast<F*>(context))(i); }, &f);
}

}  // namespace rondo
