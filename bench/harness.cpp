#include "rondo/bench/harness.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include <cblas.h>
#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::bench {

namespace {

double seconds_of(const std::function<void()>& run, std::size_t times) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < times; ++i) {
    run();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// How many runs take at least that long; warms up on the way.
std::size_t runs_for(const std::function<void()>& run, double seconds) {
  std::size_t times = 1;
  while (seconds_of(run, times) < seconds) {
    times *= 2;
  }
  return times;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

}  // namespace

std::vector<Row> measure(const std::vector<Case>& cases,
                         std::size_t rounds,
                         double seconds_per_round) {
  std::vector<std::size_t> times;
  for (const Case& c : cases) {
    times.push_back(runs_for(c.run, seconds_per_round));
  }
  std::vector<std::vector<double>> nanoseconds(cases.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const double seconds = seconds_of(cases[i].run, times[i]);
      nanoseconds[i].push_back(1e9 * seconds / static_cast<double>(times[i]));
    }
  }
  std::vector<Row> rows;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& samples = nanoseconds[i];
    rows.push_back({cases[i].name,
                    cases[i].peer,
                    cases[i].version,
                    cases[i].threads,
                    *std::min_element(samples.begin(), samples.end()),
                    median(samples)});
  }
  return rows;
}

std::string describe_machine() {
  return fmt::format("compiler GCC {}, instruction set {}, OpenBLAS core {}, {} hardware threads",
                     __VERSION__,
                     kernels::to_string(kernels::instruction_set()),
                     openblas_get_corename(),
                     std::thread::hardware_concurrency());
}

std::string to_table(const std::vector<Row>& rows) {
  std::string out = fmt::format("{:<34}{:<12}{:<10}{:>8}{:>14}{:>14}{:>10}\n",
                                "name",
                                "peer",
                                "version",
                                "threads",
                                "min ns",
                                "median ns",
                                "ratio");
  for (const Row& row : rows) {
    const auto own = std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
      return other.name == row.name && other.peer == "rondo";
    });
    fmt::format_to(std::back_inserter(out),
                   "{:<34}{:<12}{:<10}{:>8}{:>14.1f}{:>14.1f}{:>10.1f}\n",
                   row.name,
                   row.peer,
                   row.version,
                   row.threads,
                   row.min_ns,
                   row.median_ns,
                   own == rows.end() ? 0.0 : row.median_ns / own->median_ns);
  }
  return out;
}

void write_json(const std::string& path, const std::vector<Row>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    list.push_back({{"name", row.name},
                    {"peer", row.peer},
                    {"version", row.version},
                    {"threads", row.threads},
                    {"min_ns", row.min_ns},
                    {"median_ns", row.median_ns}});
  }
  std::ofstream file(path);
  file << list.dump(2) << '\n';
  if (!file.flush()) {
    throw_format_error("bench", fmt::format("{} cannot be written", path));
  }
}

}  // namespace rondo::bench
