// rondo_parity FILE|FOLDER…: runs cases made by other systems and compares values and gradients.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "rondo/tests/parity/optimizers.hpp"
#include "rondo/tests/parity/recurrent.hpp"
#include "rondo/tests/parity/training.hpp"

namespace {

using rondo::parity::CaseError;
using rondo::parity::Comparison;
using rondo::parity::Json;
namespace fs = std::filesystem;

std::vector<fs::path> find_cases(const std::vector<std::string>& arguments) {
  std::vector<fs::path> files;
  for (const std::string& argument : arguments) {
    if (!fs::is_directory(argument)) {
      files.emplace_back(argument);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.path().extension() == ".json") {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

template <class T>
void run(const Json& test_case, Comparison& comparison) {
  const std::string kind = test_case.at("kind");
  if (rondo::parity::is_optimizer_kind(kind)) {
    rondo::parity::run_optimizers<T>(test_case, comparison);
  } else if (kind == "training") {
    rondo::parity::run_training<T>(test_case, comparison);
  } else {
    rondo::parity::run_recurrent<T>(test_case, comparison);
  }
}

/// Prints one line; true if the case passed.
bool run_file(const fs::path& file) {
  std::string name = file.string();
  try {
    std::ifstream in(file);
    if (!in) {
      throw CaseError("the file cannot be read");
    }
    const Json test_case = Json::parse(in);
    name = test_case.at("id").get<std::string>();
    Comparison comparison(test_case);
    const std::string dtype = test_case.at("dtype");
    if (dtype == "float64") {
      run<double>(test_case, comparison);
    } else if (dtype == "float32") {
      run<float>(test_case, comparison);
    } else {
      throw CaseError(fmt::format("dtype '{}' is not supported", dtype));
    }
    fmt::print("{} {}: {}\n", comparison.passed() ? "pass" : "FAIL", name, comparison.report());
    return comparison.passed();
  } catch (const std::exception& error) {
    fmt::print("FAIL {}: {}\n", name, error.what());
    return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: rondo_parity FILE|FOLDER…\n");
    return 2;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const fs::path& file : find_cases({argv + 1, argv + argc})) {
    ++(run_file(file) ? passed : failed);
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
