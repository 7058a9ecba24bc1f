#include "rondo/bench/harness.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <thread>

#include <fmt/format.h>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::bench {

namespace {

using Clock = std::chrono::steady_clock;

/// Results of two programs may differ by rounding: sums of thousands of floats in another order.
constexpr double tolerance = 1e-2;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

/// One contestant in the rotation of one work.
struct Entry {
  Contestant* contestant;
  std::size_t runs = 1;
  std::vector<double> nanoseconds = {};  // of a run, one in each round
  double cpu = 0.0;
  double wall = 0.0;
};

Row make_row(const std::string& name,
             const Identity& identity,
             const std::vector<double>& samples,
             Unit unit) {
  return {name,
          identity.name,
          identity.version,
          identity.threads,
          *std::min_element(samples.begin(), samples.end()),
          median(samples),
          0.0,
          unit};
}

bool differ(double a, double b) {
  return std::abs(a - b) > tolerance * std::max({1.0, std::abs(a), std::abs(b)});  // false for NaN
}

void compare(const std::string& work,
             const Identity& first,
             const Results& a,
             const Identity& other,
             const Results& b) {
  if (differ(a.result, b.result) || differ(a.gradient, b.gradient)) {
    fmt::print(stderr,
               "{}: {} and {} do not agree: result {} and {}, gradient {} and {}\n",
               work,
               first.name,
               other.name,
               a.result,
               b.result,
               a.gradient,
               b.gradient);
  }
}

/// Threads of a contestant may spin for a moment after its work: the next one does not pay for it.
void time_entry(Entry& entry) {
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  static_cast<void>(entry.contestant->time(1));  // warms caches and threads up again
  const Timing t = entry.contestant->time(entry.runs);
  entry.nanoseconds.push_back(t.nanoseconds / static_cast<double>(entry.runs));
  entry.cpu += t.cpu_nanoseconds;
  entry.wall += t.nanoseconds;
}

std::size_t runs_for(Contestant& contestant, double seconds) {
  std::size_t runs = 1;
  while (contestant.time(runs).nanoseconds < 1e9 * seconds) {
    runs *= 2;
  }
  return runs;
}

/// f(entry), and false with a word on standard error if that fails.
template <class F>
bool attempt(const std::string& work, F f) {
  try {
    f();
    return true;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: left out: {}\n", work, error.what());
    return false;
  }
}

std::vector<Entry> prepare(const Work& work, const Contestants& contestants, double seconds) {
  std::vector<Entry> entries;
  Results first;
  for (const auto& contestant : contestants) {
    attempt(work.name, [&] {
      const auto results = contestant->prepare(work.name);
      if (!results) {
        return;
      }
      if (entries.empty()) {
        first = *results;
      }
      Entry entry{contestant.get()};
      entry.runs = runs_for(*contestant, seconds);
      entries.push_back(entry);
      compare(
          work.name, entries[0].contestant->identity(), first, contestant->identity(), *results);
    });
  }
  return entries;
}

}  // namespace

std::vector<Row> measure(const Work& work,
                         const Contestants& contestants,
                         const MeasureOptions& options) {
  auto entries = prepare(work, contestants, options.seconds);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    std::erase_if(entries,
                  [&](Entry& entry) { return !attempt(work.name, [&] { time_entry(entry); }); });
    if (!entries.empty()) {
      std::rotate(entries.begin(), entries.begin() + 1, entries.end());
    }
  }
  std::vector<Row> rows;
  for (const auto& contestant : contestants) {  // in their order, not in the rotated one
    for (const Entry& entry : entries) {
      if (entry.contestant == contestant.get()) {
        rows.push_back(
            make_row(work.name, contestant->identity(), entry.nanoseconds, Unit::nanoseconds));
        rows.back().cores = entry.cpu / entry.wall;
      }
    }
  }
  return rows;
}

std::vector<Row> measure_start(const std::string& shape,
                               const std::vector<Program>& programs,
                               std::size_t rounds) {
  struct Samples {
    Identity identity;
    std::vector<double> nanoseconds;
    std::vector<double> bytes;
  };

  std::vector<Samples> all(programs.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < programs.size(); ++i) {
      attempt("start_" + shape, [&] {
        const auto start = Clock::now();
        Contestant contestant(programs[i], 1);
        if (!contestant.prepare("train_step_" + shape)) {
          return;
        }
        const std::chrono::duration<double, std::nano> elapsed = Clock::now() - start;
        static_cast<void>(contestant.time(3));
        all[i].identity = contestant.identity();
        all[i].nanoseconds.push_back(elapsed.count());
        all[i].bytes.push_back(contestant.resident_bytes());
      });
    }
  }
  std::erase_if(all, [](const Samples& s) { return s.bytes.empty(); });
  std::vector<Row> rows;
  for (const Samples& s : all) {
    rows.push_back(make_row("start_" + shape, s.identity, s.nanoseconds, Unit::nanoseconds));
  }
  for (const Samples& s : all) {
    rows.push_back(make_row("resident_" + shape, s.identity, s.bytes, Unit::bytes));
  }
  return rows;
}

std::vector<Row> measure_bytes(const Work& work, const Contestants& contestants) {
  std::vector<Row> rows;
  for (const auto& contestant : contestants) {
    attempt(work.name, [&] {
      if (const auto results = contestant->prepare(work.name)) {
        rows.push_back(make_row(work.name, contestant->identity(), {results->result}, Unit::bytes));
      }
    });
  }
  return rows;
}

std::vector<Row> measure_peaks(const Contestants& contestants, const MeasureOptions& options) {
  auto peaks = measure(parse_work("fma_peak"), contestants, options);
  for (Row& peak : peaks) {
    peak.peer = limit_name;
    peak.version = kernels::to_string(kernels::instruction_set());
  }
  return peaks;
}

std::vector<Row> limits(const Work& work, const std::vector<Row>& peaks) {
  std::vector<Row> rows;
  const double count = operations(work);
  for (const Row& peak : peaks) {
    if (count > 0.0) {
      const double time = count / 1e9 * peak.min;  // a peak is the best that was ever seen
      rows.push_back({work.name, peak.peer, peak.version, peak.threads, time, time});
    }
  }
  return rows;
}

}  // namespace rondo::bench
