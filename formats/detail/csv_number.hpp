/// Numbers in the cells of a CSV file; for the sources of formats and data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rondo::detail {

/// Blanks around it and a leading + are allowed, words are not. What is too small is 0, what is too
/// large is infinite. @param decimal  point or comma
std::optional<double> csv_number(std::string_view cell, char decimal);

/// Without blanks and tabs around it.
std::string_view without_blanks(std::string_view cell);

/// What a cell may be that a column of numbers should not hold.
enum class CellKind : std::uint8_t {
  number,
  missing,     // empty, NA, NaN, null, …
  other_sign,  // 1,5 where the decimal sign is the point
  thousands,   // 1,234,567.8
  with_unit,   // $5, 7 %
  other
};

/// Whether a cell says that there is no value: empty, NA, N/A, NaN, null, None, -, ?, in any case. The one list.
bool is_missing(std::string_view cell);

CellKind kind_of(std::string_view cell, char decimal);

/// What a user can do about a cell that is no number: `: it is missing, …`; empty: unknown.
std::string remedy_for(CellKind kind, char decimal);

}  // namespace rondo::detail
