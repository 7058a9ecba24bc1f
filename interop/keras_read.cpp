#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/keras_config.hpp"
#include "rondo/interop/detail/keras_file.hpp"
#include "rondo/interop/detail/keras_training.hpp"
#include "rondo/interop/detail/zip_archive.hpp"

namespace rondo::detail {

namespace {

Config parse(const FilePart& file, std::string_view text) {
  std::string problem;
  Config json = parse_json(text, 200, &problem);
  if (json.is_discarded()) {
    file.fail(problem);
  }
  return json;
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a file says beside layers and weights, in a line.
void note_training(const Config& compile, StoredModel& model) {
  if (!compile.is_object() || compile.empty()) {
    return;
  }
  const Config optimizer = compile.value("optimizer", Config());
  const Config options = compile.value("optimizer_config", optimizer);
  model.notes.push_back(
      fmt::format("left out: compile configuration (optimizer {}, loss {})",
                  options.is_string() ? options.get<std::string>() : text_in(options, "class_name"),
                  to_short_text(compile.value("loss", Config()))));
}

/// Of GRUs of old files that do not say where they reset: a bias of two rows says it.
bool resets_after(const std::vector<WeightPlace>& places,
                  const std::vector<StoredWeight>& weights) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].weight == "bias" && weights[i].shape.rank() == 2) {
      return true;
    }
  }
  return false;
}

/// The model of a config, with the weights that `read` finds for its places.
template <class Read>
void fill(const FilePart& config_part,
          const Config& config,
          std::string_view version_text,
          Read read,
          StoredModel& model) {
  const KerasVersion version = keras_version_of(version_text, config);
  Config ours = to_rondo_config(config_part, config, version, true);
  const std::vector<WeightPlace> places = weight_places(config_part, config);
  static_cast<void>(make_layer<float>(ours));  // options first: they are what a user looks for
  model.weights = read(places);
  if (leaves_reset_after_open(config) && !resets_after(places, model.weights)) {
    ours = to_rondo_config(config_part, config, version, false);
  }
  model.config = to_text(ours);
  model.producer =
      version.profile == Compat::tfjs
          ? std::string(version_text)
          : fmt::format("Keras {}",
                        version_text.empty() ? "of unknown version" : printable(version_text));
}

void read_legacy_model(const FilePart& file, const HdfReader& reader, StoredModel& model) {
  const FilePart part{file.format, file.path, "model_config"};
  const Config config = parse(part, *reader.text("", "model_config"));
  std::string version = reader.text("", "keras_version").value_or("");
  if (version.empty() && reader.has_group("model_weights")) {
    version = reader.text("model_weights", "keras_version").value_or("");
  }
  fill(
      part,
      config,
      version,
      [&](const std::vector<WeightPlace>& places) {
        return read_legacy_weights(file, reader, "model_weights", places);
      },
      model);
  if (const auto training = reader.text("", "training_config")) {
    note_training(parse({file.format, file.path, "training_config"}, *training), model);
  }
  if (reader.has_group("optimizer_weights")) {
    model.notes.emplace_back("left out: the optimizer's state, which is read from .keras files");
  }
}

void read_weights_alone(const FilePart& file,
                        const HdfReader& reader,
                        const ReadModelOptions& options,
                        StoredModel& model) {
  model.format = "keras_weights_h5";
  if (options.architecture.empty()) {
    for (const std::string& path : reader.datasets()) {
      model.weights.push_back(reader.read(path));
    }
    return;
  }
  const FilePart part{file.format, file.path, "the given architecture"};
  const Config config = parse(part, options.architecture);
  fill(
      part,
      config,
      text_in(config, "keras_version"),
      [&](const std::vector<WeightPlace>& places) {
        return reader.texts("", "layer_names") ? read_legacy_weights(file, reader, "", places)
                                               : read_keras_3_weights(file, reader, places);
      },
      model);
}

}  // namespace

bool is_keras_zip(const ModelSource& file) {
  return std::find(file.members.begin(), file.members.end(), "config.json") != file.members.end();
}

bool is_hdf5(const ModelSource& file) {
  return file.content.starts_with("\x89HDF\r\n\x1a\n");
}

StoredModel read_keras_zip(const ModelSource& file, const ReadModelOptions&) {
  constexpr const char* format = "keras";
  constexpr std::array known{"metadata.json", "config.json", "model.weights.h5"};
  const FilePart whole{format, file.path};
  const ZipArchive archive(format, file.path, file.content);
  for (const ZipMember& member : archive.members()) {
    if (std::find(known.begin(), known.end(), member.name) == known.end()) {
      whole.fail(fmt::format("has the member {}, which is not read", in_quotes(member.name)));
    }
  }
  const FilePart config_part{format, file.path, "config.json"};
  const auto config_text = archive.read("config.json");
  const Config config = parse(config_part, text_of(config_text));
  std::string version;
  if (archive.find("metadata.json") != nullptr) {
    const auto metadata = archive.read("metadata.json");
    version =
        text_in(parse({format, file.path, "metadata.json"}, text_of(metadata)), "keras_version");
  }
  StoredModel model;
  const FilePart weights_part{format, file.path, "model.weights.h5"};
  fill(
      config_part,
      config,
      version,
      [&](const std::vector<WeightPlace>& places) {
        const auto bytes = archive.read("model.weights.h5");
        const HdfReader reader(weights_part, text_of(bytes));
        auto weights = read_keras_3_weights(weights_part, reader, places);
        read_keras_training(config.value("compile_config", Config()), reader, places, model);
        return weights;
      },
      model);
  return model;
}

StoredModel read_keras_hdf5(const ModelSource& file, const ReadModelOptions& options) {
  const FilePart whole{"keras_h5", file.path};
  const HdfReader reader(whole, file.content);
  StoredModel model;
  if (reader.text("", "model_config")) {
    read_legacy_model(whole, reader, model);
  } else {
    read_weights_alone(whole, reader, options, model);
  }
  return model;
}

}  // namespace rondo::detail
