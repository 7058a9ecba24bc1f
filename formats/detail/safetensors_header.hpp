/// The JSON header of a safetensors file; for the sources of this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/formats/safetensors.hpp"

namespace rondo::detail {

struct SafetensorsHeader {
  std::vector<StoredTensor> tensors;   // sorted by their place
  std::vector<std::uint32_t> by_name;  // their indices, sorted by name
  FileMetadata metadata;
};

/// Checks everything: what is returned describes `value_bytes` bytes without gap or overlap.
/// @param file  named in the errors
SafetensorsHeader parse_header(const std::filesystem::path& file,
                               std::string_view json,
                               std::uint64_t value_bytes);

/// JSON, padded with spaces to a multiple of 8 bytes.
std::string format_header(const std::filesystem::path& file, const SafetensorsHeader& header);

/// Throws FormatError `[safetensors] file: problem`.
[[noreturn]] void throw_damaged(const std::filesystem::path& file, const std::string& problem);

}  // namespace rondo::detail
