#include "rondo/formats/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

std::string read_text(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& problem) {
    throw_format_error("text", path.string() + problem);
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    fail(": is a folder");
  }
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) {
    fail(": cannot be read: " + std::generic_category().message(errno));
  }
  if (const auto at = find_invalid_utf8(text)) {
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*at), '\n');
    const std::size_t line_end = *at == 0 ? text.npos : text.rfind('\n', *at - 1);
    const std::size_t in_line = line_end == text.npos ? *at + 1 : *at - line_end;
    fail(fmt::format(":{}: byte {} of the line is not UTF-8", line, in_line));
  }
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

void write_text(const std::filesystem::path& path, std::string_view text) {
  if (const auto at = find_invalid_utf8(text)) {
    throw_argument_error("text", fmt::format("byte {} of the text is not UTF-8", *at));
  }
  const std::array<std::span<const std::byte>, 1> parts{std::as_bytes(std::span(text))};
  replace_file("text", path, parts);
}

}  // namespace rondo
