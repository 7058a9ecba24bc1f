/// Rondo's own models and checkpoints. For the sources of this folder.
#pragma once

#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

/// A safetensors file whose metadata names rondo as its format.
bool is_rondo_file(const ModelSource& file);

/// Whether a file begins as a safetensors file does.
bool is_safetensors(const ModelSource& file);

StoredModel read_rondo_file(const ModelSource& file, const ReadModelOptions& options);

std::vector<std::string> write_rondo_file(const StoredModel& model,
                                          const std::filesystem::path& path,
                                          const WriteModelOptions& options);

}  // namespace rondo::detail
