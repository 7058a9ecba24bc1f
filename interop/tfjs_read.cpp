#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include <fmt/format.h>

#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/file_content.hpp"
#include "rondo/formats/detail/number_bytes.hpp"
#include "rondo/interop/detail/keras_config.hpp"
#include "rondo/interop/detail/tfjs_file.hpp"
#include "rondo/interop/detail/weight_places.hpp"

namespace rondo::detail {

namespace {

namespace fs = std::filesystem;
constexpr const char* format = "tfjs";

/// A weight in the manifest: how its numbers lie in the bytes.
struct Entry {
  std::string name;
  Shape shape;
  std::string type;  // in the file: float32, int32, bool, uint8, uint16, float16
  double scale = 1.0;
  double min = 0.0;

  [[nodiscard]] std::size_t size() const {
    const std::size_t each = type == "float32" || type == "int32"    ? 4
                             : type == "uint16" || type == "float16" ? 2
                                                                     : 1;
    return shape.size() * each;
  }
};

double number_in(const FilePart& file, const Config& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) {
    file.fail(fmt::format("quantization has no number '{}'", key));
  }
  return found->get<double>();
}

Entry entry_of(const FilePart& file, const Config& given) {
  Entry entry{.name = text_in(given, "name"), .shape = {}, .type = text_in(given, "dtype")};
  const FilePart part{
      file.format, file.path, fmt::format("{}: {}", file.part, in_quotes(entry.name))};
  const auto shape = given.is_object() ? given.find("shape") : given.end();
  if (entry.name.empty() || !given.is_object() || shape == given.end() || !shape->is_array()) {
    part.fail("a weight needs name, shape and dtype");
  }
  for (const Config& size : *shape) {
    if (!size.is_number_unsigned()) {
      part.fail(fmt::format("the shape {} is none", to_short_text(*shape)));
    }
    entry.shape.append(size.get<std::size_t>());
  }
  const auto packed = given.find("quantization");
  if (packed != given.end() && packed->is_object()) {
    const std::string type = text_in(*packed, "dtype");
    if (type == "uint8" || type == "uint16") {
      entry.scale = number_in(part, *packed, "scale");
      entry.min = number_in(part, *packed, "min");
    } else if (type != "float16") {
      part.fail(fmt::format("is packed as {}, which is not read", in_quotes(type)));
    }
    if (entry.type != "float32") {
      part.fail(fmt::format("is a packed {}, only float32 is read", in_quotes(entry.type)));
    }
    entry.type = type;
  } else if (entry.type != "float32" && entry.type != "int32" && entry.type != "bool") {
    part.fail(fmt::format("has the dtype {}, which is not read", in_quotes(entry.type)));
  }
  return entry;
}

/// Its numbers as float32.
StoredWeight weight_of(const Entry& entry, std::span<const std::byte> bytes) {
  StoredWeight weight{.name = entry.name, .type = StoredType::float32, .shape = entry.shape};
  if (entry.type == "float32") {
    weight.bytes.assign(bytes.begin(), bytes.end());
    return weight;
  }
  std::vector<float> values(entry.shape.size());
  const auto convert = [&]<class From>(From) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      From value{};
      std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
      const double number = static_cast<double>(static_cast<float>(value));
      values[i] = static_cast<float>(number * entry.scale + entry.min);
    }
  };
  if (entry.type == "float16") {
    convert(Float16{});
  } else if (entry.type == "uint16") {
    convert(std::uint16_t{});
  } else if (entry.type == "int32") {
    convert(std::int32_t{});
  } else {
    convert(std::uint8_t{});
  }
  const auto whole = std::as_bytes(std::span(values));
  weight.bytes.assign(whole.begin(), whole.end());
  return weight;
}

/// The content of a file beside the model.
std::string read_shard(const FilePart& file, const std::string& name, std::set<std::string>& used) {
  const bool inside =
      !name.empty() && name != "." && name != ".." && name.find_first_of("/\\") == name.npos;
  if (!inside) {
    file.fail(
        fmt::format("the weights' file {} would lie outside the model's folder", in_quotes(name)));
  }
  if (!used.insert(name).second) {
    file.fail(fmt::format("the weights' file {} is named twice", in_quotes(name)));
  }
  const fs::path path = file.path.parent_path() / name;
  if (!fs::is_regular_file(fs::symlink_status(path))) {
    file.fail(fmt::format("the weights' file {} is missing, or no regular file", in_quotes(name)));
  }
  return read_content(format, path);
}

class Manifest {
 public:
  Manifest(const FilePart& file, const Config& groups) : file_(file) {
    if (!groups.is_array()) {
      file.fail("must be a list of groups");
    }
    for (const Config& group : groups) {
      read_group(group);
    }
  }

