// A state_dict in a safetensors file.
#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/formats/safetensors.hpp"
#include "rondo/interop/detail/rondo_file.hpp"
#include "rondo/interop/detail/torch_file.hpp"
#include "rondo/interop/detail/torch_state.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view format = "safetensors";

}  // namespace

bool is_torch_safetensors(const ModelSource& file) {
  return is_safetensors(file) && !is_rondo_file(file);
}

StoredModel read_torch_safetensors(const ModelSource& file, const ReadModelOptions& options) {
  SafetensorsFile tensors = SafetensorsFile::open(file.path);
  TorchState state;
  const std::string prefix = options.prefix.empty() ? "" : options.prefix + '.';
  std::size_t left = 0;
  for (const StoredTensor& tensor : tensors.tensors()) {
    if (!tensor.name.starts_with(prefix)) {
      ++left;
      continue;
    }
    if (!tensor.problem.empty() || !can_read_as(tensor.type, StoredType::float32)) {
      refuse_file(format,
                  file.path,
                  fmt::format("tensor {} {}",
                              in_quotes(tensor.name),
                              tensor.problem.empty()
                                  ? fmt::format("is {}, layers have floating-point numbers",
                                                to_string(tensor.type))
                                  : tensor.problem));
    }
    Tensor<float> values(tensor.shape);
    tensors.read(tensor.name, values.view());
    state.tensors.push_back(
        StoredWeight::of<float>(tensor.name.substr(prefix.size()), values.view()));
  }
  if (state.tensors.empty()) {
    refuse_file(format,
                file.path,
                prefix.empty() ? "holds no tensors"
                               : fmt::format("has no names below {}", in_quotes(options.prefix)));
  }
  if (left > 0) {
    state.notes.push_back(fmt::format("left out: {} tensors outside '{}'", left, options.prefix));
  }
  return model_of_state(file, format, std::move(state), options);
}

std::vector<std::string> write_torch_safetensors(const StoredModel& model,
                                                 const std::filesystem::path& path,
                                                 const WriteModelOptions&) {
  const TorchState state = state_of_model(format, model);
  std::vector<Tensor<float>> values;
  std::vector<NamedTensor> tensors;
  values.reserve(state.tensors.size());
  for (const StoredWeight& tensor : state.tensors) {
    values.push_back(tensor.values<float>());
    tensors.emplace_back(tensor.name, values.back().view());
  }
  std::sort(tensors.begin(), tensors.end(), [](const NamedTensor& a, const NamedTensor& b) {
    return a.name < b.name;
  });
  write_safetensors(path, tensors, {{"format", "pt"}});
  return state.notes;
}

}  // namespace rondo::detail
