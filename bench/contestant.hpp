/// The harness's side of a contestant: a child process that answers over a pipe (server.hpp).
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rondo/bench/server.hpp"

namespace rondo::bench {

/// How to start a contestant, and what it is called where it cannot be started.
struct Program {
  std::string name;
  std::vector<std::string> command;
};

struct Timing {
  double nanoseconds = 0.0;
  double cpu_nanoseconds = 0.0;  // of all threads together
};

class Contestant {
 public:
  /// Starts the program with BENCH_THREADS and the usual variables of its libraries set to
  /// `threads`.
  /// @throws StateError with the reason if it does not start or cannot run here
  Contestant(const Program& program, std::size_t threads);
  Contestant(const Contestant&) = delete;
  Contestant& operator=(const Contestant&) = delete;
  ~Contestant();

  [[nodiscard]] const Identity& identity() const { return identity_; }

  /// Replaces the previous work and runs it once; nothing if the contestant does not have it.
  [[nodiscard]] std::optional<Results> prepare(const std::string& work);

  [[nodiscard]] Timing time(std::size_t runs);

  /// Its memory that is in use now.
  [[nodiscard]] double resident_bytes() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string ask(const std::string& request);
  std::string read_line();
  void finish();

  std::string program_;
  int process_ = -1;
  std::unique_ptr<std::FILE, Close> to_;
  std::unique_ptr<std::FILE, Close> from_;
  Identity identity_;
};

}  // namespace rondo::bench
