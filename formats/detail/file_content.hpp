/// Whole files in memory; for the sources of this folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace rondo::detail {

/// A regular file or a pipe, as it is.
/// @throws FormatError `[op] path: problem` for what is missing, a folder, a device, changes while
///         it is read, or is a pipe that does not end
std::string read_content(std::string_view op, const std::filesystem::path& path);

/// A text in UTF-8, without a byte order mark, unpacked if gzip has compressed it (D58).
/// @throws FormatError as above, and for other encodings and kinds of files, with a remedy
std::string read_utf8(std::string_view op, const std::filesystem::path& path);

/// The line of a byte, counted from 1.
std::size_t line_of(std::string_view text, std::size_t at);

/// Unpacks what the program gzip has compressed.
/// @param most     bytes that may come out
/// @param problem  gets what is wrong: "is damaged"
/// @return         false if something is wrong
bool gunzip(std::string_view packed, std::size_t most, std::string& text, std::string& problem);

}  // namespace rondo::detail
