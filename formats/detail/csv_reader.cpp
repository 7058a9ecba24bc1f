#include "rondo/formats/detail/csv_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

CsvReader::CsvReader(std::string& text, std::string_view path, char delimiter)
    : text_(text), path_(path), delimiter_(delimiter) {
  // Blank lines at the beginning and at the end are no records; elsewhere they are, of one empty
  // field.
  const std::size_t last = text.find_last_not_of("\r\n");
  end_ = last == std::string::npos ? 0 : last + 1;
  while (!at_end() && at_line_end()) {
    skip_line_end();
  }
}

bool CsvReader::next(std::vector<CsvCell>& cells) {
  if (at_end()) {
    return false;
  }
  record_line_ = line_;
  for (;;) {
    const bool quoted = !at_end() && text_[position_] == '"';
    cells.push_back(quoted ? quoted_field() : plain_field());
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
  return text_[position_] == '\n' ||
         (text_[position_] == '\r' && position_ + 1 < end_ && text_[position_ + 1] == '\n');
}

void CsvReader::skip_line_end() {
  position_ += text_[position_] == '\n' ? 1 : 2;
  ++line_;
}

void CsvReader::skip_line() {
  position_ = std::min(text_.find('\n', position_), end_ - 1) + 1;
  ++line_;
}

CsvCell CsvReader::quoted_field() {
  const std::size_t opened = line_, begin = position_ + 1;
  std::size_t to = begin;  // behind a doubled quote all bytes move
  for (position_ = begin; !at_end(); ++position_) {
    const char c = text_[position_];
    if (c == '"') {
      const std::size_t closing = position_++;
      if (at_end() || at_line_end() || text_[position_] == delimiter_) {
        std::fill(text_.begin() + static_cast<std::ptrdiff_t>(to),
                  text_.begin() + static_cast<std::ptrdiff_t>(closing),
                  '"');  // no line end is left there
        return cell(begin, to);
      }
      if (text_[position_] != '"') {
        fail(line_, "text after a closing quote");
      }
    }
    line_ += c == '\n' ? 1 : 0;
    text_[to++] = c;
  }
  fail(opened, "a quote is not closed");
}

CsvCell CsvReader::plain_field() {
  const std::size_t begin = position_;
  while (!at_end() && text_[position_] != delimiter_ && !at_line_end()) {
    ++position_;
  }
  return cell(begin, position_);
}

CsvCell CsvReader::cell(std::size_t begin, std::size_t end) const {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
}

void CsvReader::fail(std::size_t line, std::string_view problem) const {
  throw_format_error("read_csv", fmt::format("{}:{}: {}", path_, line, problem));
}

}  // namespace rondo::detail
