#include "rondo/bench/report.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

namespace rondo::bench {

namespace {

struct Scale {
  double factor;
  const char* name;
};

constexpr Scale times[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1.0, "ns"}};    // NOLINT
constexpr Scale sizes[] = {{1048576.0, "MiB"}, {1024.0, "KiB"}, {1.0, "bytes"}};  // NOLINT

/// `12.3 ms`
std::string with_unit(double value, Unit unit) {
  const std::span<const Scale> scales =
      unit == Unit::bytes ? std::span<const Scale>(sizes) : std::span<const Scale>(times);
  for (const Scale& scale : scales) {
    if (value >= scale.factor) {
      return fmt::format("{:#.4g} {}", value / scale.factor, scale.name);
    }
  }
  return fmt::format("{:#.4g} {}", value, scales.back().name);
}

const Row* find(const std::vector<Row>& rows, const Row& like, std::string_view peer) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.name == like.name && row.threads == like.threads && row.peer == peer;
  });
  return found == rows.end() ? nullptr : &*found;
}

/// `1.83`, empty if there is nothing to compare with.
std::string ratio(const Row& row, const Row* to) {
  return to == nullptr ? "" : fmt::format("{:.2f}", row.median / to->median);
}

/// Of a column of texts: that of the longest, heading included.
std::size_t width(const std::vector<Row>& rows,
                  std::string_view heading,
                  std::string Row::*column) {
  std::size_t result = heading.size();
  for (const Row& row : rows) {
    result = std::max(result, (row.*column).size());
  }
  return result;
}

/// Rows that show that the machine had other things to do.
std::size_t starved_rows(const std::vector<Row>& rows) {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& row) {
    return row.threads == 1 && row.cores > 0.0 && row.cores < 0.9;
  }));
}

/// The peaks in words, and whether the machine was busy.
std::string remarks(const std::vector<Row>& rows) {
  std::string out;
  for (const Row& row : rows) {
    if (row.name == "fma_peak") {
      fmt::format_to(std::back_inserter(out),
                     "peak of multiply-adds, {} threads, {}: {:.1f} GFLOP/s\n",
                     row.threads,
                     row.version,
                     1e9 / row.min);
    }
  }
  if (const std::size_t starved = starved_rows(rows); starved > 0) {
    fmt::format_to(std::back_inserter(out),
                   "{} rows with one thread had less than 0.9 of a core: the machine is busy, and "
                   "these numbers are worth little\n",
                   starved);
  }
  return out;
}

/// `2026-11-26`, in Greenwich
std::string today() {
  using namespace std::chrono;
  const year_month_day day{floor<days>(system_clock::now())};
  return fmt::format("{}-{:02}-{:02}",
                     static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

/// `2 × Intel(R) Xeon(R) Processor`, as Linux reports it.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string model = "processor of unknown model";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  }
  return fmt::format("{} × {}", std::thread::hardware_concurrency(), model);
}

}  // namespace

std::string to_table(const std::vector<Row>& rows) {
  constexpr const char* form = "{:<{}}  {:<{}}  {:<{}}{:>9}{:>7}{:>13}{:>13}{:>9}{:>9}\n";
  const std::size_t name = width(rows, "name", &Row::name);
  const std::size_t peer = width(rows, "peer", &Row::peer);
  const std::size_t version = width(rows, "version", &Row::version);
  std::string out = fmt::format(form,
                                "name",
                                name,
                                "peer",
                                peer,
                                "version",
                                version,
                                "threads",
                                "cores",
                                "min",
                                "median",
                                "/rondo",
                                "/limit");
  for (const Row& row : rows) {
    fmt::format_to(std::back_inserter(out),
                   form,
                   row.name,
                   name,
                   row.peer,
                   peer,
                   row.version,
                   version,
                   row.threads,
                   row.cores > 0.0 ? fmt::format("{:.2f}", row.cores) : "",
                   with_unit(row.min, row.unit),
                   with_unit(row.median, row.unit),
                   ratio(row, find(rows, row, "rondo")),
                   ratio(row, find(rows, row, limit_name)));
  }
  return out + remarks(rows);
}

void write_json(const std::string& path, const std::vector<Row>& rows) {
  Json list = Json::array();
  for (const Row& row : rows) {
    const bool size = row.unit == Unit::bytes;
    list.push_back({{"name", row.name},
                    {"peer", row.peer},
                    {"version", row.version},
                    {"threads", row.threads},
                    {size ? "min_bytes" : "min_ns", row.min},
                    {size ? "median_bytes" : "median_ns", row.median}});
  }
  const Json run{{"date", today()},
                 {"machine", processor()},
                 {"busy", starved_rows(rows) > 0},
                 {"rows", std::move(list)}};
  std::ofstream file(path);
  file << to_text(run, 2) << '\n';
  if (!file.flush()) {
    throw_format_error("bench", fmt::format("{} cannot be written", path));
  }
}

}  // namespace rondo::bench
