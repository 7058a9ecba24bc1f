/// Names regardless of case.
#pragma once

#include <string>
#include <string_view>

namespace rondo {

/// ASCII letters in lower case, everything else as it is, whatever the locale.
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = to_lower(c);
  }
  return result;
}

}  // namespace rondo
