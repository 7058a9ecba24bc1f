#include "rondo/bench/server.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <iostream>
#include <sstream>

namespace rondo::bench {

namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Wall time and time of all threads, in nanoseconds.
std::string time_runs(const std::function<void()>& run, std::size_t times) {
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) {
    run();
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::ostringstream out;
  out.precision(15);
  out << 1e9 * wall.count() << ' ' << 1e9 * (cpu_seconds() - cpu);
  return out.str();
}

class Server {
 public:
  explicit Server(const std::function<Prepared(const Work&)>& prepare) : prepare_(prepare) {}

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "prepare") {
      std::string name;
      words >> name;
      return start(name);
    }
    std::size_t times = 0;
    if (command == "time" && words >> times && prepared_.run) {
      return time_runs(prepared_.run, times);
    }
    return "error\tunknown request: " + line;
  }

 private:
  std::string start(const std::string& name) {
    prepared_ = {};  // frees the memory of the previous work first
    prepared_ = prepare_(parse_work(name));
    if (!prepared_.run) {
      return "none";
    }
    prepared_.run();
    const Results results = prepared_.results();
    std::ostringstream out;
    out.precision(15);
    out << "ready " << results.result << ' ' << results.gradient;
    return out.str();
  }

  const std::function<Prepared(const Work&)>& prepare_;
  Prepared prepared_;
};

}  // namespace

int serve(const Identity& identity, const std::function<Prepared(const Work&)>& prepare) {
  std::cout << "hello\t" << identity.name << '\t' << identity.version << '\t' << identity.threads
            << '\t' << identity.remark << std::endl;
  Server server(prepare);
  for (std::string line; std::getline(std::cin, line);) {
    std::string answer;
    try {
      answer = server.answer(line);
    } catch (const std::exception& error) {
      answer = std::string("error\t") + error.what();
    }
    std::cout << answer << std::endl;
  }
  return 0;
}

std::size_t requested_threads() {
  const char* const text = std::getenv("BENCH_THREADS");
  return text == nullptr ? 1 : std::stoul(text);
}

}  // namespace rondo::bench
