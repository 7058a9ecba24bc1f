/// Tables in CSV files (RFC 4180): read into text cells, turned into numbers column by column,
/// written whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

struct CsvOptions {
  char delimiter = ',';
  bool header = true;  // the first row holds the names; otherwise columns are called 0, 1, ..
};

/// Columns of text cells with names, all of one length.
class CsvTable {
 public:
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  [[nodiscard]] std::size_t num_columns() const { return columns_.size(); }

  [[nodiscard]] std::size_t num_rows() const { return columns_.empty() ? 0 : columns_[0].size(); }

  /// The cells of a column as they stand in the file, without quotes.
  /// @throws ArgumentError with the known names if there is no such column
  [[nodiscard]] std::span<const std::string> text(std::string_view name) const;

  /// A column as numbers, [L]. Blanks around a number and a leading + are allowed, words are not.
  /// @throws ArgumentError with the known names if there is no such column
  /// @throws FormatError   with file and line if a cell is empty, no number, or not finite
  template <Real T>
  [[nodiscard]] Tensor<T> column(std::string_view name) const;

  /// Several columns as numbers, [L, F], with the errors of column().
  template <Real T>
  [[nodiscard]] Tensor<T> columns(std::span<const std::string> names) const;

  template <Real T>
  [[nodiscard]] Tensor<T> columns(std::initializer_list<std::string> names) const {
    return columns<T>(std::span<const std::string>(names.begin(), names.size()));
  }

  /// Appends a column.
  /// @throws ArgumentError if the name exists, ShapeError if the number of rows differs
  void add_column(std::string name, std::vector<std::string> cells);

  /// Appends numbers with as many digits as reading them back exactly needs.
  template <Real T>
  void add_column(std::string name, std::span<const T> values);

 private:
  friend CsvTable read_csv(const std::filesystem::path&, const CsvOptions&);

  [[nodiscard]] std::size_t index_of(std::string_view name) const;
  template <Real T>
  [[nodiscard]] T number(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::string_view reporter() const;  // named in errors
  [[nodiscard]] std::string location(std::size_t row) const;

  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> columns_;
  std::string path_;                // empty if the table was not read from a file
  std::vector<std::size_t> lines_;  // where each row begins in the file, from 1
};

/// Reads a file: quoted fields, line ends LF or CRLF, an optional UTF-8 mark, blank lines at the
/// end.
///
/// Errors read `[read_csv] data.csv:7: 3 fields, expected 2`.
/// @throws FormatError    if the file is missing, empty, without rows, ragged, wrongly quoted, has
///                        a name twice, or changes its size while it is read
/// @throws ArgumentError  if the delimiter is a quote or a line end
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// Writes a temporary file beside `path` and renames it, so that no reader ever finds half a table.
/// @throws FormatError    if it cannot be written
/// @throws ArgumentError  if the delimiter is a quote or a line end
void write_csv(const std::filesystem::path& path,
               const CsvTable& table,
               const CsvOptions& options = {});

}  // namespace rondo
