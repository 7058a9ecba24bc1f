// Stands for onnx_protobuf.cpp where there is no protobuf.
#include "rondo/interop/detail/onnx_model.hpp"

namespace rondo::detail {

namespace {

constexpr const char* packages = "protobuf (Debian libprotobuf-dev protobuf-compiler)";

}  // namespace

OnnxModel parse_onnx(const ModelSource& file) {
  refuse_missing("onnx", file.path, packages);
}

std::string serialize_onnx(const OnnxModel&, const std::filesystem::path& path) {
  refuse_missing("onnx", path, packages);
}

}  // namespace rondo::detail
