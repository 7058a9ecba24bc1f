#include "rondo/formats/csv.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/csv_number.hpp"
#include "rondo/formats/detail/csv_reader.hpp"
#include "rondo/formats/detail/file_content.hpp"
#include "rondo/formats/replace_file.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_columns_listed = 20;

void check_options(std::string_view op, const CsvOptions& options) {
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r') {
    throw_argument_error(op, "the delimiter must not be a quote or a line end");
  }
  if (options.decimal != '.' && options.decimal != ',') {
    throw_argument_error(op, "the decimal sign must be a point or a comma");
  }
  if (options.decimal == options.delimiter) {
    throw_argument_error(
        op, fmt::format("'{}' is both the decimal sign and the delimiter", options.decimal));
  }
}

[[noreturn]] void fail(const fs::path& path, std::string_view problem) {
  throw_format_error("read_csv", fmt::format("{}{}", path.string(), problem));
}

/// Only old Macs end all lines by CR alone.
void unify_line_ends(std::string& text) {
  if (text.find('\n') == text.npos) {
    std::replace(text.begin(), text.end(), '\r', '\n');
  }
}

std::string read_table_text(const fs::path& path) {
  std::string text = detail::read_utf8("read_csv", path);
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    fail(path,
         fmt::format(":{}: there is a NUL byte: is the file UTF-16, or damaged?",
                     detail::line_of(text, nul)));
  }
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  if (text.size() > most) {
    fail(path, fmt::format(": has {} bytes, at most {} are read", text.size(), most));
  }
  unify_line_ends(text);
  return text;
}

std::size_t count_outside_quotes(std::string_view line, char sign) {
  std::size_t count = 0;
  bool quoted = false;
  for (const char c : line) {
    quoted ^= c == '"';
    count += !quoted && c == sign ? 1 : 0;
  }
  return count;
}

/// Skips lines that begin with # and have fewer fields than the first line that does not: what loggers write
/// above their tables. `#,value` is a header.
void skip_comments(detail::CsvReader& reader, std::string_view text, char delimiter) {
  const auto line_at = [&](std::size_t at) { return text.substr(at, text.find('\n', at) - at); };
  std::size_t header = reader.position();
  while (header < text.size() && std::string_view("#\r\n").find(text[header]) != text.npos) {
    header += line_at(header).size() + 1;
  }
  if (header >= text.size()) {
    return;
  }
  const std::size_t delimiters = count_outside_quotes(line_at(header), delimiter);
  while (reader.position() < header &&
         count_outside_quotes(line_at(reader.position()), delimiter) < delimiters) {
    reader.skip_line();
  }
}

/// Two first lines without the delimiter, but with the same number of another one.
void check_delimiter(const fs::path& path, std::string_view text, char delimiter) {
  const std::size_t end = text.find('\n');
  const std::string_view first = text.substr(0, end);
  if (end == text.npos || count_outside_quotes(first, delimiter) > 0) {
    return;
  }
  const std::string_view second = text.substr(end + 1, text.find('\n', end + 1) - end - 1);
  for (const char other : {';', '\t', '|', ','}) {
    const std::size_t count = count_outside_quotes(first, other);
    if (count > 0 && count == count_outside_quotes(second, other)) {
      const std::string name = other == '\t' ? "tab" : fmt::format("'{}'", other);
      fail(path,
           fmt::format(": the delimiter seems to be {0}, not '{1}' (--delimiter {0})",
                       name,
                       printable({&delimiter, 1})));
    }
  }
}

/// Numbers and what is missing, but not that alone.
bool holds_numbers(const std::vector<std::string>& cells, char decimal) {
  using detail::CellKind;
  bool some = false;
  for (const std::string& cell : cells) {
    const CellKind kind = detail::kind_of(cell, decimal);
    if (kind != CellKind::number && kind != CellKind::missing) {
      return false;
    }
    some = some || kind == CellKind::number;
  }
  return some;
}

std::string quoted_if_needed(std::string_view cell, char delimiter) {
  if (cell.empty()) {
    return "\"\"";  // in a table of one column a blank line at the end would be lost
  }
  if (cell.find_first_of(std::string("\"\r\n") + delimiter) == cell.npos) {
    return std::string(cell);
  }
  std::string result = "\"";
  for (const char c : cell) {
    result += c == '"' ? "\"\"" : std::string(1, c);
  }
  return result + '"';
}

}  // namespace

