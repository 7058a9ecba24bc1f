#include "rondo/data/table.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/data/detail/row_times.hpp"
#include "rondo/data/detail/time_text.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/formats/detail/csv_number.hpp"

namespace rondo {

namespace {

namespace fs = std::filesystem;
using detail::TimeText;

constexpr std::string_view reader = "read_table";
constexpr std::size_t most_columns_listed = 20;

using detail::Cells;

bool read_numbers(const Cells& cells, char decimal, TableColumn& column) {
  column.numbers.resize(cells.size());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto value = detail::csv_number(cells[row], decimal);
    if (value && std::isfinite(*value)) {
      column.numbers[row] = *value;
    } else if (detail::is_missing(cells[row])) {
      column.numbers[row] = std::numeric_limits<double>::quiet_NaN();
    } else {
      column.numbers = {};
      return false;
    }
  }
  return true;
}

/// All cells must be of one form and one zone.
bool read_times(const Cells& cells, TableColumn& column) {
  std::optional<TimeText> first;
  column.times.resize(cells.size());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto time = detail::parse_time(cells[row]);
    first = first ? first : time;
    if (time && time->fits(*first)) {
      column.times[row] = time->point;
    } else if (!time && detail::is_missing(cells[row])) {
      column.times[row] = TableColumn::no_time;
    } else {
      column.times = {};
      return false;
    }
  }
  column.kind = ColumnKind::times;
  return true;
}

void read_texts(const Cells& cells, TableColumn& column) {
  column.kind = ColumnKind::texts;
  column.codes.resize(cells.size());
  std::unordered_map<std::string_view, std::int32_t> known;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    if (detail::is_missing(cells[row])) {
      column.codes[row] = TableColumn::no_text;
      continue;
    }
    const std::string_view text = detail::without_blanks(cells[row]);
    const auto [place, is_new] = known.try_emplace(text, static_cast<std::int32_t>(known.size()));
    column.codes[row] = place->second;
    if (is_new) {
      column.categories.emplace_back(text);
    }
  }
}

/// The cells of a column in all files.
Cells cells_of(const std::vector<CsvTable>& files, std::size_t column) {
  Cells cells = files.front().text_at(column);
  for (std::size_t i = 1; i < files.size(); ++i) {
    const Cells more = files[i].text_at(column);
    cells.insert(cells.end(), more.begin(), more.end());
  }
  return cells;
}

/// Columns without a name are called by their place.
void name_columns(const CsvTable& file, std::vector<TableColumn>& columns) {
  for (std::size_t i = 0; i < file.num_columns(); ++i) {
    const std::string& name = file.names()[i];
    columns.push_back({.name = name.empty() ? fmt::format("column {}", i + 1) : name});
  }
}

std::vector<CsvTable> read_files(std::span<const fs::path> paths, const TableOptions& options) {
  if (paths.empty()) {
    throw_argument_error(reader, "there is no file");
  }
  std::vector<CsvTable> files;
  for (const fs::path& path : paths) {
    files.push_back(read_csv(
        path,
        {.delimiter = options.delimiter, .header = options.header, .decimal = options.decimal}));
    if (files.back().names() != files.front().names()) {
      throw_format_error(reader,
                         fmt::format("{}: the columns are {}, expected {} as in {}",
                                     path.string(),
                                     listed(files.back().names(), most_columns_listed),
                                     listed(files.front().names(), most_columns_listed),
                                     paths.front().string()));
    }
  }
  return files;
}

}  // namespace

bool TableColumn::is_missing(std::size_t row) const {
  switch (kind) {
    case ColumnKind::texts:
      return codes[row] == no_text;
    case ColumnKind::times:
      return times[row] == no_time;
    case ColumnKind::numbers:
      break;
  }
  return std::isnan(numbers[row]);
}

std::size_t TableColumn::count_missing() const {
  const std::size_t rows = std::max({numbers.size(), codes.size(), times.size()});
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    count += is_missing(row) ? 1 : 0;
  }
  return count;
}

