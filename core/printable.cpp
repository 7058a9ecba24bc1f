#include "rondo/core/printable.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/detail/utf8.hpp"

namespace rondo {

namespace {

/// The code point of a character of UTF-8.
unsigned code_point(std::string_view character) {
  unsigned code = static_cast<unsigned char>(character[0]);
  if (character.size() > 1) {
    code &= 0xFFU >> (character.size() + 1);
  }
  for (const char c : character.substr(1)) {
    code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return code;
}

/// Line and paragraph separators, and what changes the direction of the text behind it.
bool misleads(unsigned code) {
  return (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::string escaped(std::string_view character) {
  const unsigned code = code_point(character);
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (code < 0x20 || code == 0x7F) {
    return fmt::format("\\x{:02x}", code);
  }
  return (code >= 0x80 && code < 0xA0) || misleads(code) ? fmt::format("\\u{:04x}", code)
                                                         : std::string(character);
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string printable(std::string_view text, bool lines) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (lines && text[0] == '\n') {
      result += '\n';
    } else {
      result += escaped(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

std::string shortened(std::string_view text, std::size_t longest) {
  if (text.size() <= longest) {
    return printable(text);
  }
  std::size_t head = longest * 2 / 3;
  std::size_t tail = text.size() - longest / 3;
  while (head > 0 && continues_character(text[head])) {
    --head;
  }
  while (tail < text.size() && continues_character(text[tail])) {
    ++tail;
  }
  return printable(text.substr(0, head)) + " … " + printable(text.substr(tail));
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t longest = 120;
  std::size_t end = std::min(name.size(), longest);
  while (end > 0 && end < name.size() && continues_character(name[end])) {
    --end;
  }
  return '\'' + printable(name.substr(0, end)) + (end < name.size() ? "'…" : "'");
}

std::string listed(std::span<const std::string> names, std::size_t most) {
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), most))) {
    text += (text.empty() ? "" : ", ") + in_quotes(name);
  }
  return names.size() > most ? fmt::format("{}, … ({} in all)", text, names.size())
         : text.empty()      ? "nothing"
                             : text;
}

}  // namespace rondo
