#include "rondo/formats/text.hpp"

#include <array>
#include <span>

#include <fmt/format.h>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/detail/file_content.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

std::string read_text(const std::filesystem::path& path) {
  return detail::read_utf8("text", path);
}

void write_text(const std::filesystem::path& path, std::string_view text) {
  if (const auto at = find_invalid_utf8(text)) {
    throw_argument_error("text", fmt::format("byte {} of the text is not UTF-8", *at));
  }
  const std::array<std::span<const std::byte>, 1> parts{std::as_bytes(std::span(text))};
  replace_file("text", path, parts);
}

}  // namespace rondo
