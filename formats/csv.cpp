#include "rondo/formats/csv.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/detail/csv_reader.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;

void check_delimiter(std::string_view op, char delimiter) {
  if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
    throw_argument_error(op, "the delimiter must not be a quote or a line end");
  }
}

[[noreturn]] void fail(std::string_view op, const fs::path& path, std::string_view problem) {
  throw_format_error(op, fmt::format("{}: {}", path.string(), problem));
}

std::string system_error_text() {
  return std::generic_category().message(errno);
}

std::string read_text(const fs::path& path) {
  constexpr const char* op = "read_csv";
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    fail(op, path, "is a folder");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fail(op, path, "cannot be read: " + system_error_text());
  }
  std::error_code no_size;  // a pipe has none
  const auto size = fs::file_size(path, no_size);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) {
    fail(op, path, "cannot be read: " + system_error_text());
  }
  if (!no_size && size != text.size()) {
    fail(op,
         path,
         fmt::format("changed while it was read: {} bytes at first, then {}", size, text.size()));
  }
  return text;
}

std::string_view trimmed(std::string_view cell) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = cell.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return cell.substr(first, cell.find_last_not_of(blanks) + 1 - first);
}

std::string quoted_if_needed(const std::string& cell, char delimiter) {
  if (cell.empty()) {
    return "\"\"";  // in a table of one column a blank line at the end would be lost
  }
  if (cell.find_first_of(std::string("\"\r\n") + delimiter) == std::string::npos) {
    return cell;
  }
  std::string result = "\"";
  for (const char c : cell) {
    result += c == '"' ? "\"\"" : std::string(1, c);
  }
  return result + '"';
}

std::vector<std::string> column_names(const fs::path& path,
                                      const std::vector<std::string>& first_row,
                                      bool header) {
  std::vector<std::string> names;
  for (const std::string& field : first_row) {
    std::string name = header ? field : std::to_string(names.size());
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      fail("read_csv", path, fmt::format("two columns are called '{}'", name));
    }
    names.push_back(std::move(name));
  }
  return names;
}

void replace_text(const fs::path& path, const std::string& text) {
  constexpr const char* op = "write_csv";
  fs::path temporary = path;
  temporary += ".tmp";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) {
    const std::string reason = system_error_text();
    std::error_code ignored;
    fs::remove(temporary, ignored);
    fail(op, path, "cannot be written: " + reason);
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    fail(op, path, "cannot be written: " + error.message());
  }
}

}  // namespace

std::size_t CsvTable::index_of(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    throw_argument_error(reporter(),
                         fmt::format("{}no column '{}', known are '{}'",
                                     path_.empty() ? "" : path_ + ": ",
                                     name,
                                     fmt::join(names_, "', '")));
  }
  return static_cast<std::size_t>(found - names_.begin());
}

std::string_view CsvTable::reporter() const {
  return path_.empty() ? "CsvTable" : "read_csv";
}

std::string CsvTable::location(std::size_t row) const {
  return path_.empty() ? fmt::format("row {}", row + 1) : fmt::format("{}:{}", path_, lines_[row]);
}

template <Real T>
T CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string& cell = columns_[column][row];
  std::string_view digits = trimmed(cell);
  if (digits.starts_with('+') && !digits.starts_with("+-")) {
    digits.remove_prefix(1);
  }
  double value = 0.0;  // also for float, so that a number too small for it becomes 0
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  const T result = static_cast<T>(value);
  if (error != std::errc{} || stop != end || !std::isfinite(result)) {
    throw_format_error(reporter(),
                       fmt::format("{}: column '{}' holds '{}', expected a finite number",
                                   location(row),
                                   names_[column],
                                   cell));
  }
  return result;
}

std::span<const std::string> CsvTable::text(std::string_view name) const {
  return columns_[index_of(name)];
}

template <Real T>
Tensor<T> CsvTable::column(std::string_view name) const {
  const std::size_t index = index_of(name);
  Tensor<T> result(Shape{num_rows()});
  for (std::size_t row = 0; row < num_rows(); ++row) {
    result.data()[row] = number<T>(row, index);
  }
  return result;
}

template <Real T>
Tensor<T> CsvTable::columns(std::span<const std::string> names) const {
  Tensor<T> result({num_rows(), names.size()});
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t index = index_of(names[i]);
    for (std::size_t row = 0; row < num_rows(); ++row) {
      result.data()[row * names.size() + i] = number<T>(row, index);
    }
  }
  return result;
}

void CsvTable::add_column(std::string name, std::vector<std::string> cells) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
    throw_argument_error("CsvTable", fmt::format("there is a column '{}' already", name));
  }
  if (!columns_.empty() && cells.size() != num_rows()) {
    throw_shape_error(
        "CsvTable",
        fmt::format("column '{}' has {} rows, the table {}", name, cells.size(), num_rows()));
  }
  columns_.push_back(std::move(cells));
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

CsvTable read_csv(const fs::path& path, const CsvOptions& options) {
  constexpr const char* op = "read_csv";
  check_delimiter(op, options.delimiter);
  const std::string text = read_text(path);
  CsvTable table;
  table.path_ = path.string();
  detail::CsvReader reader(text, table.path_, options.delimiter);
  std::vector<std::string> fields;
  if (!reader.next(fields)) {
    fail(op, path, "the file is empty");
  }
  table.names_ = column_names(path, fields, options.header);
  table.columns_.resize(table.names_.size());
  bool more = options.header ? reader.next(fields) : true;
  for (; more; more = reader.next(fields)) {
    if (fields.size() != table.num_columns()) {
      throw_format_error(op,
                         fmt::format("{}:{}: {} fields, expected {}",
                                     table.path_,
                                     reader.line(),
                                     fields.size(),
                                     table.num_columns()));
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      table.columns_[i].push_back(std::move(fields[i]));
    }
    table.lines_.push_back(reader.line());
  }
  if (table.lines_.empty()) {
    fail(op, path, "there are no rows below the header");
  }
  return table;
}

void write_csv(const fs::path& path, const CsvTable& table, const CsvOptions& options) {
  check_delimiter("write_csv", options.delimiter);
  const std::vector<std::string>& names = table.names();
  std::string text;
  const auto append = [&](const std::string& cell, std::size_t column) {
    text += quoted_if_needed(cell, options.delimiter);
    text += column + 1 < names.size() ? options.delimiter : '\n';
  };
  if (options.header) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      append(names[i], i);
    }
  }
  std::vector<std::span<const std::string>> columns;
  columns.reserve(names.size());
  for (const std::string& name : names) {
    columns.push_back(table.text(name));
  }
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      append(columns[i][row], i);
    }
  }
  replace_text(path, text);
}

#define RONDO_INSTANTIATE(T)                                                   \
  template Tensor<T> CsvTable::column<T>(std::string_view) const;              \
  template Tensor<T> CsvTable::columns<T>(std::span<const std::string>) const; \
  template void CsvTable::add_column<T>(std::string, std::span<const T>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
