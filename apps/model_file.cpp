#include "rondo/apps/model_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/notice.hpp"
#include "rondo/data/scaler.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/interop/model_file.hpp"
#include "rondo/layers/from_config.hpp"

namespace rondo::apps {

namespace {

const char* preparation_key(const RunDescription& run) {
  return run.kind() == DataKind::text ? "vocabulary" : "scaler";
}

const std::string& text_of(const SafetensorsFile& file, const char* key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) {
    refuse_model(file.path().string(), fmt::format("has no '{}' in its metadata", key));
  }
  return found->second;
}

void check_format(const SafetensorsFile& file) {
  const std::string& format = text_of(file, "format");
  if (format == "rondo forecast 1") {
    refuse_model(file.path().string(),
                 "is a model of an earlier version, 'rondo forecast 1', which is no longer read: "
                 "train it again");
  }
  if (format == "rondo classifier 1") {
    refuse_model(file.path().string(),
                 "is a model of classes, it is used with series in files .ts or .tsv (--csv)");
  }
  if (format.starts_with("rondo forecaster")) {
    refuse_model(file.path().string(), "is a model of tables, it is used with --csv");
  }
  if (format != model_format) {
    refuse_model(
        file.path().string(),
        fmt::format("expected a model, '{}', found '{}'", model_format, format.substr(0, 40)));
  }
}

RunDescription run_of(const SafetensorsFile& file) {
  const std::string path = file.path().string();
  RunDescription run;
  read_json(text_of(file, "run"), path + ": run", run);
  return in_model_file(path, [&] { return completed(run); });
}

/// A model of another system: it sees one column as it is, and predicts the next value.
ModelFile foreign_model(const std::string& path) {
  LoadedModel<float> model = rondo::load_model<float>(path);
  for (const std::string& note : model.about().notes) {
    notice("{}: {}", path, note);
  }
  const PartialShape& inputs = model.layers().declared().sample_shape;
  const bool fits = inputs.size() == 2 && inputs[0] && inputs[1] == std::size_t{1} &&
                    model.layers().output_shape({*inputs[0], 1}) == Shape{1};
  if (!fits) {
    refuse_model(path,
                 fmt::format("takes inputs {}: a series of one column needs [null,window,1] with "
                             "one value behind it",
                             shape_json(inputs)));
  }
  RunDescription run{.csv = path, .window = inputs[0], .horizon = 1};
  StandardScaler<double> scaler;
  scaler.from_json(R"({"scaler":"StandardScaler","offset":[0.0],"scale":[1.0]})");
  return {.path = path,
          .run = completed(run),
          .preparation = scaler.to_json(),
          .layers = model.release()};
}

}  // namespace

void refuse_model(const std::string& path, const std::string& problem) {
  throw_format_error("model", fmt::format("{}: {}", path, problem));
}

void save_model(const std::string& path,
                const Layer<float>& layers,
                const RunDescription& run,
                const std::string& preparation) {
  save_weights<float>(path,
                      layers.weights(),
                      {{"format", model_format},
                       {"model", to_text(layers.config())},
                       {preparation_key(run), preparation},
                       {"run", to_json(run, -1)}});
}

std::unique_ptr<Layer<float>> build_layers(const std::string& config, SafetensorsFile& file) {
  const std::string path = file.path().string();
  const Config parsed = parse_json(config);
  if (parsed.is_discarded()) {
    refuse_model(path, "the config of its layers is not JSON");
  }
  auto layers = in_model_file(path, [&] { return make_layer<float>(parsed); });
  try {
    layers->build_from_declared(stored_weights<float>(file));
  } catch (const FormatError&) {  // of the weights, which names the file
    throw;
  } catch (const Error& error) {
    refuse_model(path, error.what());
  }
  return layers;
}

ModelFile load_model(const std::string& path) {
  const std::string kind = file_format(path);
  if (!kind.empty() && kind != "rondo" && !kind.ends_with("safetensors")) {
    return foreign_model(path);
  }
  SafetensorsFile file = SafetensorsFile::open(path);
  check_format(file);
  const RunDescription run = run_of(file);
  ModelFile result{.path = path,
                   .run = run,
                   .preparation = text_of(file, preparation_key(run)),
                   .layers = build_layers(text_of(file, "model"), file)};
  check_no_other_weights<float>(file, result.layers->weights());
  return result;
}

ModelFile load_model(const std::string& path, DataKind given) {
  ModelFile model = load_model(path);
  if (model.run.kind() != given) {
    const bool text = given == DataKind::text;
    throw_argument_error("model",
                         fmt::format("{} is a model of {}, it cannot be used with {}",
                                     path,
                                     text ? "a series" : "a text",
                                     text ? "a text" : "a series"));
  }
  return model;
}

}  // namespace rondo::apps
