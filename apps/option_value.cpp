#include "rondo/apps/option_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>

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

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

namespace {

template <class V>
std::string read_list(const std::string& text, std::vector<V>& target) {
  std::vector<V> values;
  for (const std::string& part : split_at_commas(text)) {
    const std::string expected = part.empty() && std::is_same_v<V, std::string>
                                     ? std::string("a name")
                                     : read_value(part, values.emplace_back());
    if (!expected.empty()) {
      return expected + ", or several, separated by commas";
    }
  }
  target = std::move(values);
  return {};
}

}  // namespace

std::string read_value(const std::string& text, std::vector<std::size_t>& target) {
  return read_list(text, target);
}

std::string read_value(const std::string& text, std::vector<double>& target) {
  return read_list(text, target);
}

std::string read_value(const std::string& text, std::vector<std::string>& target) {
  return read_list(text, target);
}

}  // namespace rondo::apps
