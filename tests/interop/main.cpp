// rondo_interop FOLDER…: reads files of other systems, or refuses them, and compares the outputs
// with those that the systems gave.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "rondo/tests/interop/case.hpp"

namespace {

namespace fs = std::filesystem;

/// Folders with an expected.json, in the order of their names.
std::vector<fs::path> find_cases(const std::vector<std::string>& arguments) {
  std::vector<fs::path> folders;
  for (const std::string& argument : arguments) {
    if (fs::exists(fs::path(argument) / "expected.json")) {
      folders.emplace_back(argument);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.path().filename() == "expected.json") {
        folders.push_back(entry.path().parent_path());
      }
    }
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

int write_cases(const fs::path& out, const std::vector<std::string>& arguments) {
  for (const fs::path& folder : find_cases(arguments)) {
    fmt::print("{}: {}\n", folder.filename().string(), rondo::interop::write_case(folder, out));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: rondo_interop FOLDER…\n");
    return 2;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  try {
    if (argc > 3 && std::string(argv[1]) == "--write") {
      return write_cases(argv[2], {argv + 3, argv + argc});
    }
    for (const fs::path& folder : find_cases({argv + 1, argv + argc})) {
      const auto [good, line] = rondo::interop::run_case(folder);
      fmt::print("{} {}: {}\n", good ? "ok  " : "FAIL", folder.filename().string(), line);
      ++(good ? passed : failed);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 2;
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
