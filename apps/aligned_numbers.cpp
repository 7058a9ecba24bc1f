#include "rondo/apps/aligned_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace rondo::apps {

namespace {

constexpr int shown_digits = 4;

/// Of a number that is not 0, rounded to the digits that are shown: 3 of 999.96, since that is
/// 1.000e+03.
int decimal_exponent(double value) {
  const std::string text = fmt::format("{:.{}e}", value, shown_digits - 1);
  return std::atoi(text.c_str() + text.find('e') + 1);
}

std::size_t longest(const std::vector<std::string>& texts) {
  std::size_t result = 0;
  for (const std::string& text : texts) {
    result = std::max(result, text.size());
  }
  return result;
}

}  // namespace

std::vector<std::string> aligned_numbers(std::span<const double> values) {
  int decimals = 0;
  for (const double value : values) {
    if (value != 0.0 && std::isfinite(value)) {
      decimals = std::max(decimals, shown_digits - 1 - decimal_exponent(value));
    }
  }
  std::vector<std::string> fixed, scientific;
  for (const double value : values) {
    fixed.push_back(fmt::format("{:.{}f}", value, decimals));
    scientific.push_back(fmt::format("{:.{}e}", value, shown_digits - 1));
  }
  return longest(fixed) <= longest(scientific) ? fixed : scientific;
}

}  // namespace rondo::apps
