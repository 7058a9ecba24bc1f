/// Files that torch.save and safetensors.torch write of a state_dict. For the sources of this
/// folder.
#pragma once

#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

[[nodiscard]] bool is_torch_file(const ModelSource& file);
[[nodiscard]] StoredModel read_torch_file(const ModelSource& file, const ReadModelOptions& options);
std::vector<std::string> write_torch_file(const StoredModel& model,
                                          const std::filesystem::path& path,
                                          const WriteModelOptions& options);

/// Any safetensors file that is none of rondo's own.
[[nodiscard]] bool is_torch_safetensors(const ModelSource& file);
[[nodiscard]] StoredModel read_torch_safetensors(const ModelSource& file,
                                                 const ReadModelOptions& options);
std::vector<std::string> write_torch_safetensors(const StoredModel& model,
                                                 const std::filesystem::path& path,
                                                 const WriteModelOptions& options);

}  // namespace rondo::detail