bool Table::contains(std::string_view name) const {
  return std::any_of(
      columns_.begin(), columns_.end(), [&](const TableColumn& each) { return each.name == name; });
}

const TableColumn& Table::column(std::string_view name) const {
  for (const TableColumn& each : columns_) {
    if (each.name == name) {
      return each;
    }
  }
  std::vector<std::string> names;
  for (const TableColumn& each : columns_) {
    names.push_back(each.name);
  }
  throw_argument_error(reader,
                       fmt::format("{}: {}",
                                   paths_.front().string(),
                                   unknown_name("column", name, names, most_columns_listed)));
}

const std::vector<double>& Table::numbers(std::string_view name) const {
  const TableColumn& found = column(name);
  if (found.kind == ColumnKind::times) {
    fail(0,
         fmt::format("column {} holds times, expected numbers: choose another column",
                     in_quotes(name)));
  }
  for (std::size_t row = 0; row < found.codes.size(); ++row) {
    if (found.is_missing(row)) {
      continue;
    }
    const std::string& text = found.categories[static_cast<std::size_t>(found.codes[row])];
    const auto value = detail::csv_number(text, decimal_);
    if (!value || !std::isfinite(*value)) {
      const std::string remedy = detail::remedy_for(detail::kind_of(text, decimal_), decimal_);
      fail(row,
           fmt::format("column {} holds {}, expected a number{}",
                       in_quotes(name),
                       in_quotes(text),
                       remedy.empty() ? ": correct it or leave it empty" : remedy));
    }
  }
  return found.numbers;
}

bool Table::holds_categories(std::string_view name) const {
  const TableColumn& found = column(name);
  std::vector<bool> is_number;
  for (const std::string& category : found.categories) {
    is_number.push_back(detail::csv_number(category, decimal_).has_value());
  }
  std::ptrdiff_t texts = 0;
  for (const std::int32_t code : found.codes) {
    texts += code == TableColumn::no_text ? 0 : is_number[static_cast<std::size_t>(code)] ? -1 : 1;
  }
  return texts > 0;
}

std::size_t Table::file_of(std::size_t row) const {
  return static_cast<std::size_t>(std::upper_bound(file_ends_.begin(), file_ends_.end(), row) -
                                  file_ends_.begin());
}

std::string Table::location(std::size_t row) const {
  return fmt::format("{}:{}", paths_[file_of(row)].string(), lines_[row]);
}

void Table::fail(std::size_t row, std::string_view problem) const {
  throw_format_error(reader, fmt::format("{}: {}", location(row), problem));
}

Table read_table(std::span<const fs::path> paths, const TableOptions& options) {
  const std::vector<CsvTable> files = read_files(paths, options);
  Table table;
  table.paths_.assign(paths.begin(), paths.end());
  table.decimal_ = options.decimal;
  for (const CsvTable& file : files) {
    const std::vector<std::uint32_t> lines = file.lines();
    table.lines_.insert(table.lines_.end(), lines.begin(), lines.end());
    table.file_ends_.push_back(table.lines_.size());
  }
  if (!options.header && !files.front().has_header()) {
    table.guesses_.push_back({fmt::format("{}: the first line holds numbers, so it is no line of "
                                          "names: columns are called 0, 1, …",
                                          paths.front().string()),
                              "--header"});
  }
  name_columns(files.front(), table.columns_);
  for (std::size_t i = 0; i < table.columns_.size(); ++i) {
    TableColumn& column = table.columns_[i];
    const Cells cells = cells_of(files, i);
    if (!read_numbers(cells, options.decimal, column) && !read_times(cells, column)) {
      read_texts(cells, column);
    }
  }
  table.times_ = detail::read_row_times(
      table, options, [&](std::size_t column) { return cells_of(files, column); }, table.guesses_);
  return table;
}

Table read_table(const fs::path& path, const TableOptions& options) {
  return read_table(std::span(&path, 1), options);
}

}  // namespace rondo
