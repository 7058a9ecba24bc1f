#include "rondo/formats/detail/csv_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <locale.h>
#include <system_error>

#include <fmt/format.h>

namespace rondo::detail {

namespace {

std::string_view trimmed(std::string_view cell, std::string_view what) {
  const std::size_t first = cell.find_first_not_of(what);
  return first == cell.npos ? std::string_view()
                            : cell.substr(first, cell.find_last_not_of(what) + 1 - first);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// from_chars says of both that they are out of range, and leaves the value alone.
double too_small_or_too_large(const std::string& digits) {
  static const locale_t without_habits = ::newlocale(LC_ALL_MASK, "C", nullptr);
  return ::strtod_l(digits.c_str(), nullptr, without_habits);
}

std::optional<double> parse(std::string_view digits) {
  if (digits.starts_with('+') && !digits.starts_with("+-")) {
    digits.remove_prefix(1);
  }
  if (digits.find_first_of("0123456789") == digits.npos) {
    return std::nullopt;  // inf and nan
  }
  double value = 0.0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) {
    return std::nullopt;
  }
  return error == std::errc{} ? value : too_small_or_too_large(std::string(digits));
}

/// 1,234 and 12,345,678.9: one to three digits, then groups of three.
bool has_groups_of_three(std::string_view cell, char separator) {
  const std::string_view digits = trimmed(cell, "+-");
  std::size_t at = digits.find(separator);
  if (at == digits.npos || at == 0 || at > 3) {
    return false;
  }
  while (at < digits.size() && digits[at] == separator) {
    const std::string_view group = digits.substr(at + 1, 3);
    if (group.size() < 3 || !std::all_of(group.begin(), group.end(), is_digit)) {
      return false;
    }
    at += 4;
  }
  return at == digits.size() || !is_digit(digits[at]);
}

/// A number if the other decimal sign is left out or taken for what it is.
std::optional<CellKind> kind_with(std::string_view cell, char decimal, char other) {
  const auto signs = std::count(cell.begin(), cell.end(), other);
  std::string without(cell);
  std::erase(without, other);
  if (signs == 0 || !csv_number(without, decimal)) {
    return std::nullopt;
  }
  if (signs == 1 && cell.find(decimal) == cell.npos) {
    return CellKind::other_sign;
  }
  return has_groups_of_three(cell, other) ? std::optional(CellKind::thousands) : std::nullopt;
}

char other_than(char decimal) {
  return decimal == '.' ? ',' : '.';
}

}  // namespace

std::string_view without_blanks(std::string_view cell) {
  return trimmed(cell, " \t");
}

std::optional<double> csv_number(std::string_view cell, char decimal) {
  const std::string_view digits = without_blanks(cell);
  if (decimal == '.') {
    return parse(digits);
  }
  if (digits.find('.') != digits.npos) {
    return std::nullopt;
  }
  std::string with_point(digits);
  std::replace(with_point.begin(), with_point.end(), decimal, '.');
  return parse(with_point);
}

bool is_missing(std::string_view cell) {
  constexpr std::array<std::string_view, 10> words{
      "", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "?"};
  constexpr std::size_t longest = 4;
  const std::string_view text = without_blanks(cell);
  if (text.size() > longest) {
    return false;
  }
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::find(words.begin(), words.end(), lower) != words.end();
}

CellKind kind_of(std::string_view cell, char decimal) {
  const std::string_view text = without_blanks(cell);
  if (csv_number(text, decimal)) {
    return CellKind::number;
  }
  if (is_missing(text)) {
    return CellKind::missing;
  }
  // The bytes of €, £ and ¥ in UTF-8 among them.
  const std::string_view digits = trimmed(text, " $%\xE2\x82\xAC\xC2\xA3\xA5");
  const auto signs = kind_with(digits, decimal, other_than(decimal));
  if (digits.size() < text.size() && (signs || csv_number(digits, decimal))) {
    return CellKind::with_unit;
  }
  return signs.value_or(CellKind::other);
}

std::string remedy_for(CellKind kind, char decimal) {
  switch (kind) {
    case CellKind::missing:
      return ": fill what is missing or leave the row out";
    case CellKind::other_sign:
      return fmt::format(": if '{0}' is its decimal sign, say so (--decimal '{0}')",
                         other_than(decimal));
    case CellKind::thousands:
      return ": numbers are read without separators of thousands";
    case CellKind::with_unit:
      return ": numbers are read without units";
    case CellKind::number:  // infinite
      return ": it is too large";
    case CellKind::other:
      break;
  }
  return "";
}

}  // namespace rondo::detail
