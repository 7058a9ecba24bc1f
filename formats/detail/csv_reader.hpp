/// Cuts the text of a CSV file into records of fields. Internal to read_csv.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/formats/csv.hpp"

namespace rondo::detail {

class CsvReader {
 public:
  /// @param text  the whole file, below 4 GiB, must outlive the reader; where quotes are doubled it
  ///              is changed in place, lines stay where they are
  /// @param path  for the text of errors
  CsvReader(std::string& text, std::string_view path, char delimiter);

  /// Appends the fields of the next record; false at the end of the text.
  /// @throws FormatError if a quote is not closed or followed by text
  bool next(std::vector<CsvCell>& cells);

  /// Passes over the rest of a line, whatever it holds.
  void skip_line();

  /// The line at which the last record began, from 1.
  [[nodiscard]] std::size_t line() const { return record_line_; }

  /// Bytes of the text that the next record begins at.
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  [[nodiscard]] bool at_end() const { return position_ == end_; }

  [[nodiscard]] bool at_line_end() const;
  void skip_line_end();
  CsvCell quoted_field();
  CsvCell plain_field();
  [[nodiscard]] CsvCell cell(std::size_t begin, std::size_t end) const;
  [[noreturn]] void fail(std::size_t line, std::string_view problem) const;

  std::string& text_;
  std::string_view path_;
  char delimiter_;
  std::size_t position_ = 0;
  std::size_t end_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 0;
};

}  // namespace rondo::detail
