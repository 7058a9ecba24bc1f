// A model of TensorFlow.js: its JSON and, behind a zero byte, the bytes of its one file of weights.
#include <filesystem>
#include <fstream>

#include "rondo/interop/model_file.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// A folder of this process.
const std::filesystem::path& folder() {
  static const std::filesystem::path path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "fuzz-tfjs-XXXXXX").string();
    fuzz::require(mkdtemp(name.data()) != nullptr, "no folder can be made");
    return std::filesystem::path(name);
  }();
  return path;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [json, weights] = fuzz::split_at_zero(fuzz::Input(data, size).all());
  const Json parsed = parse_json(json);
  if (parsed.is_discarded() || fuzz::is_small(parsed, 100000.0)) {
    write(folder() / "model.json", json);
    write(folder() / "weights.bin", weights);
    fuzz::accepted([&] { static_cast<void>(load_model<float>(folder())); });
  }
  return 0;
}