void CsvTable::set_names(std::vector<std::string> names) {
  names_ = std::move(names);
  by_name_.resize(names_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0U);
  std::sort(by_name_.begin(), by_name_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return names_[a] != names_[b] ? names_[a] < names_[b] : a < b;
  });
  const auto twice =
      std::adjacent_find(by_name_.begin(), by_name_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return !names_[a].empty() && names_[a] == names_[b];
      });
  if (twice != by_name_.end()) {
    fail(path_, fmt::format(": two columns are called {}", in_quotes(names_[*twice])));
  }
}

std::vector<std::uint32_t>::const_iterator CsvTable::first_of(std::string_view name) const {
  return std::lower_bound(
      by_name_.begin(), by_name_.end(), name, [&](std::uint32_t column, std::string_view sought) {
        return names_[column] < sought;
      });
}

std::size_t CsvTable::index_of(std::string_view name) const {
  const auto found = first_of(name);
  const auto has_it = [&](auto at) { return at != by_name_.end() && names_[*at] == name; };
  if (!has_it(found)) {
    throw_argument_error(reporter(),
                         (path_.empty() ? "" : path_ + ": ") +
                             unknown_name("column", name, names_, most_columns_listed));
  }
  if (has_it(found + 1)) {
    throw_argument_error(reporter(), fmt::format("{}: several columns have no name", path_));
  }
  return *found;
}

std::string_view CsvTable::reporter() const {
  return path_.empty() ? "CsvTable" : "read_csv";
}

std::string CsvTable::location(std::size_t row) const {
  return path_.empty()
             ? fmt::format("row {}", row + 1)
             : fmt::format(
                   "{}:{}", path_, detail::line_of(text_, cells_[row * columns_read_].begin));
}

std::vector<std::uint32_t> CsvTable::lines() const {
  std::vector<std::uint32_t> lines(path_.empty() ? 0 : rows_);
  const char* from = text_.data();
  std::uint32_t line = 1;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    const char* const to = text_.data() + cells_[row * columns_read_].begin;
    line += static_cast<std::uint32_t>(std::count(from, to, '\n'));
    lines[row] = line;
    from = to;
  }
  return lines;
}

std::string_view CsvTable::cell(std::size_t row, std::size_t column) const {
  if (column >= columns_read_) {
    return added_[column - columns_read_][row];
  }
  const detail::CsvCell& place = cells_[row * columns_read_ + column];
  return std::string_view(text_).substr(place.begin, place.size);
}

template <Real T>
T CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string_view text = cell(row, column);
  const auto value = detail::csv_number(text, decimal_);
  const T result = static_cast<T>(value.value_or(0.0));
  if (!value || !std::isfinite(result)) {
    throw_format_error(reporter(),
                       fmt::format("{}: column {} holds {}, expected a finite number{}",
                                   location(row),
                                   in_quotes(names_[column]),
                                   in_quotes(text),
                                   detail::remedy_for(detail::kind_of(text, decimal_), decimal_)));
  }
  return result;
}

std::vector<std::string_view> CsvTable::text(std::string_view name) const {
  return text_at(index_of(name));
}

std::vector<std::string_view> CsvTable::text_at(std::size_t column) const {
  std::vector<std::string_view> cells(rows_);
  for (std::size_t row = 0; row < rows_; ++row) {
    cells[row] = cell(row, column);
  }
  return cells;
}

template <Real T>
Tensor<T> CsvTable::column(std::string_view name) const {
  const std::size_t index = index_of(name);
  Tensor<T> result(Shape{rows_});
  for (std::size_t row = 0; row < rows_; ++row) {
    result.data()[row] = number<T>(row, index);
  }
  return result;
}

template <Real T>
Tensor<T> CsvTable::columns(std::span<const std::string> names) const {
  Tensor<T> result({rows_, names.size()});
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t index = index_of(names[i]);
    for (std::size_t row = 0; row < rows_; ++row) {
      result.data()[row * names.size() + i] = number<T>(row, index);
    }
  }
  return result;
}

CsvContent CsvTable::content(std::string_view name) const {
  using detail::CellKind;
  const std::size_t index = index_of(name);
  bool all = rows_ > 0, some = false;
  for (std::size_t row = 0; row < rows_ && (all || !some); ++row) {
    const CellKind kind = detail::kind_of(cell(row, index), decimal_);
    all = all && kind == CellKind::number;
    some = some || (kind != CellKind::missing && kind != CellKind::other);
  }
  return all ? CsvContent::numbers : some ? CsvContent::mixed : CsvContent::text;
}

