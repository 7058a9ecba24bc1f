#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/interop/detail/keras_dialect.hpp"
#include "rondo/interop/detail/tfjs_file.hpp"
#include "rondo/interop/detail/weight_places.hpp"

namespace rondo::detail {

namespace {

namespace fs = std::filesystem;
constexpr const char* format = "tfjs";
constexpr std::size_t shard_bytes = std::size_t{4} << 20U;

void write_bytes(const fs::path& path, std::span<const std::byte> bytes) {
  const std::array<std::span<const std::byte>, 1> parts{bytes};
  replace_file(format, path, parts);
}

/// A folder for `path`, made if it is none, and the JSON file in it.
fs::path json_file(const fs::path& path) {
  if (path.extension() == ".json") {
    return path;
  }
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    refuse_file(format, path, "the folder cannot be made: " + error.message());
  }
  return path / "model.json";
}

/// The weights in the order of the model, and their bytes.
Config manifest_of(const StoredModel& model,
                   const std::vector<WeightPlace>& places,
                   std::vector<std::byte>& bytes) {
  Config list = Config::array();
  std::set<std::string> names;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!names.insert(places[i].tfjs).second) {
      throw_argument_error(
          format,
          fmt::format("two weights would be called {}: TensorFlow.js wants the names of layers to "
                      "differ in the whole model",
                      in_quotes(places[i].tfjs)));
    }
    const Tensor<float> values = model.weights[i].values<float>();
    const auto part = std::as_bytes(values.view().span());
    bytes.insert(bytes.end(), part.begin(), part.end());
    Config shape = Config::array();
    for (const std::size_t size : values.shape()) {
      shape.push_back(size);
    }
    list.push_back({{"name", places[i].tfjs}, {"shape", shape}, {"dtype", "float32"}});
  }
  return list;
}

}  // namespace

std::vector<std::string> write_tfjs(const StoredModel& model,
                                    const fs::path& path,
                                    const WriteModelOptions&) {
  KerasConfig config = to_keras_config(format, parse_json(model.config), Dialect::tfjs);
  const FilePart part{format, path};
  const auto places = weight_places(part, config.model);
  if (places.size() != model.weights.size()) {
    throw_argument_error(
        format,
        fmt::format(
            "the layers have {} weights, the model has {}", places.size(), model.weights.size()));
  }
  std::vector<std::byte> bytes;
  const Config weights = manifest_of(model, places, bytes);
  const fs::path file = json_file(path);
  const std::size_t shards =
      std::max<std::size_t>(1, (bytes.size() + shard_bytes - 1) / shard_bytes);
  Config paths = Config::array();
  for (std::size_t i = 0; i < shards; ++i) {
    const std::string name = fmt::format("group1-shard{}of{}.bin", i + 1, shards);
    const std::size_t first = i * shard_bytes;
    write_bytes(file.parent_path() / name,
                std::span(bytes).subspan(first, std::min(shard_bytes, bytes.size() - first)));
    paths.push_back(name);
  }
  Config topology = config.model;
  topology["keras_version"] = "tfjs-layers 4.22.0";
  topology["backend"] = "tensor_flow.js";
  const Config json{{"format", "layers-model"},
                    {"generatedBy", "rondo"},
                    {"convertedBy", nullptr},
                    {"modelTopology", topology},
                    {"weightsManifest", Config::array({{{"paths", paths}, {"weights", weights}}})}};
  const std::string text = to_text(json);
  write_bytes(file, std::as_bytes(std::span(text)));
  return config.notes;
}

}  // namespace rondo::detail
