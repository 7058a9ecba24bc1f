#include "rondo/core/threads.hpp"

#include <atomic>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "rondo/tests/support/check.hpp"

namespace threads_test {

using namespace rondo;

namespace {

/// What the environment of this process asks for; CTest runs the suite with several values.
std::string request() {
  const char* const text = std::getenv("RONDO_NUM_THREADS");
  return text == nullptr ? "" : text;
}

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace threads_test
