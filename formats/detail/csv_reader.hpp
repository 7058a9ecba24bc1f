/// Cuts the text of a CSV file into records of fields. Internal to read_csv.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rondo::detail {

class CsvReader {
 public:
  /// @param text  the whole file, must outlive the reader
  /// @param path  for the text of errors
  CsvReader(std::string_view text, std::string_view path, char delimiter);

  /// Reads the fields of the next record; false at the end of the text.
  /// @throws FormatError if a quote is not closed or followed by text
  bool next(std::vector<std::string>& fields);

  /// The line at which the last record began, from 1.
  [[nodiscard]] std::size_t line() const { return record_line_; }

 private:
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }

  [[nodiscard]] bool at_line_end() const;
  void skip_line_end();
  std::string quoted_field();
  std::string plain_field();
  [[noreturn]] void fail(std::size_t line, std::string_view problem) const;

  std::string_view text_;
  std::string_view path_;
  char delimiter_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 0;
};

}  // namespace rondo::detail
