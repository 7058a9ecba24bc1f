/// Models as ONNX files. For the sources of this folder.
#pragma once

#include "rondo/interop/detail/onnx_model.hpp"

namespace rondo::detail {

[[nodiscard]] StoredModel read_onnx_file(const ModelSource& file, const ReadModelOptions& options);

/// Opset 17, IR 8: what every runtime since 2022 reads.
std::vector<std::string> write_onnx_file(const StoredModel& model,
                                         const std::filesystem::path& path,
                                         const WriteModelOptions& options);

}  // namespace rondo::detail
