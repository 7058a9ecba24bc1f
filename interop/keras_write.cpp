#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/interop/detail/keras_dialect.hpp"
#include "rondo/interop/detail/keras_file.hpp"
#include "rondo/interop/detail/keras_training.hpp"
#include "rondo/interop/detail/zip_archive.hpp"

namespace rondo::detail {

namespace {

/// Readers take files of this version; older ones read them too, since nothing newer is in them.
constexpr const char* version = "3.15.1";

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

void replace_whole(const char* format,
                   const std::filesystem::path& path,
                   std::span<const std::byte> bytes) {
  const std::array<std::span<const std::byte>, 1> parts{bytes};
  replace_file(format, path, parts);
}

void note_precision(const StoredModel& model, std::vector<std::string>& notes) {
  const auto is_wide = [](const StoredWeight& w) { return w.type == StoredType::float64; };
  if (std::any_of(model.weights.begin(), model.weights.end(), is_wide)) {
    notes.emplace_back("weights are rounded to float32");
  }
}

/// A weight as files have it.
StoredWeight as_float(const StoredWeight& weight) {
  if (weight.type == StoredType::float32) {
    return weight;
  }
  const Tensor<float> values = weight.values<float>();
  return StoredWeight::of<float>(weight.name, values.view());
}

/// Of rondo's model in the dialect, with the places of its weights.
struct Prepared {
  Config config;
  std::vector<WeightPlace> places;
  std::vector<LayerGroup> groups;
  std::vector<std::string> notes;
};

Prepared prepare(const char* format,
                 const std::filesystem::path& path,
                 const StoredModel& model,
                 Dialect dialect) {
  KerasConfig config = to_keras_config(format, parse_json(model.config), dialect);
  const FilePart part{format, path};
  Prepared result{config.model,
                  weight_places(part, config.model),
                  layer_groups(part, config.model),
                  std::move(config.notes)};
  if (result.places.size() != model.weights.size()) {
    throw_argument_error(format,
                         fmt::format("the layers have {} weights, the model has {}",
                                     result.places.size(),
                                     model.weights.size()));
  }
  note_precision(model, result.notes);
  return result;
}

/// All groups of Keras 3 with their weights.
void write_layers(HdfWriter& writer, const Prepared& prepared, const StoredModel& model) {
  for (const LayerGroup& group : prepared.groups) {
    writer.group(group.group);
    writer.text(group.group, "name", group.name);
  }
  for (std::size_t i = 0; i < prepared.places.size(); ++i) {
    const WeightPlace& place = prepared.places[i];
    writer.dataset(fmt::format("{}/{}", place.group, place.index), as_float(model.weights[i]));
  }
}

struct LegacyLayer {
  std::string name;
  std::vector<std::size_t> weights;  // frozen ones last
};

std::vector<LegacyLayer> legacy_layers(const Prepared& prepared) {
  std::vector<LegacyLayer> layers;
  std::map<std::size_t, std::size_t> by_top;  // InputLayer first, which has no group
  const Config& all = prepared.config["config"]["layers"];
  for (std::size_t top = 1; top < all.size(); ++top) {
    by_top[top] = layers.size();
    layers.push_back({text_in(all[top]["config"], "name"), {}});
  }
  for (const bool trainable : {true, false}) {
    for (std::size_t i = 0; i < prepared.places.size(); ++i) {
      if (prepared.places[i].trainable == trainable) {
        layers[by_top.at(prepared.places[i].top)].weights.push_back(i);
      }
    }
  }
  return layers;
}

}  // namespace

std::vector<std::string> write_keras_zip(const StoredModel& model,
                                         const std::filesystem::path& path,
                                         const WriteModelOptions& options) {
  Prepared prepared = prepare("keras", path, model, Dialect::keras3);
  HdfWriter writer;
  write_layers(writer, prepared, model);
  if (options.training && !options.training->optimizer.empty()) {
    Config compile =
        write_keras_training(*options.training, prepared.places, writer, prepared.notes);
    if (!compile.is_null()) {
      prepared.config["compile_config"] = std::move(compile);
    }
  }
  const std::vector<std::byte> weights = writer.finish();
  const std::string metadata = to_text({{"keras_version", version}, {"written_by", "rondo"}});
  const std::string config = to_text(prepared.config);
  const std::array members{NewZipMember{"metadata.json", bytes_of(metadata)},
                           NewZipMember{"config.json", bytes_of(config)},
                           NewZipMember{"model.weights.h5", weights}};
  write_zip("keras", path, members);
  return prepared.notes;
}

std::vector<std::string> write_keras_weights(const StoredModel& model,
                                             const std::filesystem::path& path,
                                             const WriteModelOptions&) {
  Prepared prepared = prepare("keras_weights_h5", path, model, Dialect::keras3);
  HdfWriter writer;
  write_layers(writer, prepared, model);
  replace_whole("keras_weights_h5", path, writer.finish());
  return prepared.notes;
}

std::vector<std::string> write_keras_legacy(const StoredModel& model,
                                            const std::filesystem::path& path,
                                            const WriteModelOptions&) {
  Prepared prepared = prepare("keras_h5", path, model, Dialect::legacy);
  for (const char* const key : {"module", "registered_name"}) {
    prepared.config.erase(key);
    for (Config& layer : prepared.config["config"]["layers"]) {
      layer.erase(key);
    }
  }
  HdfWriter writer;
  writer.text("", "model_config", to_text(prepared.config));
  writer.text("", "keras_version", version);
  writer.text("", "backend", "tensorflow");
  const std::string base = "model_weights";
  writer.group(base);
  std::vector<std::string> names;
  for (const LegacyLayer& layer : legacy_layers(prepared)) {
    names.push_back(layer.name);
    writer.group(base + '/' + layer.name);
    std::vector<std::string> weights;
    for (const std::size_t i : layer.weights) {
      weights.push_back(model.weights[i].name);
      writer.dataset(base + '/' + layer.name + '/' + weights.back(), as_float(model.weights[i]));
    }
    writer.texts(base + '/' + layer.name, "weight_names", weights);
  }
  writer.texts(base, "layer_names", names);
  writer.text(base, "keras_version", version);
  writer.text(base, "backend", "tensorflow");
  writer.group(base + "/top_level_model_weights");
  writer.texts(base + "/top_level_model_weights", "weight_names", {});
  replace_whole("keras_h5", path, writer.finish());
  return prepared.notes;
}

}  // namespace rondo::detail