void CsvTable::add_column(std::string name, std::vector<std::string> cells) {
  const auto place = first_of(name);
  if (place != by_name_.end() && names_[*place] == name) {
    throw_argument_error("CsvTable", fmt::format("there is a column {} already", in_quotes(name)));
  }
  if (num_columns() > 0 && cells.size() != rows_) {
    throw_shape_error(
        "CsvTable",
        fmt::format("column {} has {} rows, the table {}", in_quotes(name), cells.size(), rows_));
  }
  by_name_.insert(place, static_cast<std::uint32_t>(num_columns()));
  rows_ = cells.size();
  added_.push_back(std::move(cells));
  names_.push_back(std::move(name));
}

template <Real T>
void CsvTable::add_column(std::string name, std::span<const T> values) {
  std::vector<std::string> cells(values.size());
  std::transform(values.begin(), values.end(), cells.begin(), [](T value) {
    return fmt::format("{}", value);
  });
  add_column(std::move(name), std::move(cells));
}

/// @param header  what was taken for it; empty: nothing was
void CsvTable::read_rows(detail::CsvReader& reader, std::string_view header) {
  const std::size_t header_line = reader.line();
  while (reader.next(cells_)) {
    const std::size_t fields = cells_.size() - rows_ * columns_read_;
    if (fields != columns_read_) {
      const bool first = rows_ == 0 && !header.empty();
      fail(path_,
           fmt::format(":{}: {} fields, expected {}{}",
                       reader.line(),
                       fields,
                       columns_read_,
                       first ? fmt::format(": line {}, {}, was taken for the header",
                                           header_line,
                                           in_quotes(header))
                             : ""));
    }
    ++rows_;
  }
  if (rows_ == 0) {
    fail(path_, ": there are no rows below the header");
  }
}

CsvTable read_csv(const fs::path& path, const CsvOptions& options) {
  check_options("read_csv", options);
  CsvTable table;
  table.path_ = path.string();
  table.decimal_ = options.decimal;
  table.text_ = read_table_text(path);
  std::string& text = table.text_;
  detail::CsvReader reader(text, table.path_, options.delimiter);
  skip_comments(reader, text, options.delimiter);
  const std::size_t begin = reader.position();
  check_delimiter(path, std::string_view(text).substr(begin), options.delimiter);
  const auto count = [&](char c) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
  };
  table.cells_.reserve(count(options.delimiter) + count('\n') + 1);  // more only in quotes
  if (!reader.next(table.cells_)) {
    fail(path, ": the file is empty");
  }
  table.columns_read_ = table.cells_.size();
  std::vector<std::string> names(table.columns_read_);
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = text.substr(table.cells_[i].begin, table.cells_[i].size);
  }
  table.has_header_ = options.header.value_or(!holds_numbers(names, options.decimal));
  for (std::size_t i = 0; i < names.size() && !table.has_header_; ++i) {
    names[i] = std::to_string(i);
  }
  table.set_names(std::move(names));
  std::string_view header;
  if (table.has_header_) {
    header = std::string_view(text).substr(begin, reader.position() - begin);
    header = header.substr(0, header.find_last_not_of("\r\n") + 1);
    table.cells_.clear();
  } else {
    table.rows_ = 1;
  }
  table.read_rows(reader, header);
  return table;
}

std::string to_csv(const CsvTable& table, const CsvOptions& options) {
  check_options("write_csv", options);
  if (options.decimal != '.') {
    throw_argument_error("write_csv", "numbers are written with a decimal point");
  }
  std::string text;
  const auto append = [&](std::string_view cell, std::size_t column) {
    text += quoted_if_needed(cell, options.delimiter);
    text += column + 1 < table.num_columns() ? options.delimiter : '\n';
  };
  if (options.header.value_or(true)) {
    for (std::size_t i = 0; i < table.num_columns(); ++i) {
      append(table.names()[i], i);
    }
  }
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    for (std::size_t i = 0; i < table.num_columns(); ++i) {
      append(table.cell(row, i), i);
    }
  }
  return text;
}

void write_csv(const fs::path& path, const CsvTable& table, const CsvOptions& options) {
  const std::string text = to_csv(table, options);
  const std::array parts{std::as_bytes(std::span(text))};
  replace_file("write_csv", path, parts);
}

#define RONDO_INSTANTIATE(T)                                                   \
  template Tensor<T> CsvTable::column<T>(std::string_view) const;              \
  template Tensor<T> CsvTable::columns<T>(std::span<const std::string>) const; \
  template void CsvTable::add_column<T>(std::string, std::span<const T>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
