#include "rondo/apps/inspect.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <type_traits>

#include <fmt/format.h>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/forecaster.hpp"
#include "rondo/apps/model_file.hpp"
#include "rondo/formats/safetensors.hpp"

namespace rondo::apps {

namespace {

struct Statistics {
  std::size_t finite = 0;
  double min = 0.0;
  double max = 0.0;
  double mean = 0.0;  // all three of the finite values
};

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
    case StoredType::float64:
      return statistics_of<double>(file, tensor);
    case StoredType::uint64:
      return statistics_of<std::uint64_t>(file, tensor);
  }
  return {};
}

/// One line, whatever a file calls its things, and not longer than a terminal shows.
std::string on_one_line(std::string text, std::size_t longest) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= '\0' && c < ' '; }, ' ');
  if (text.size() <= longest) {
    return text;
  }
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;  // not inside of a character
  }
  return text.substr(0, end) + "…";
}

std::string tensor_table(SafetensorsFile& file) {
  std::size_t width = 6;
  for (const StoredTensor& tensor : file.tensors()) {
    width = std::max(width, on_one_line(tensor.name, 60).size());
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
    const Statistics s = statistics_of(file, tensor);
    const std::size_t size = tensor.shape.size();
    total += size;
    text += fmt::format("{:<{}}  {:<8}{:<16}{:>10}",
                        on_one_line(tensor.name, 60),
                        width,
                        to_string(tensor.type),
                        to_string(tensor.shape),
                        size);
    text += s.finite > 0 ? fmt::format("{:>12.4g}{:>12.4g}{:>12.4g}", s.min, s.max, s.mean)
                         : fmt::format("{:>12}{:>12}{:>12}", "-", "-", "-");
    text += s.finite == size ? "  yes\n" : fmt::format("  no: {} of {}\n", size - s.finite, size);
  }
  return text + fmt::format("{} tensors, {} values\n", file.tensors().size(), total);
}

std::string metadata_table(const FileMetadata& metadata) {
  std::string text = metadata.empty() ? "\nno metadata\n" : "\nmetadata\n";
  for (const auto& [key, value] : metadata) {
    text += fmt::format("  {}: {}\n", on_one_line(key, 60), on_one_line(value, 100));
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
    const Forecaster model(std::move(file));
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
    return fmt::format("layers cannot be shown: {}\n", on_one_line(error.what(), 300));
  }
}

/// What a checkpoint adds: its layers, and where a run stands that can go on from it.
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

}  // namespace

void inspect(const std::string& path) {
  SafetensorsFile file = SafetensorsFile::open(path);
  std::string text = tensor_table(file) + metadata_table(file.metadata());
  const auto format = file.metadata().find("format");
  if (format != file.metadata().end() && format->second == model_format) {
    text += model_text(path);
  } else if (format != file.metadata().end() && format->second == "rondo checkpoint 1") {
    text += checkpoint_text(file);
  }
  fmt::print("{}", text);
}

}  // namespace rondo::apps
