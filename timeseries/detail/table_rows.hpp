/// The rows of a table, and of another that continues it, counted through; for the sources of this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/data/table.hpp"

namespace rondo::detail {

/// A column of texts. Numbers become texts as they are printed.
struct TextColumn {
  std::vector<std::int32_t> codes = {};      // of the rows; TableColumn::no_text: missing
  std::vector<std::string> categories = {};  // each once
};

/// Refers to its tables. A column that only one of them has is missing in the rows of the other.
class TableRows {
 public:
  /// @param future  may be null
  /// @throws FormatError if their times have different units
  TableRows(const Table& table, const Table* future);

  [[nodiscard]] std::size_t size() const {
    return table_.num_rows() + (future_ == nullptr ? 0 : future_->num_rows());
  }

  [[nodiscard]] const Table& table() const { return table_; }

  /// Rows are counted and not dated.
  [[nodiscard]] bool are_counted() const { return table_.times().columns.empty(); }

  [[nodiscard]] TimePoint time(std::size_t row) const;

  [[nodiscard]] std::string location(std::size_t row) const;

  /// Also if the table of the row has no such column.
  [[nodiscard]] bool is_missing(std::size_t row, std::string_view column) const;

  /// Throws FormatError.
  [[noreturn]] void fail(std::size_t row, std::string_view problem) const;

  /// NaN where it is missing.
  /// @throws FormatError    if it holds a text
  /// @throws ArgumentError  if neither table has it
  [[nodiscard]] std::vector<double> numbers(std::string_view column) const;

  /// @throws ArgumentError if neither table has it, FormatError if it holds times
  [[nodiscard]] TextColumn texts(std::string_view column) const;

 private:
  template <class Visit>
  void for_each_table(std::string_view column, const Visit& visit) const;

  const Table& table_;
  const Table* future_;
};

}  // namespace rondo::detail
