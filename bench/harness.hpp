/// Times several programs of the same work in rotation, so that a machine that changes its speed
/// changes it for all of them.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace rondo::bench {

/// One contestant: `run` does the work once.
struct Case {
  std::string name;
  std::string peer;
  std::string version;
  int threads = 1;
  std::function<void()> run;
};

struct Row {
  std::string name;
  std::string peer;
  std::string version;
  int threads = 1;
  double min_ns = 0.0;
  double median_ns = 0.0;
};

/// Each round times every case once, over as many runs as take at least `seconds_per_round`.
[[nodiscard]] std::vector<Row> measure(const std::vector<Case>& cases,
                                       std::size_t rounds,
                                       double seconds_per_round);

/// Compiler, instruction set, BLAS core and threads: what a number means nothing without.
[[nodiscard]] std::string describe_machine();

/// Minimum and median of each row, and the ratio of each peer to rondo.
[[nodiscard]] std::string to_table(const std::vector<Row>& rows);

/// `[{"name": …, "peer": …, "version": …, "threads": …, "min_ns": …, "median_ns": …}, …]`
void write_json(const std::string& path, const std::vector<Row>& rows);

}  // namespace rondo::bench
