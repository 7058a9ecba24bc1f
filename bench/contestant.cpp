#include "rondo/bench/contestant.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

extern char** environ;

namespace rondo::bench {

namespace {

/// The variables that set the number of threads in the libraries of the contestants.
constexpr std::array<std::string_view, 8> thread_variables{"BENCH_THREADS",
                                                           "RONDO_NUM_THREADS",
                                                           "OMP_NUM_THREADS",
                                                           "OPENBLAS_NUM_THREADS",
                                                           "MKL_NUM_THREADS",
                                                           "TF_NUM_INTRAOP_THREADS",
                                                           "TF_NUM_INTEROP_THREADS",
                                                           "NPROC"};  // XLA's own

/// What a shell may have set that takes threads away again, or puts them all on one core.
constexpr std::array<std::string_view, 5> cleared_variables{
    "OMP_THREAD_LIMIT", "OMP_DYNAMIC", "OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY"};

std::vector<std::string> environment(std::size_t threads) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    result.emplace_back(*entry);
  }
  std::erase_if(result, [](const std::string& entry) {
    const std::string_view name = std::string_view(entry).substr(0, entry.find('='));
    const auto among = [&](const auto& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return among(thread_variables) || among(cleared_variables);
  });
  for (const std::string_view name : thread_variables) {
    result.push_back(fmt::format("{}={}", name, threads));
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void fail(const std::string& program, const std::string& problem) {
  throw_state_error("bench", fmt::format("{}: {}", program, problem));
}

/// The two ends of a pipe: read, write. Only the descriptors that are duplicated reach a child.
std::array<int, 2> make_pipe(const std::string& program) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    fail(program, "no pipe can be made");
  }
  return ends;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    result.push_back(part);
  }
  return result;
}

}  // namespace

Contestant::Contestant(const Program& program, std::size_t threads) : program_(program.name) {
  std::signal(SIGPIPE, SIG_IGN);  // a contestant that dies is an error message, not our end
  const auto requests = make_pipe(program_);
  const auto answers = make_pipe(program_);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, requests[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, answers[1], STDOUT_FILENO);
  auto arguments = program.command;
  auto variables = environment(threads);
  const int status = posix_spawnp(&process_,
                                  program.command.front().c_str(),
                                  &actions,
                                  nullptr,
                                  pointers(arguments).data(),
                                  pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(requests[0]);
  close(answers[1]);
  to_.reset(fdopen(requests[1], "w"));
  from_.reset(fdopen(answers[0], "r"));
  if (status != 0) {
    process_ = -1;
    fail(program_, fmt::format("{} is not there", program.command.front()));
  }
  try {
    const auto hello = split(read_line(), '\t');
    if (hello.size() < 4 || hello[0] != "hello") {
      fail(program_, "did not introduce itself");
    }
    identity_ = {hello[1], hello[2], std::stoul(hello[3]), hello.size() > 4 ? hello[4] : ""};
  } catch (...) {
    finish();
    throw;
  }
}

Contestant::~Contestant() {
  finish();
}

void Contestant::finish() {
  to_.reset();  // the end of its input ends it
  if (process_ > 0) {
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }
}

std::string Contestant::read_line() {
  char* line = nullptr;
  std::size_t capacity = 0;
  const auto length = getline(&line, &capacity, from_.get());
  const std::unique_ptr<char, void (*)(void*)> owner(line, std::free);
  if (length <= 0) {
    fail(program_, "ended without an answer");
  }
  std::string text(line, static_cast<std::size_t>(length) - (line[length - 1] == '\n' ? 1 : 0));
  if (text.starts_with("error\t")) {
    fail(program_, text.substr(6));
  }
  return text;
}

std::string Contestant::ask(const std::string& request) {
  std::fprintf(to_.get(), "%s\n", request.c_str());
  std::fflush(to_.get());
  return read_line();
}

std::optional<Results> Contestant::prepare(const std::string& work) {
  const auto words = split(ask("prepare " + work), ' ');
  if (words.size() != 3) {
    return std::nullopt;
  }
  return Results{std::stod(words[1]), std::stod(words[2])};  // "nan" is read as NaN
}

Timing Contestant::time(std::size_t runs) {
  const auto words = split(ask(fmt::format("time {}", runs)), ' ');
  if (words.size() != 2) {
    fail(program_, "expected two times");
  }
  return {std::stod(words[0]), std::stod(words[1])};
}

double Contestant::resident_bytes() const {
  std::ifstream file(fmt::format("/proc/{}/statm", process_));
  double pages = 0.0;
  file >> pages >> pages;  // size, then resident
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace rondo::bench
