/// Plain texts in UTF-8.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rondo {

/// The whole file, without a byte order mark; unpacked if it is compressed by gzip.
/// @throws FormatError if it cannot be read, is no file, or is not UTF-8: `[text] story.txt:3: byte
///         17 of the line, 0xf6, is not UTF-8: …`
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// Writes or replaces a file; an error leaves the old one whole.
/// @throws ArgumentError if the text is not UTF-8, FormatError if the file cannot be written
void write_text(const std::filesystem::path& path, std::string_view text);

}  // namespace rondo
