#include "rondo/core/threads.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include "rondo/tests/support/check.hpp"

namespace threads_test {

using namespace rondo;

namespace {

/// What the environment of this process asks for; CTest runs the suite with several values.
std::string request() {
  const char* const text = std::getenv("RONDO_NUM_THREADS");
  return text == nullptr ? "" : text;
}

constexpr std::size_t max_tasks = 9;  // more than the workers of the cases above

/// How often each of `tasks` tasks ran.
std::vector<int> count_runs(std::size_t tasks) {
  std::vector<std::atomic<int>> runs(tasks);
  auto count = [&](std::size_t i) { ++runs[i]; };
  parallel_for(tasks, count);
  return {runs.begin(), runs.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_threads)

BOOST_AUTO_TEST_CASE(the_environment_says_how_many) {
  if (request() == "3") {
    BOOST_TEST(num_threads() == 3U);
  } else if (!request().empty()) {
    RONDO_CHECK_THROWS(
        static_cast<void>(num_threads()),
        ArgumentError,
        "[RONDO_NUM_THREADS] expected a whole number in [1, 1024], found '" + request() + "'");
    BOOST_CHECK_THROW(Tape<float>(), ArgumentError);  // at once, not by the first large kernel
  } else {
    BOOST_TEST(num_threads() >= 1U);
  }
}

BOOST_AUTO_TEST_CASE(numbers_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(
      set_num_threads(0), ArgumentError, "[set_num_threads] expected a number in [1, 1024], got 0");
  RONDO_CHECK_THROWS(set_num_threads(1025),
                     ArgumentError,
                     "[set_num_threads] expected a number in [1, 1024], got 1025");
}

BOOST_AUTO_TEST_CASE(every_task_runs_once_with_any_number_of_threads) {
  for (const std::size_t threads : {1U, 2U, 3U, 8U, 2U}) {
    set_num_threads(threads);
    BOOST_TEST(num_threads() == threads);
    for (const std::size_t tasks : {0U, 1U, 2U, 7U, 1000U}) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        BOOST_TEST(count_runs(tasks) == std::vector<int>(tasks, 1),
                   boost::test_tools::per_element());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(callers_on_several_threads_do_not_disturb_one_another) {
  set_num_threads(2);
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 3; ++c) {
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 200; ++repeat) {
        wrong += count_runs(5) != std::vector<int>(5, 1) ? 1 : 0;
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(a_task_may_have_tasks) {
  set_num_threads(2);
  std::atomic<int> runs{0};
  auto outer = [&](std::size_t) {
    auto inner = [&](std::size_t) { ++runs; };
    parallel_for(3, inner);
  };
  parallel_for(4, outer);
  BOOST_TEST(runs == 12);
}

BOOST_AUTO_TEST_CASE(a_forked_child_works_alone) {
  set_num_threads(2);
  static_cast<void>(count_runs(4));  // the workers exist
  const pid_t child = fork();
  if (child == 0) {
    _exit(count_runs(5) == std::vector<int>(5, 1) ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
}

#ifdef __SSE2__
// A thread inherits the mode of the one that starts it.
BOOST_AUTO_TEST_CASE(tasks_treat_denormal_numbers_as_their_caller) {
  constexpr unsigned int flush = 0x8040;
  set_num_threads(max_tasks);
  for (const unsigned int wanted : {flush, 0U, flush, 0U}) {
    const unsigned int before = _mm_getcsr();
    _mm_setcsr((before & ~flush) | wanted);
    std::atomic<int> others{0};
    auto look = [&](std::size_t) {
      others += (_mm_getcsr() & flush) != wanted ? 1 : 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));  // so that all workers take part
    };
    parallel_for(2 * max_tasks, look);
    _mm_setcsr(before);
    BOOST_TEST(others == 0);
  }
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace threads_test
