#include "rondo/formats/detail/csv_reader.hpp"

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

CsvReader::CsvReader(std::string_view text, std::string_view path, char delimiter)
    : text_(text), path_(path), delimiter_(delimiter) {
  constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
  if (text_.starts_with(utf8_mark)) {
    text_.remove_prefix(utf8_mark.size());
  }
  // Blank lines at the end are no records; elsewhere they are, of one empty field.
  const std::size_t last = text_.find_last_not_of("\r\n");
  text_ = text_.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  if (at_end()) {
    return false;
  }
  record_line_ = line_;
  for (;;) {
    const bool quoted = !at_end() && text_[position_] == '"';
    fields.push_back(quoted ? quoted_field() : plain_field());
    if (at_end()) {
      return true;
    }
    if (at_line_end()) {
      skip_line_end();
      return true;
    }
    ++position_;  // the delimiter
  }
}

bool CsvReader::at_line_end() const {
  return text_[position_] == '\n' || text_.substr(position_, 2) == "\r\n";
}

void CsvReader::skip_line_end() {
  position_ += text_[position_] == '\n' ? 1 : 2;
  ++line_;
}

std::string CsvReader::quoted_field() {
  const std::size_t opened = line_;
  std::string field;
  for (++position_; !at_end(); ++position_) {
    const char c = text_[position_];
    if (c == '"') {
      ++position_;
      if (at_end() || at_line_end() || text_[position_] == delimiter_) {
        return field;
      }
      if (text_[position_] != '"') {
        fail(line_, "text after a closing quote");
      }
    }
    line_ += c == '\n' ? 1 : 0;
    field += c;
  }
  fail(opened, "a quote is not closed");
}

std::string CsvReader::plain_field() {
  const std::size_t first = position_;
  while (!at_end() && !at_line_end() && text_[position_] != delimiter_) {
    ++position_;
  }
  return std::string(text_.substr(first, position_ - first));
}

void CsvReader::fail(std::size_t line, std::string_view problem) const {
  throw_format_error("read_csv", fmt::format("{}:{}: {}", path_, line, problem));
}

}  // namespace rondo::detail
