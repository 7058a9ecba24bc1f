// In a suite, and so a process, of its own: no worker may have been started before.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rondo/core/threads.hpp"
#include "rondo/tests/support/check.hpp"

namespace threads_refused_test {

using namespace rondo;

BOOST_AUTO_TEST_SUITE(core_threads_refused)

// The limit does not bind root, whose child becomes somebody else.
BOOST_AUTO_TEST_CASE(a_caller_works_alone_if_no_thread_can_be_started) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || (getuid() == 0 && setuid(65534) != 0)) {
      _exit(0);  // cannot be tried here
    }
    set_num_threads(4);
    int runs = 0;
    auto count = [&](std::size_t) { ++runs; };
    try {
      parallel_for(7, count);
      parallel_for(2, count);
    } catch (const std::exception&) {
      _exit(2);
    }
    _exit(runs == 9 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace threads_refused_test
