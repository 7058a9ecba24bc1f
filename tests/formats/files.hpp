/// Whole files as strings, and safetensors files put together by hand.
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "rondo/tests/support/temp_folder.hpp"

namespace rondo::test {

inline const std::filesystem::path reference_file =
    "tests/golden/safetensors/reference.safetensors";

inline std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Removes an old file first: to truncate one makes some file systems wait for the disk.
inline void write_content(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Length, header, values.
inline std::string safetensors(const std::string& header, const std::string& values) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes + header + values;
}

}  // namespace rondo::test
