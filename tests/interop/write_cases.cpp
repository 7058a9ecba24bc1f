// rondo_interop_cases onnx|pt|safetensors FOLDER COUNT: random models as files of another system,
// each with an expected.json (case.hpp), for that system's own programs.
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/core.h>

#include "rondo/tests/interop/random_model.hpp"

namespace {

namespace fs = std::filesystem;
using namespace rondo;

Json array_of(const Tensor<float>& tensor, const char* type) {
  Json shape = Json::array(), values = Json::array();
  for (const std::size_t size : tensor.shape()) {
    shape.push_back(size);
  }
  for (const float value : tensor.view()) {
    values.push_back(value);
  }
  return {{"shape", std::move(shape)}, {"dtype", type}, {"values", std::move(values)}};
}

void write_case(const std::string& format, const fs::path& folder, std::uint64_t seed) {
  interop::RandomModel model =
      format == "onnx" ? interop::random_onnx_model(seed) : interop::random_torch_model(seed);
  const std::string file = "model." + format;
  fs::create_directories(folder);
  write_model(*model.layers,
              folder / file,
              {.format = format, .right_padded = model.right_padded, .training = {}});
  Json inputs = Json::array();
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    const bool whole = i > 0 || model.inputs[i].shape().rank() == 2;
    inputs.push_back(array_of(model.inputs[i], whole ? "int32" : "float32"));
  }
  const Json call{{"inputs", std::move(inputs)},
                  {"outputs", Json::array({array_of(output_of(model), "float32")})}};
  Json expected{{"id", folder.filename().string()},
                {"format", format},
                {"file", file},
                {"producer", {{"system", "rondo"}, {"version", "1"}}},
                {"expect", "load"},
                {"tolerance", 2e-6},
                {"calls", Json::array({call})}};
  if (!model.modules.is_null()) {
    expected["modules"] = model.modules;
  }
  std::ofstream(folder / "expected.json") << expected.dump();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: rondo_interop_cases onnx|pt|safetensors FOLDER COUNT\n");
    return 2;
  }
  try {
    for (std::uint64_t seed = 1; seed <= std::stoull(argv[3]); ++seed) {
      write_case(argv[1], fs::path(argv[2]) / fmt::format("{}_{}", argv[1], seed), seed);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
  return 0;
}
