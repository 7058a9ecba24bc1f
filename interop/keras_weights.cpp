// The weights in HDF5 files of Keras, in both layouts.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/keras_file.hpp"

namespace rondo::detail {

namespace {

constexpr std::size_t most_names = 8;

std::string path_of(const WeightPlace& place) {
  return fmt::format("{}/{}", place.group, place.index);
}

bool is_beside_weights(const std::string& path) {
  return path.starts_with("optimizer/") || path.starts_with("metrics/");
}

/// A layer of a legacy file.
struct Stored {
  std::string name;
  std::vector<std::string> weights;
};

std::vector<Stored> stored_layers(const FilePart& file,
                                  const HdfReader& reader,
                                  const std::string& base) {
  const auto names = reader.texts(base, "layer_names");
  if (!names) {
    file.fail(fmt::format("{} has no attribute layer_names", in_quotes(base)));
  }
  std::vector<Stored> layers;
  for (const std::string& name : *names) {
    const std::string group = base.empty() ? name : base + '/' + name;
    if (!reader.has_group(group)) {
      file.fail(fmt::format("layer {} of layer_names has no group", in_quotes(name)));
    }
    const auto weights = reader.texts(group, "weight_names");
    if (!weights) {
      file.fail(fmt::format("layer {} has no attribute weight_names", in_quotes(name)));
    }
    if (std::set<std::string>(weights->begin(), weights->end()).size() != weights->size()) {
      file.fail(fmt::format("layer {} has two weights of one name", in_quotes(name)));
    }
    if (!weights->empty()) {
      layers.push_back({name, *weights});
    }
  }
  return layers;
}

using Members = std::vector<const WeightPlace*>;

/// The places of each layer of the outermost model, in the order of the config; frozen ones last.
std::map<std::size_t, Members> by_layer(const std::vector<WeightPlace>& places) {
  std::map<std::size_t, Members> layers;
  for (const WeightPlace& place : places) {
    layers[place.top].push_back(&place);
  }
  for (auto& [top, members] : layers) {
    std::stable_partition(
        members.begin(), members.end(), [](const WeightPlace* place) { return place->trainable; });
  }
  return layers;
}

void check_layers(const FilePart& file,
                  const std::vector<Stored>& stored,
                  const std::map<std::size_t, Members>& wanted) {
  if (stored.size() == wanted.size()) {
    return;
  }
  std::vector<std::string> found, expected;
  for (const Stored& layer : stored) {
    found.push_back(layer.name);
  }
  for (const auto& [top, members] : wanted) {
    expected.push_back(members.front()->top_name);
  }
  file.fail(fmt::format("holds weights of {} layers, {}; the model has {}, {}",
                        found.size(),
                        listed(found, most_names),
                        expected.size(),
                        listed(expected, most_names)));
}

void check_nothing_else(const FilePart& file,
                        const HdfReader& reader,
                        const std::string& base,
                        const std::set<std::string>& used) {
  for (const std::string& path : reader.datasets()) {
    const bool beside = base.empty() ? is_beside_weights(path) : !path.starts_with(base + '/');
    if (!beside && !path.starts_with("optimizer_weights/") && !used.contains(path)) {
      file.fail(fmt::format("holds {}, which is no weight of the model", in_quotes(path)));
    }
  }
}

}  // namespace

std::vector<StoredWeight> read_keras_3_weights(const FilePart& file,
                                               const HdfReader& reader,
                                               const std::vector<WeightPlace>& places) {
  std::set<std::string> used;
  for (const WeightPlace& place : places) {
    const std::string path = path_of(place);
    if (!reader.has_dataset(path)) {
      file.fail(fmt::format(
          "has no {}, the {} of layer {}", in_quotes(path), place.weight, in_quotes(place.layer)));
    }
    used.insert(path);
  }
  for (const std::string& path : reader.datasets()) {
    if (!is_beside_weights(path) && !used.contains(path)) {
      file.fail(fmt::format("holds {}, which is no weight of the model", in_quotes(path)));
    }
  }
  std::vector<StoredWeight> weights;
  for (const WeightPlace& place : places) {
    weights.push_back(reader.read(path_of(place)));
  }
  return weights;
}

std::vector<StoredWeight> read_legacy_weights(const FilePart& file,
                                              const HdfReader& reader,
                                              const std::string& base,
                                              const std::vector<WeightPlace>& places) {
  const std::vector<Stored> stored = stored_layers(file, reader, base);
  const auto wanted = by_layer(places);
  check_layers(file, stored, wanted);
  std::vector<StoredWeight> weights(places.size());
  std::set<std::string> used;
  auto layer = stored.begin();
  for (const auto& [top, members] : wanted) {
    if (layer->weights.size() != members.size()) {
      file.fail(fmt::format("layer {} has {} weights, {} of the model has {}",
                            in_quotes(layer->name),
                            layer->weights.size(),
                            in_quotes(members.front()->top_name),
                            members.size()));
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string path =
          fmt::format("{}{}{}/{}", base, base.empty() ? "" : "/", layer->name, layer->weights[i]);
      if (!reader.has_dataset(path)) {
        file.fail(fmt::format("has no {}, the {} of layer {}",
                              in_quotes(path),
                              members[i]->weight,
                              in_quotes(members[i]->layer)));
      }
      used.insert(path);
      weights[static_cast<std::size_t>(members[i] - places.data())] = reader.read(path);
    }
    ++layer;
  }
  check_nothing_else(file, reader, base, used);
  return weights;
}

}  // namespace rondo::detail
