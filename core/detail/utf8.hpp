/// Which texts are UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rondo {

/// The bytes of the character at the start of a text; 0 if there is none or it is not UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// Where the first byte is that is not UTF-8.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace rondo
