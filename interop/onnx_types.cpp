// What is known of ONNX files without protobuf.
#include <array>

#include <fmt/format.h>

#include "rondo/interop/detail/onnx_model.hpp"

namespace rondo::detail {

namespace {

struct TypeEntry {
  OnnxType type;
  std::string_view name;
  std::size_t size;
};

constexpr std::array types{TypeEntry{OnnxType::float32, "float", 4},
                           TypeEntry{OnnxType::int32, "int32", 4},
                           TypeEntry{OnnxType::int64, "int64", 8},
                           TypeEntry{OnnxType::boolean, "bool", 1},
                           TypeEntry{OnnxType::float16, "float16", 2},
                           TypeEntry{OnnxType::float64, "double", 8},
                           TypeEntry{OnnxType::bfloat16, "bfloat16", 2}};

/// A number of protobuf's wire format. @return whether there is one
bool take_number(std::string_view& bytes, std::uint64_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string to_string(OnnxType type) {
  for (const TypeEntry& entry : types) {
    if (entry.type == type) {
      return std::string(entry.name);
    }
  }
  return fmt::format("element type {}", static_cast<int>(type));
}

std::size_t size_of(OnnxType type) {
  for (const TypeEntry& entry : types) {
    if (entry.type == type) {
      return entry.size;
    }
  }
  return 0;
}

/// The format has no mark at its begin. A model is a list of fields of which the graph, number 7,
/// is the only large one; the version, number 1, comes first in all writers.
bool is_onnx_file(const ModelSource& file) {
  constexpr std::uint64_t version_tag = 1U << 3U, text = 2, graph = 7, known_fields = 26;
  constexpr std::uint64_t most_versions = 100;
  std::string_view rest = file.content;
  std::uint64_t tag = 0, number = 0;
  if (!take_number(rest, tag) || tag != version_tag || !take_number(rest, number) ||
      number > most_versions) {
    return false;
  }
  while (take_number(rest, tag) && tag >> 3U <= known_fields) {
    if (tag >> 3U == graph) {
      return (tag & 7U) == text;
    }
    if (!take_number(rest, number)) {
      return false;
    }
    if ((tag & 7U) == text) {
      rest.remove_prefix(std::min<std::uint64_t>(number, rest.size()));
    } else if ((tag & 7U) != 0) {
      return false;
    }
  }
  return false;
}

}  // namespace rondo::detail
