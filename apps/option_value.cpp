#include "rondo/apps/option_value.hpp"

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

}  // namespace rondo::apps
