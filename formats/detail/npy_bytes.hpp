/// The bytes of a .npy file, which are also an entry of a .npz file. For the sources of this
/// folder.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "rondo/formats/npy.hpp"

namespace rondo::detail {

/// Who reads what, for the text of errors: `[npy] file: problem`.
struct NpySource {
  std::string_view op;
  std::string name;

  [[noreturn]] void fail(std::string_view problem) const;
};

/// How long a file is by its header, and where the values begin.
struct NpyExtent {
  std::size_t header = 0;
  std::size_t values = 0;
};

/// @param begin  at least 64 KiB of the file, or all of it
/// @throws FormatError, see read_npy
NpyExtent extent_of(const NpySource& source, std::span<const std::byte> begin);

/// @throws FormatError, see read_npy
NpyArray parse_npy(const NpySource& source, std::span<const std::byte> bytes);

/// What precedes the values.
std::string npy_header(NpyType type, const Shape& shape);

}  // namespace rondo::detail
