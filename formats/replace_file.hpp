/// Writes a file so that nobody ever finds half of it (D57).
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace rondo {

/// Replaces the content of a file, or makes the file. The new content goes to a temporary file in
/// the same folder, to the disk, and only then to its name: after a crash or an error the old file
/// is whole. A link stays a link, mode and owner stay as they are, and what is no regular file (a
/// pipe, a device) is written to directly. Temporary files that killed programs have left in the
/// folder are removed.
///
/// @param op     who writes, for the text of the error
/// @param parts  written one after another
/// @throws FormatError `[op] path: cannot be written: No space left on device`
void replace_file(std::string_view op,
                  const std::filesystem::path& path,
                  std::span<const std::span<const std::byte>> parts);

}  // namespace rondo
