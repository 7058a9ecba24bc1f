#include "rondo/apps/option_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace rondo::apps {

std::string read_whole_number(const std::string& text,
                              std::uint64_t largest,
                              std::uint64_t& target) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);  // takes no sign
  if (error != std::errc() || stop != end || value > largest) {
    return fmt::format("a whole number from 0 to {}, in decimal digits", largest);
  }
  target = value;
  return {};
}

std::string read_value(const std::string& text, double& target) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    return "a finite number such as 0.25 or 1e-3";
  }
  target = value;
  return {};
}

std::string read_value(const std::string& text, std::vector<std::size_t>& target) {
  std::vector<std::size_t> values;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (const std::string expected =
            read_value(text.substr(begin, end - begin), values.emplace_back());
        !expected.empty()) {
      return expected + ", or several, separated by commas";
    }
    begin = end + 1;
  }
  target = std::move(values);
  return {};
}

}  // namespace rondo::apps
