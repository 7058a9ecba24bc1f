// rondo_bench: our numbers beside those of others, from one run.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "rondo/bench/tape_suite.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Times rondo and its peers on the same work, in rotation"};
  std::string suite = "tape";
  std::string json;
  std::size_t rounds = 9;
  app.add_option("--suite", suite, "Which programs to time")->check(CLI::IsMember({"tape"}));
  app.add_option("--json", json, "Also write the rows to this file");
  app.add_option("--rounds", rounds, "Rounds, at least 3")->check(CLI::Range(3, 1000));
  try {
    app.parse(argc, argv);
    auto cases = rondo::bench::tape_cases();
    const auto peers = rondo::bench::libtorch_tape_cases();
    cases.insert(cases.end(), peers.begin(), peers.end());
    std::printf("%s\n", rondo::bench::describe_machine().c_str());
    if (peers.empty()) {
      std::printf("libtorch is not installed: no row of it\n");
    }
    const auto rows = rondo::bench::measure(cases, rounds, 0.1);
    std::printf("%s", rondo::bench::to_table(rows).c_str());
    if (!json.empty()) {
      rondo::bench::write_json(json, rows);
    }
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return app.exit(error);
    }
    std::fprintf(stderr, "rondo_bench: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rondo_bench: %s\n", error.what());
    return 2;
  }
  return 0;
}
