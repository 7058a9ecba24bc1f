/// Tables in CSV files (RFC 4180): read into text cells, turned into numbers column by column,
/// written whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

namespace detail {

class CsvReader;

/// A field of a CSV file: bytes of its text.
struct CsvCell {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

}  // namespace detail

struct CsvOptions {
  char delimiter = ',';
  /// The first row holds the names; otherwise columns are called 0, 1, ..; nullopt: it does unless all of it
  /// is numbers.
  std::optional<bool> header = true;
  char decimal = '.';  // or ',', for reading
};

/// What the cells of a column are: all of them numbers, some of them (or they would be without a
/// unit or separators), none.
enum class CsvContent : std::uint8_t { numbers, mixed, text };

/// Columns of text cells with names, all of one length. A table that was read is the text of its
/// file and the places of the cells in it (D59).
class CsvTable {
 public:
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  [[nodiscard]] std::size_t num_columns() const { return names_.size(); }

  [[nodiscard]] std::size_t num_rows() const { return rows_; }

  /// Whether the names are those of the file.
  [[nodiscard]] bool has_header() const { return has_header_; }

  /// The line of the file that each row begins at, from 1; empty if the table was not read.
  [[nodiscard]] std::vector<std::uint32_t> lines() const;

  /// The cells of a column as written in the file, without quotes; they refer to the table.
  /// @throws ArgumentError with the known names if there is no such column, or several
  [[nodiscard]] std::vector<std::string_view> text(std::string_view name) const;

  /// The same by the place of the column, since names may be missing. @param column  below num_columns()
  [[nodiscard]] std::vector<std::string_view> text_at(std::size_t column) const;

  /// A column as numbers, [L]. Blanks around a number and a leading + are allowed, words are not;
  /// what is too small for T is 0.
  /// @throws ArgumentError as text()
  /// @throws FormatError   with file and line if a cell is empty, no number, or too large
  template <Real T>
  [[nodiscard]] Tensor<T> column(std::string_view name) const;

  /// Several columns as numbers, [L, F], with the errors of column().
  template <Real T>
  [[nodiscard]] Tensor<T> columns(std::span<const std::string> names) const;

  template <Real T>
  [[nodiscard]] Tensor<T> columns(std::initializer_list<std::string> names) const {
    return columns<T>(std::span<const std::string>(names.begin(), names.size()));
  }

  /// By all cells of the column. @throws ArgumentError as text()
  [[nodiscard]] CsvContent content(std::string_view name) const;

  /// Appends a column.
  /// @throws ArgumentError if the name exists, ShapeError if the number of rows differs
  void add_column(std::string name, std::vector<std::string> cells);

  /// Appends numbers with as many digits as reading them back exactly needs.
  template <Real T>
  void add_column(std::string name, std::span<const T> values);

 private:
  friend CsvTable read_csv(const std::filesystem::path&, const CsvOptions&);
  friend std::string to_csv(const CsvTable&, const CsvOptions&);

  void set_names(std::vector<std::string> names);
  void read_rows(detail::CsvReader& reader, std::string_view header);
  [[nodiscard]] std::vector<std::uint32_t>::const_iterator first_of(std::string_view name) const;
  [[nodiscard]] std::size_t index_of(std::string_view name) const;
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const;
  template <Real T>
  [[nodiscard]] T number(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::string_view reporter() const;  // named in errors
  [[nodiscard]] std::string location(std::size_t row) const;

  std::vector<std::string> names_;
  std::vector<std::uint32_t> by_name_;  // columns, sorted by their names
  std::size_t rows_ = 0;

  // What was read from a file, row by row.
  std::string path_;  // empty if the table was not read
  char decimal_ = '.';
  bool has_header_ = true;
  std::string text_;
  std::size_t columns_read_ = 0;
  std::vector<detail::CsvCell> cells_;

  std::vector<std::vector<std::string>> added_;  // columns behind those
};

/// Reads a file: quoted fields, line ends LF, CRLF or CR, an optional UTF-8 mark, blank lines at
/// the beginning and at the end, comments (#) above the header; unpacked if it is compressed by
/// gzip. Names may be missing, but not come twice.
///
/// Errors read `[read_csv] data.csv:7: 3 fields, expected 2`.
/// @throws FormatError    if the file is missing, no file, empty, not UTF-8, without rows, ragged,
///                        wrongly quoted, separated by another delimiter, has a name twice, a NUL
///                        or more than 4 GiB, or changes its size while it is read
/// @throws ArgumentError  if the delimiter is a quote or a line end, or the decimal sign is the
///                        delimiter or neither point nor comma
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

/// A table as the text of a file, with the errors of write_csv.
[[nodiscard]] std::string to_csv(const CsvTable& table, const CsvOptions& options = {});

/// Replaces or makes a file so that no reader ever finds half a table (replace_file.hpp).
/// @throws FormatError    if it cannot be written
/// @throws ArgumentError  if the delimiter is a quote or a line end, or the decimal sign no point
void write_csv(const std::filesystem::path& path,
               const CsvTable& table,
               const CsvOptions& options = {});

}  // namespace rondo
