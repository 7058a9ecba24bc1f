/// Layers models of TensorFlow.js: model.json and files of weights beside it. For the sources of
/// this folder.
#pragma once

#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

bool is_tfjs(const ModelSource& file);

StoredModel read_tfjs(const ModelSource& file, const ReadModelOptions& options);

/// @param path  the JSON file, or a folder, which is made
std::vector<std::string> write_tfjs(const StoredModel& model,
                                    const std::filesystem::path& path,
                                    const WriteModelOptions& options);

}  // namespace rondo::detail
