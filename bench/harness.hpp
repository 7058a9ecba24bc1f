/// Times several programs of the same work in rotation, so that a machine that changes its speed
/// changes it for all of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "rondo/bench/contestant.hpp"

namespace rondo::bench {

enum class Unit { nanoseconds, bytes };

/// One line of the table.
struct Row {
  std::string name;
  std::string peer;
  std::string version;
  std::size_t threads = 1;
  double min = 0.0;
  double median = 0.0;
  double cores = 0.0;  // processor time by wall time; 0: not measured
  Unit unit = Unit::nanoseconds;
};

struct MeasureOptions {
  std::size_t rounds = 9;
  /// Each sample is the mean of as many runs as take at least so long.
  double seconds = 0.1;
};

using Contestants = std::vector<std::unique_ptr<Contestant>>;

/// One row for each contestant that has the work: every round times all of them, beginning with
/// another one. Results that differ between them, and contestants that fail, are said on standard
/// error by name.
[[nodiscard]] std::vector<Row> measure(const Work& work,
                                       const Contestants& contestants,
                                       const MeasureOptions& options);

/// Starts each program anew in every round. Rows `start_<shape>`: from the start of the process to
/// the end of its first training step; `resident_<shape>`: its memory after three more.
[[nodiscard]] std::vector<Row> measure_start(const std::string& shape,
                                             const std::vector<Program>& programs,
                                             std::size_t rounds);

/// What the result of a work is in bytes (`tape_bytes`).
[[nodiscard]] std::vector<Row> measure_bytes(const Work& work, const Contestants& contestants);

/// The peer whose rows are no program's: the peak of multiply-adds, and what it means for a work.
constexpr const char* limit_name = "limit";

/// `fma_peak` with each number of threads.
[[nodiscard]] std::vector<Row> measure_peaks(const Contestants& contestants,
                                             const MeasureOptions& options);

/// The time that the matrix products of a work need at these peaks; nothing for a work without.
[[nodiscard]] std::vector<Row> limits(const Work& work, const std::vector<Row>& peaks);

}  // namespace rondo::bench
