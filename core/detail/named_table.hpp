/// Tables of things that are found by name: activations, losses, metrics, optimizers, layers.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

/// One row of a table.
template <class Value>
struct Named {
  /// All spellings, empty behind the last one. Errors list the first.
  std::array<std::string_view, 4> names;
  Value value;

  [[nodiscard]] constexpr std::string_view name() const { return names[0]; }

  [[nodiscard]] constexpr bool answers_to(std::string_view text) const {
    return !text.empty() && std::find(names.begin(), names.end(), text) != names.end();
  }
};

/// The first spelling of each row.
template <class Table>
[[nodiscard]] std::vector<std::string_view> names_of(const Table& table) {
  std::vector<std::string_view> result;
  for (const auto& row : table) {
    result.push_back(row.name());
  }
  return result;
}

/// The row that answers to a name, null if none does.
template <class Table>
[[nodiscard]] const typename Table::value_type* find_named(const Table& table,
                                                           std::string_view name) {
  const auto found = std::find_if(
      table.begin(), table.end(), [&](const auto& row) { return row.answers_to(name); });
  return found == table.end() ? nullptr : &*found;
}

/// The row that answers to a name. @param op  who is named in the error
/// @throws ArgumentError for an unknown name; the text lists the known ones
template <class Table>
[[nodiscard]] const typename Table::value_type& get_named(std::string_view op,
                                                          const Table& table,
                                                          std::string_view name) {
  const auto* const found = find_named(table, name);
  if (found == nullptr) {
    throw_argument_error(op, unknown_name("name", name, names_of(table)));
  }
  return *found;
}

}  // namespace rondo
