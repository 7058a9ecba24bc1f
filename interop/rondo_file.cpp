#include "rondo/interop/detail/rondo_file.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

constexpr const char* model_kind = "rondo model 1";
constexpr const char* checkpoint_kind = "rondo checkpoint 1";

std::string kind_of(const SafetensorsFile& file) {
  const auto found = file.metadata().find("format");
  return found == file.metadata().end() ? "" : found->second;
}

/// A checkpoint has weights under their paths, and all else below these.
bool is_weight(const std::string& name) {
  return !name.starts_with("optimizer/") && !name.starts_with("state/") &&
         !name.starts_with("run/");
}

StoredWeight read_tensor(const ModelSource& file,
                         const StoredTensor& tensor,
                         std::size_t values_offset) {
  if (!tensor.problem.empty() || size_of(tensor.type) == 0) {
    refuse_file("rondo", file.path, fmt::format("{} {}", in_quotes(tensor.name), tensor.problem));
  }
  const auto* const first = reinterpret_cast<const std::byte*>(file.content.data()) + values_offset;
  return {tensor.name, tensor.type, tensor.shape, {first + tensor.begin, first + tensor.end}};
}

}  // namespace

bool is_safetensors(const ModelSource& file) {
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0 && file.content.size() > 8;) {
    length = length << 8U | static_cast<unsigned char>(file.content[i]);
  }
  return length > 1 && length <= file.content.size() - 8 && file.content[8] == '{';
}

bool is_rondo_file(const ModelSource& file) {
  return is_safetensors(file) && kind_of(SafetensorsFile::open(file.path)).starts_with("rondo ");
}

StoredModel read_rondo_file(const ModelSource& file, const ReadModelOptions&) {
  const SafetensorsFile tensors = SafetensorsFile::open(file.path);
  const std::string kind = kind_of(tensors);
  if (kind != model_kind && kind != checkpoint_kind) {
    refuse_file(
        "rondo",
        file.path,
        fmt::format(
            "expected '{}' or '{}', found {}", model_kind, checkpoint_kind, in_quotes(kind)));
  }
  StoredModel model{.producer = kind, .named_by_path = true, .metadata = tensors.metadata()};
  const auto config = model.metadata.find("model");
  if (config == model.metadata.end()) {
    refuse_file("rondo", file.path, "has no 'model' in its metadata");
  }
  model.config = config->second;
  model.metadata.erase("format");
  model.metadata.erase("model");
  std::size_t end = 0;
  for (const StoredTensor& tensor : tensors.tensors()) {
    end = std::max<std::size_t>(end, tensor.end);
  }
  for (const StoredTensor& tensor : tensors.tensors()) {
    if (is_weight(tensor.name)) {
      model.weights.push_back(read_tensor(file, tensor, file.content.size() - end));
    }
  }
  if (kind == checkpoint_kind) {
    model.notes.emplace_back("left out: the optimizer's state, load_checkpoint reads it");
    model.metadata.clear();
  }
  return model;
}

std::vector<std::string> write_rondo_file(const StoredModel& model,
                                          const std::filesystem::path& path,
                                          const WriteModelOptions&) {
  std::vector<NamedTensor> tensors;
  std::vector<Tensor<double>> wide;
  wide.reserve(model.weights.size());
  for (const StoredWeight& weight : model.weights) {
    if (weight.type == StoredType::float32) {
      const auto* const values = reinterpret_cast<const float*>(weight.bytes.data());
      tensors.emplace_back(weight.name, TensorView<const float>(values, weight.shape));
    } else {
      wide.push_back(weight.values<double>());
      tensors.emplace_back(weight.name, wide.back().view());
    }
  }
  FileMetadata metadata = model.metadata;
  metadata["format"] = model_kind;
  metadata["model"] = model.config;
  write_safetensors(path, tensors, metadata);
  return {};
}

}  // namespace rondo::detail
