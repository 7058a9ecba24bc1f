#include "rondo/tests/interop/case.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/interop/detail/keras_dialect.hpp"
#include "rondo/interop/model_file.hpp"

namespace rondo::interop {

namespace {

namespace fs = std::filesystem;

Json read_json(const fs::path& path) {
  std::string problem;
  Json json = parse_json(read_text(path), 200, &problem);
  if (json.is_discarded()) {
    throw std::runtime_error(path.string() + ": " + problem);
  }
  return json;
}

Tensor<float> tensor_of(const Json& array) {
  Shape shape;
  for (const Json& size : array.at("shape")) {
    shape.append(size.get<std::size_t>());
  }
  return Tensor<float>::from_values(shape, array.at("values").get<std::vector<float>>());
}

ReadModelOptions options_of(const fs::path& folder, const Json& test_case) {
  ReadModelOptions options;
  if (test_case.contains("architecture")) {
    options.architecture = read_text(folder / test_case["architecture"].get<std::string>());
  }
  if (test_case.contains("modules")) {
    options.architecture = to_text(test_case["modules"]);
  }
  options.prefix = test_case.value("prefix", "");
  return options;
}

/// @throws std::runtime_error for another shape or a number that is not finite
double deviation(const Tensor<float>& actual, const Json& expected) {
  const Tensor<float> wanted = tensor_of(expected);
  if (actual.shape() != wanted.shape()) {
    throw std::runtime_error(
        fmt::format("shape {}, expected {}", to_string(actual.shape()), to_string(wanted.shape())));
  }
  double largest = 1.0, worst = 0.0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double want = wanted.data()[i], got = actual.data()[i];
    if (!std::isfinite(got)) {
      throw std::runtime_error("an output is not finite");
    }
    largest = std::max(largest, std::abs(want));
    worst = std::max(worst, std::abs(got - want));
  }
  return worst / largest;
}

double run_calls(LoadedModel<float>& model, const Json& calls) {
  double worst = 0.0;
  for (const Json& call : calls) {
    if (call.value("reset_states_before", false)) {
      model.reset_states();
    }
    std::vector<Tensor<float>> inputs;
    for (const Json& input : call.at("inputs")) {
      inputs.push_back(tensor_of(input));
    }
    const auto outputs = model.predict(std::span<const Tensor<float>>(inputs));
    const Json& expected = call.at("outputs");
    if (outputs.size() != expected.size()) {
      throw std::runtime_error(
          fmt::format("{} outputs, expected {}", outputs.size(), expected.size()));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      worst = std::max(worst, deviation(outputs[i], expected[i]));
    }
  }
  return worst;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

/// Of each inner list one word must stand in the error; the first list of which none does.
std::string not_mentioned(const std::string& error, const Json& mention) {
  for (const Json& words : mention) {
    const bool any = std::any_of(words.begin(), words.end(), [&](const Json& word) {
      return lower(error).find(lower(word.get<std::string>())) != error.npos;
    });
    if (!any) {
      return to_text(words);
    }
  }
  return {};
}

std::pair<bool, std::string> refused(const Json& test_case,
                                     const fs::path& file,
                                     const Error& error) {
  const std::string text = error.what();
  if (dynamic_cast<const FormatError*>(&error) == nullptr) {
    return {false, "no FormatError: " + text};
  }
  if (text.find(file.filename().string()) == text.npos) {
    return {false, "does not name the file: " + text};
  }
  const std::string missing =
      not_mentioned(text, test_case.at("refusal").value("mention", Json::array()));
  return missing.empty() ? std::pair(true, "refused: " + text)
                         : std::pair(false, fmt::format("does not mention {}: {}", missing, text));
}

/// What can read a file that rondo wrote in a format.
struct Target {
  const char* format;
  const char* file;
  std::vector<std::string> readers;
};

const std::vector<Target>& targets() {
  static const std::vector<Target> all{{"keras", "model.keras", {"keras"}},
                                       {"keras_h5", "model.h5", {"keras", "tf-keras"}},
                                       {"keras_weights_h5", "model.weights.h5", {"keras"}},
                                       {"tfjs", "model.json", {"tfjs"}}};
  return all;
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// The case of a file that was written.
void write_target(const Json& original,
                  const StoredModel& model,
                  const Target& target,
                  const fs::path& folder) {
  fs::create_directories(folder);
  write_model(model, folder / target.file, {.format = target.format});
  Json test_case{{"id", folder.filename().string()},
                 {"format", target.format},
                 {"file", target.file},
                 {"producer", {{"system", "rondo"}}},
                 {"expect", "load"},
                 {"readers", target.readers},
                 {"calls", original.at("calls")}};
  if (std::string_view(target.format) == "keras_weights_h5") {
    test_case["architecture"] = "architecture.json";
    const auto config =
        detail::to_keras_config(target.format, parse_json(model.config), detail::Dialect::keras3);
    write_text(folder / "architecture.json", to_text(config.model));
  }
  write_text(folder / "expected.json", to_text(test_case));
}

}  // namespace

std::string write_case(const fs::path& folder, const fs::path& out) {
  const Json test_case = read_json(folder / "expected.json");
  if (test_case.value("expect", "load") != "load") {
    return "is to be refused";
  }
  const LoadedModel<float> model = load_model<float>(
      folder / test_case.at("file").get<std::string>(), options_of(folder, test_case));
  const StoredModel described = describe(model.layers());
  std::string report;
  for (const Target& target : targets()) {
    const fs::path place = out / (folder.filename().string() + "_to_" + target.format);
    report += report.empty() ? "" : "; ";
    report += target.format;
    try {
      write_target(test_case, described, target, place);
    } catch (const ArgumentError& error) {
      fs::remove_all(place);
      report += fmt::format(" not: {}", error.what());
    }
  }
  return report;
}

std::pair<bool, std::string> run_case(const fs::path& folder) {
  const Json test_case = read_json(folder / "expected.json");
  const std::string expect = test_case.value("expect", "load");
  const fs::path file = folder / test_case.at("file").get<std::string>();
  try {
    LoadedModel<float> model = load_model<float>(file, options_of(folder, test_case));
    if (expect == "refuse") {
      return {false, "was loaded, expected a refusal"};
    }
    const double error = run_calls(model, test_case.at("calls"));
    return {error <= test_case.value("tolerance", 2e-6), fmt::format("{:.1e}", error)};
  } catch (const Error& error) {
    if (expect == "refuse") {
      return refused(test_case, file, error);
    }
    return {expect == "either", error.what()};
  } catch (const std::exception& error) {
    return {false, error.what()};
  }
}

}  // namespace rondo::interop
