// rondo_bench: our numbers beside those of others, from one run.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "rondo/bench/harness.hpp"
#include "rondo/bench/report.hpp"
#include "rondo/bench/suites.hpp"

namespace {

using namespace rondo::bench;

struct Options {
  std::vector<std::string> suites = {"gru"};
  std::vector<std::string> shapes;
  std::vector<std::string> peers;
  std::vector<std::size_t> threads;
  std::string json;
  MeasureOptions measure;
};

const std::vector<std::string> compiled_peers{"onednn", "libtorch"};
const std::vector<std::string> python_peers{
    "jax", "keras", "keras-xla", "pytorch", "onnxruntime", "tflite"};

/// rondo and the peers that are wanted; compiled ones are beside this program.
std::vector<Program> programs(const std::vector<std::string>& wanted) {
  const auto is_wanted = [&](const std::string& name) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  };
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const char* const given = std::getenv("BENCH_PYTHON");
  const std::string python = given == nullptr ? "python3" : given;
  std::vector<Program> result{{"rondo", {folder / "rondo_bench_rondo"}}};
  for (const std::string& name : compiled_peers) {
    if (is_wanted(name)) {
      result.push_back({name, {folder / ("rondo_bench_" + name)}});
    }
  }
  for (const std::string& name : python_peers) {
    if (is_wanted(name)) {
      result.push_back({name, {python, "-B", RONDO_BENCH_FOLDER "/peer_python.py", name}});
    }
  }
  return result;
}

/// All that start; who does not is said by name, and left out of `programs`.
Contestants start(std::vector<Program>& programs, const std::vector<std::size_t>& threads) {
  Contestants result;
  std::erase_if(programs, [&](const Program& program) {
    try {
      for (const std::size_t n : threads) {
        result.push_back(std::make_unique<Contestant>(program, n));
        const Identity& who = result.back()->identity();
        fmt::print("{} {}, {} threads; {}\n", who.name, who.version, who.threads, who.remark);
      }
      return false;
    } catch (const std::exception& error) {
      fmt::print("no rows of {}: {}\n", program.name, error.what());
      return true;
    }
  });
  std::fflush(stdout);
  return result;
}

std::vector<Row> measure_work(const Work& work,
                              const Contestants& contestants,
                              const std::vector<Program>& programs,
                              const MeasureOptions& options) {
  if (work.kind == "start") {
    return measure_start(work.shape_text, programs, options.rounds);
  }
  if (work.kind == "tape_bytes") {
    return measure_bytes(work, contestants);
  }
  return measure(work, contestants, options);
}

std::vector<Row> measure_all(const Options& options) {
  auto list = programs(options.peers);
  const Contestants contestants = start(list, options.threads);
  const std::vector<Row> peaks = measure_peaks(contestants, options.measure);
  std::vector<Row> rows = peaks;
  for (const std::string& name : works_of(options.suites, options.shapes)) {
    fmt::print(stderr, "{}\n", name);
    const Work work = parse_work(name);
    for (const auto& more :
         {measure_work(work, contestants, list, options.measure), limits(work, peaks)}) {
      rows.insert(rows.end(), more.begin(), more.end());
    }
    if (!options.json.empty()) {
      write_json(options.json, rows);  // a long run that is cut short leaves what it has
    }
  }
  return rows;
}

void declare(CLI::App& app, Options& options) {
  app.add_option("--suite", options.suites, "Which works to time")
      ->delimiter(',')
      ->check(CLI::IsMember(suite_names()))
      ->capture_default_str();
  app.add_option("--shapes", options.shapes, "Only these: 32x100x64x128,8x16")->delimiter(',');
  auto peers = compiled_peers;
  peers.insert(peers.end(), python_peers.begin(), python_peers.end());
  app.add_option("--peers", options.peers, "Only these beside rondo")
      ->delimiter(',')
      ->check(CLI::IsMember(peers));
  app.add_option("--threads", options.threads, "Numbers of threads; default: 1 and all")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  app.add_option("--json", options.json, "Also write the rows to this file");
  app.add_option("--rounds", options.measure.rounds, "Rounds, at least 3")
      ->check(CLI::Range(3, 1000))
      ->capture_default_str();
  app.add_option("--seconds", options.measure.seconds, "Least duration of a sample")
      ->check(CLI::Range(0.0, 60.0))
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Times rondo and its peers on the same work, in rotation"};
  Options options;
  declare(app, options);
  try {
    app.parse(argc, argv);
    if (options.threads.empty()) {
      options.threads = {1};
      if (std::thread::hardware_concurrency() > 1) {
        options.threads.push_back(std::thread::hardware_concurrency());
      }
    }
    fmt::print("{}", to_table(measure_all(options)));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return app.exit(error);
    }
    fmt::print(stderr, "rondo_bench: {}\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "rondo_bench: {}\n", error.what());
    return 2;
  }
  return 0;
}
