/// An ONNX file as plain data; `onnx_protobuf` reads and writes its bytes, `onnx_none` stands in
/// where there is no protobuf. For the sources of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/interop/detail/model_format.hpp"

namespace rondo::detail {

/// The numbers of the format.
enum class OnnxType : std::int32_t {
  none = 0,
  float32 = 1,
  int32 = 6,
  int64 = 7,
  boolean = 9,
  float16 = 10,
  float64 = 11,
  bfloat16 = 16
};

[[nodiscard]] std::string to_string(OnnxType type);

/// Bytes of an element; 0 for a type that is not read.
[[nodiscard]] std::size_t size_of(OnnxType type);

struct OnnxTensor {
  std::string name = {};
  OnnxType type = OnnxType::float32;
  std::vector<std::int64_t> dims = {};
  /// Row-major, little-endian, as many as type and dims say; also of a tensor in another file.
  std::string bytes = {};
};

struct OnnxAttribute {
  /// The numbers of the format.
  enum class Kind : std::int32_t {
    none = 0,
    number = 1,
    integer = 2,
    text = 3,
    tensor = 4,
    graph = 5,
    numbers = 6,
    integers = 7,
    texts = 8
  };

  Kind kind = Kind::none;
  float number = 0;
  std::int64_t integer = 0;
  std::string text = {};
  OnnxTensor tensor = {};
  std::vector<float> numbers = {};
  std::vector<std::int64_t> integers = {};
  std::vector<std::string> texts = {};
};

struct OnnxNode {
  std::string type = {};
  std::string name = {};
  std::string domain = {};
  std::vector<std::string> inputs = {};
  std::vector<std::string> outputs = {};
  std::map<std::string, OnnxAttribute> attributes = {};
};

struct OnnxDim {
  /// Below 0: open.
  std::int64_t size = -1;
  std::string name = {};
};

/// An input or output of the graph.
struct OnnxValue {
  std::string name = {};
  OnnxType type = OnnxType::float32;
  std::vector<OnnxDim> dims = {};
};

struct OnnxModel {
  std::int64_t ir_version = 8;
  /// Of the domain "" or "ai.onnx".
  std::int64_t opset = 17;
  std::string producer = {};
  std::string graph_name = {};
  std::vector<OnnxNode> nodes = {};
  std::vector<OnnxTensor> initializers = {};
  std::vector<OnnxValue> inputs = {};
  std::vector<OnnxValue> outputs = {};
};

/// Whether a file may be one of ONNX: a serialised ModelProto with a graph.
[[nodiscard]] bool is_onnx_file(const ModelSource& file);

/// Tensors in other files are read too, if these lie in the folder of the file or below.
/// @throws FormatError `[onnx] path: problem`; StateError where there is no protobuf
[[nodiscard]] OnnxModel parse_onnx(const ModelSource& file);

[[nodiscard]] std::string serialize_onnx(const OnnxModel& model, const std::filesystem::path& path);

}  // namespace rondo::detail
