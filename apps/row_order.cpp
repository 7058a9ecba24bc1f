#include "rondo/apps/row_order.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace rondo::apps {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool tells_time(std::string_view cell) {
  const bool digits = !cell.empty() && std::all_of(cell.begin(), cell.end(), is_digit);
  const bool year = cell.size() > 4 && std::all_of(cell.begin(), cell.begin() + 4, is_digit);
  return digits || (year && (cell[4] == '-' || cell[4] == '/'));
}

/// Dates have one length; of whole numbers the longer one is larger.
bool is_later(std::string_view a, std::string_view b) {
  return std::pair(a.size(), a) > std::pair(b.size(), b);
}

bool falls(std::span<const std::string_view> cells) {
  return cells.size() > 2 && std::all_of(cells.begin(), cells.end(), tells_time) &&
         std::is_sorted(cells.begin(), cells.end(), is_later) &&
         is_later(cells.front(), cells.back());
}

}  // namespace

std::optional<std::string> falling_column(const CsvTable& table) {
  for (const std::string& name : table.names()) {
    if (falls(table.text(name))) {
      return name;
    }
  }
  return std::nullopt;
}

}  // namespace rondo::apps