  /// @throws FormatError if it is not there
  StoredWeight take(const WeightPlace& place) {
    auto found = weights_.find(place.tfjs);
    if (found == weights_.end()) {
      const auto other = shorter_.find(place.tfjs);
      found = other == shorter_.end() ? weights_.end() : weights_.find(other->second);
    }
    if (found == weights_.end()) {
      file_.fail(fmt::format("has no {}, the {} of layer {}",
                             in_quotes(place.tfjs),
                             place.weight,
                             in_quotes(place.layer)));
    }
    StoredWeight weight = std::move(found->second);
    weights_.erase(found);
    return weight;
  }

  void check_empty() const {
    if (!weights_.empty()) {
      file_.fail(fmt::format("holds {}, which is no weight of the model",
                             in_quotes(weights_.begin()->first)));
    }
  }

  [[nodiscard]] bool has_optimizer() const { return has_optimizer_; }

 private:
  void read_group(const Config& group) {
    if (!group.is_object() || !group.contains("paths") || !group["paths"].is_array() ||
        !group.contains("weights") || !group["weights"].is_array()) {
      file_.fail("a group needs paths and weights");
    }
    std::vector<std::string> names;
    std::string bytes;
    for (const Config& path : group["paths"]) {
      names.push_back(path.is_string() ? path.get<std::string>() : "");
      bytes += read_shard(file_, names.back(), used_);
    }
    std::vector<Entry> entries;
    std::size_t due = 0;
    for (const Config& weight : group["weights"]) {
      entries.push_back(entry_of(file_, weight));
      if (__builtin_add_overflow(due, entries.back().size(), &due)) {
        file_.fail("the weights have more bytes than there can be");
      }
    }
    if (due != bytes.size()) {
      file_.fail(fmt::format("{} hold {} bytes, the weights of their group have {}",
                             listed(names, 4),
                             bytes.size(),
                             due));
    }
    std::size_t at = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto part = std::as_bytes(std::span(bytes)).subspan(at, entries[i].size());
      at += part.size();
      if (text_in(group["weights"][i], "group") == "optimizer") {
        has_optimizer_ = true;
      } else {
        add(entries[i], part);
      }
    }
  }

  void add(const Entry& entry, std::span<const std::byte> bytes) {
    if (!weights_.emplace(entry.name, weight_of(entry, bytes)).second) {
      file_.fail(fmt::format("two weights are called {}", in_quotes(entry.name)));
    }
    // LAYER/CELL/kernel is known as LAYER/kernel too.
    const std::size_t last = entry.name.rfind('/');
    const std::size_t before =
        last == 0 || last == entry.name.npos ? entry.name.npos : entry.name.rfind('/', last - 1);
    if (before != entry.name.npos) {
      const std::string name = entry.name.substr(0, before) + entry.name.substr(last);
      const auto [known, fresh] = shorter_.emplace(name, entry.name);
      if (!fresh) {
        known->second.clear();  // it could be either
      }
    }
  }

  const FilePart& file_;
  std::map<std::string, StoredWeight> weights_;
  std::map<std::string, std::string> shorter_;
  std::set<std::string> used_;
  bool has_optimizer_ = false;
};

}  // namespace

bool is_tfjs(const ModelSource& file) {
  const std::size_t first = file.content.find_first_not_of(" \t\r\n");
  return first != file.content.npos && file.content[first] == '{' &&
         file.content.find("\"modelTopology\"") != file.content.npos;
}

StoredModel read_tfjs(const ModelSource& file, const ReadModelOptions&) {
  const FilePart whole{format, file.path};
  std::string problem;
  const Config json = parse_json(file.content, 200, &problem);
  if (json.is_discarded()) {
    whole.fail(problem);
  }
  const std::string kind = text_in(json, "format");
  if (kind == "graph-model" || (!kind.empty() && kind != "layers-model")) {
    whole.fail(fmt::format("is a {}, only layers-model is read", in_quotes(kind)));
  }
  const Config& topology = json.at("modelTopology");
  const bool converted = topology.is_object() && topology.contains("model_config");
  const Config& config = converted ? topology["model_config"] : topology;
  const FilePart part{format, file.path, "modelTopology"};
  const Config ours = to_rondo_config(part, config, keras_version_of("tfjs", config), false);
  const auto places = weight_places(part, config);
  static_cast<void>(make_layer<float>(ours));  // options first: they are what a user looks for
  const FilePart manifest_part{format, file.path, "weightsManifest"};
  Manifest manifest(manifest_part, json.value("weightsManifest", Config()));
  StoredModel model;
  for (const WeightPlace& place : places) {
    model.weights.push_back(manifest.take(place));
  }
  manifest.check_empty();
  model.config = to_text(ours);
  model.producer = printable(text_in(topology, "keras_version"));
  if (manifest.has_optimizer() || json.contains("trainingConfig") ||
      (converted && topology.contains("training_config"))) {
    model.notes.emplace_back("left out: the configuration of training");
  }
  return model;
}

}  // namespace rondo::detail
