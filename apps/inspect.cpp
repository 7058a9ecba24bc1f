#include "rondo/apps/inspect.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <memory>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/class_use.hpp"
#include "rondo/apps/model_file.hpp"
#include "rondo/apps/series_model.hpp"
#include "rondo/apps/table_model.hpp"
#include "rondo/apps/temporary_folder.hpp"
#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/safetensors.hpp"
#include "rondo/interop/model_file.hpp"
#include "rondo/layers/model.hpp"
#include "rondo/timeseries/classifier.hpp"

namespace rondo::apps {

namespace {

struct Statistics {
  std::size_t finite = 0;
  double min = 0.0;
  double max = 0.0;
  double mean = 0.0;  // all three of the finite values
};

/// @param T  bool or double, which all other types are read as
template <class T>
Statistics statistics_of(SafetensorsFile& file, const StoredTensor& tensor) {
  const auto values = std::make_unique<T[]>(tensor.shape.size());
  file.read(tensor.name, TensorView<T>(values.get(), tensor.shape));
  Statistics result;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const auto value = static_cast<double>(values[i]);
    if (std::isfinite(value)) {
      result.min = result.finite == 0 ? value : std::min(result.min, value);
      result.max = result.finite == 0 ? value : std::max(result.max, value);
      result.mean += (value - result.mean) / static_cast<double>(++result.finite);
    }
  }
  return result;
}

Statistics statistics_of(SafetensorsFile& file, const StoredTensor& tensor) {
  switch (tensor.type) {
    case StoredType::boolean:
      return statistics_of<bool>(file, tensor);
    case StoredType::float32:
      return statistics_of<float>(file, tensor);
    case StoredType::uint64:
      return statistics_of<std::uint64_t>(file, tensor);
    default:
      return statistics_of<double>(file, tensor);
  }
}

/// Numbers of a tensor, or why there are none.
std::string tensor_numbers(SafetensorsFile& file, const StoredTensor& tensor) {
  if (!tensor.problem.empty()) {
    return "  " + tensor.problem + '\n';
  }
  const std::size_t size = tensor.shape.size();
  std::string text =
      fmt::format("  {:<8}{:<16}{:>10}", to_string(tensor.type), to_string(tensor.shape), size);
  Statistics s;
  try {
    s = statistics_of(file, tensor);
  } catch (const FormatError&) {  // whole numbers of more digits than a double
    return text + "  has numbers that are not read\n";
  }
  text += s.finite > 0 ? fmt::format("{:>12.4g}{:>12.4g}{:>12.4g}", s.min, s.max, s.mean)
                       : fmt::format("{:>12}{:>12}{:>12}", "-", "-", "-");
  return text +
         (s.finite == size ? "  yes\n" : fmt::format("  no: {} of {}\n", size - s.finite, size));
}

std::string tensor_table(SafetensorsFile& file) {
  std::size_t width = 6;
  for (const StoredTensor& tensor : file.tensors()) {
    width = std::max(width, shortened(tensor.name, 60).size());
  }
  std::string text = fmt::format("{:<{}}  {:<8}{:<16}{:>10}{:>12}{:>12}{:>12}  finite\n",
                                 "tensor",
                                 width,
                                 "type",
                                 "shape",
                                 "values",
                                 "min",
                                 "max",
                                 "mean");
  std::size_t total = 0;
  for (const StoredTensor& tensor : file.tensors()) {
    total += tensor.problem.empty() ? tensor.shape.size() : 0;
    text += fmt::format("{:<{}}", shortened(tensor.name, 60), width) + tensor_numbers(file, tensor);
  }
  return text + fmt::format("{} tensors, {} values\n", file.tensors().size(), total);
}

std::string metadata_table(const FileMetadata& metadata) {
  std::string text = metadata.empty() ? "\nno metadata\n" : "\nmetadata\n";
  for (const auto& [key, value] : metadata) {
    text += fmt::format("  {}: {}\n", shortened(key, 60), shortened(value, 100));
  }
  return text;
}

/// What a model adds to tensors and metadata.
std::string model_text(const std::string& path) {
  ModelFile file = load_model(path);
  std::string text = fmt::format("\n{}\n", file.layers->summary());
  const std::string run = to_json(file.run, 2);
  if (file.run.kind() == DataKind::text) {
    const CharacterModel model(std::move(file));
    text += fmt::format("vocabulary: {} characters\n", model.vocabulary().size());
  } else {
    const SeriesModel model(std::move(file));
    text += fmt::format("scaler: ({} - {}) / {}\n",
                        model.run().column,
                        model.scaler().offset()[0],
                        model.scaler().scale()[0]);
  }
  return text + fmt::format("run: {}\n", run);
}

/// The table of a checkpoint's layers, or why there is none: they may be a user's own, or made
/// without the shape of their inputs.
std::string checkpoint_layers(SafetensorsFile& file) {
  const auto config = file.metadata().find("model");
  if (config == file.metadata().end()) {
    return "no layers are named\n";
  }
  try {
    return build_layers(config->second, file)->summary();
  } catch (const Error& error) {
    return fmt::format("layers cannot be shown: {}\n", shortened(error.what(), 300));
  }
}

/// What a checkpoint adds: its layers, and the position of a run that can go on from it.
std::string checkpoint_text(SafetensorsFile& file) {
  std::string text = '\n' + checkpoint_layers(file);
  for (const char* const key : {"epoch", "batch"}) {
    const StoredTensor* const tensor = file.find(fmt::format("run/{}", key));
    if (tensor != nullptr) {
      std::uint64_t value = 0;
      file.read(tensor->name, TensorView<std::uint64_t>(&value, Shape{}));
      text += fmt::format("{}: {} done\n", key, value);
    }
  }
  return text;
}

/// What becomes of a model in each format that can be written: it is tried, and thrown away.
std::string conversions(const StoredModel& model) {
  std::string text = "\nconversion\n";
  const TemporaryFolder folder(std::filesystem::temp_directory_path());
  for (const FormatDescription& format : known_formats()) {
    if (!format.writable) {
      continue;
    }
    std::string said = "possible";
    try {
      const std::string name = fmt::format("model{}", format.extension);
      for (const std::string& note :
           write_model(model, folder.path() / name, {.format = std::string(format.name)})) {
        said += "; " + note;
      }
    } catch (const Error& error) {
      said = fmt::format("not possible: {}", error.what());
    }
    text += fmt::format("  {:<18}{}\n", format.name, said);
  }
  return text;
}

/// A line for each layer with what it was given; what is none or as usual is left out.
std::string options_of(const Layer<float>& model, const std::string& indent = "  ") {
  std::string text = indent == "  " ? "options\n" : "";
  for (const auto& layer : model.children()) {
    const Config config = layer->config();
    Config options = Config::object();
    for (const auto& [key, value] : config["config"].items()) {
      const bool usual = key == "name" || key == "dtype" || key == "layers" || value.is_null() ||
                         (key == "trainable" && value == true);
      if (!usual) {
        options[key] = value;
      }
    }
    text += fmt::format("{}{}: {}\n", indent, layer->name(), to_text(options));
    if (layer->type_name() == "Sequential") {
      text += options_of(*layer, indent + "  ");
    }
  }
  return text;
}

/// A model of another system.
std::string foreign_text(const std::string& path) {
  const StoredModel stored = read_model(path);
  std::string text = fmt::format("{}, written by {}\n", stored.format, stored.producer);
  for (const std::string& note : stored.notes) {
    text += note + '\n';
  }
  if (stored.config.empty()) {
    text += "weights alone, without the layers that they belong to\n";
    for (const StoredWeight& weight : stored.weights) {
      text += fmt::format("  {}  {}  {}\n",
                          shortened(weight.name, 60),
                          to_string(weight.type),
                          to_string(weight.shape));
    }
    return text;
  }
  const LoadedModel<float> model = make_model<float>(stored, path);
  text += fmt::format("\n{}\n", model.layers().summary());
  return text + options_of(model.layers()) + conversions(describe(model.layers()));
}

}  // namespace

void inspect(const std::string& path) {
  const std::string kind = file_format(path);
  if (!kind.empty() && kind != "rondo" && !kind.ends_with("safetensors")) {
    fmt::print("{}", printable(foreign_text(path), true));
    return;
  }
  SafetensorsFile file = SafetensorsFile::open(path);
  std::string text = tensor_table(file) + metadata_table(file.metadata());
  const auto format = file.metadata().find("format");
  if (format != file.metadata().end() && format->second == model_format) {
    text += model_text(path);
  } else if (is_class_model(path)) {
    const Classifier model = Classifier::load(path);
    text +=
        fmt::format("\n{}\nclasses: {}\n", model.layers().summary(), listed(model.classes(), 20));
  } else if (is_table_model(path)) {
    const Forecaster model = Forecaster::load(path);
    text += fmt::format(
        "\n{}\ntargets: {}\n", model.model().summary(), listed(model.columns().targets, 20));
  } else if (format != file.metadata().end() && format->second == "rondo checkpoint 1") {
    text += checkpoint_text(file);
  }
  fmt::print("{}", printable(text, true));
}

}  // namespace rondo::apps
