/// How the text of an option becomes its value: the only conversion of the command line.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace rondo::apps {

/// Decimal digits, zeros may lead: `seq -w` writes 08.
/// @return what is expected, if the text is something else; empty if all is well
[[nodiscard]] std::string read_whole_number(const std::string& text,
                                            std::uint64_t largest,
                                            std::uint64_t& target);

// What each returns is as above.

[[nodiscard]] std::string read_value(const std::string& text, double& target);

[[nodiscard]] inline std::string read_value(const std::string& text, std::string& target) {
  target = text;
  return {};
}

template <std::integral N>
[[nodiscard]] std::string read_value(const std::string& text, N& target) {
  std::uint64_t value = 0;
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<N>::max());
  std::string expected = read_whole_number(text, largest, value);
  if (expected.empty()) {
    target = static_cast<N>(value);
  }
  return expected;
}

/// `64,32`, `0.1,0.5,0.9`, `TEMP,PRES`
[[nodiscard]] std::string read_value(const std::string& text, std::vector<std::size_t>& target);
[[nodiscard]] std::string read_value(const std::string& text, std::vector<double>& target);
[[nodiscard]] std::string read_value(const std::string& text, std::vector<std::string>& target);

/// What lies between the commas.
[[nodiscard]] std::vector<std::string> split_at_commas(const std::string& text);

template <class V>
[[nodiscard]] std::string read_value(const std::string& text, std::optional<V>& target) {
  return read_value(text, target.emplace());
}

}  // namespace rondo::apps
