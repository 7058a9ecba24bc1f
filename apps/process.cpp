#include "rondo/apps/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <system_error>

namespace rondo::apps {

namespace {

constexpr int failed = 2;

/// @param error  of the call that failed
int report_output(int error) {
  constexpr int closed_pipe = 128 + SIGPIPE;
  if (error == EPIPE) {
    return closed_pipe;  // without a word, like `head` leaves other programs
  }
  std::fprintf(stderr, "rondo: stdout: %s\n", std::generic_category().message(error).c_str());
  return failed;
}

}  // namespace

void prepare_process() {
  // The wrong way round, so that using one that was closed is still an error.
  constexpr std::array modes{O_WRONLY, O_RDONLY, O_RDONLY};
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0) {
      ::open("/dev/null", modes[static_cast<std::size_t>(descriptor)]);  // the lowest one is free
    }
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int run_program(const std::function<int()>& work) {
  int status = 0;
  try {
    status = work();
  } catch (const std::system_error& error) {  // of fmt::print
    if (std::ferror(stdout) != 0) {
      return report_output(error.code().value());
    }
    std::fprintf(stderr, "rondo: %s\n", error.what());
    return failed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rondo: %s\n", error.what());
    return failed;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    return report_output(errno);
  }
  return status;
}

}  // namespace rondo::apps
