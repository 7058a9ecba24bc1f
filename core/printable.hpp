/// Texts of files and users as they can be shown on a terminal and in one line of an error.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rondo {

/// Control characters (also DEL and U+0080 to U+009F), what turns the direction of writing, and
/// bytes that are not UTF-8 as `\n`, `\x1b`, `\u009b`.
/// @param lines  keeps line breaks
[[nodiscard]] std::string printable(std::string_view text, bool lines = false);

/// Printable, and "begin … end" if that has more than about `longest` bytes.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t longest);

/// `'gru/kernel'`: printable and not too long, whatever a file calls its things.
[[nodiscard]] std::string in_quotes(std::string_view name);

/// `'a', 'b', … (7 in all)`, or `nothing`.
[[nodiscard]] std::string listed(std::span<const std::string> names, std::size_t most);

}  // namespace rondo
