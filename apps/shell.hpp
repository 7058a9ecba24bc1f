/// Texts for people to paste into a shell.
#pragma once

#include <string>
#include <string_view>

namespace rondo::apps {

/// `out/run.json`, `'my file.csv'`: one word of a POSIX shell.
[[nodiscard]] inline std::string quoted_for_shell(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=@%+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result + "'";
}

}  // namespace rondo::apps
