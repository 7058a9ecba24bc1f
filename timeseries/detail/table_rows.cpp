#include "rondo/timeseries/detail/table_rows.hpp"

#include <cmath>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

std::string text_of(const TableColumn& column, std::size_t row) {
  return column.kind == ColumnKind::texts
             ? column.categories[static_cast<std::size_t>(column.codes[row])]
             : fmt::format("{}", column.numbers[row]);
}

}  // namespace

TableRows::TableRows(const Table& table, const Table* future) : table_(table), future_(future) {
  if (future != nullptr && future->times().unit != table.times().unit) {
    future->fail(
        0,
        fmt::format("the times are of another kind than those of {}: write them in one form",
                    table.paths().front().string()));
  }
}

TimePoint TableRows::time(std::size_t row) const {
  const std::size_t rows = table_.num_rows();
  return row < rows ? table_.times().points[row] : future_->times().points[row - rows];
}

std::string TableRows::location(std::size_t row) const {
  const std::size_t rows = table_.num_rows();
  return row < rows ? table_.location(row) : future_->location(row - rows);
}

bool TableRows::is_missing(std::size_t row, std::string_view column) const {
  const std::size_t rows = table_.num_rows();
  const Table& table = row < rows ? table_ : *future_;
  return !table.contains(column) || table.column(column).is_missing(row < rows ? row : row - rows);
}

void TableRows::fail(std::size_t row, std::string_view problem) const {
  const std::size_t rows = table_.num_rows();
  row < rows ? table_.fail(row, problem) : future_->fail(row - rows, problem);
}

/// visit(table, its first row) for each that has the column.
template <class Visit>
void TableRows::for_each_table(std::string_view column, const Visit& visit) const {
  const bool only_future =
      future_ != nullptr && future_->contains(column) && !table_.contains(column);
  if (!only_future) {
    (void)table_.column(column);
    visit(table_, std::size_t{0});
  }
  if (future_ != nullptr && future_->contains(column)) {
    visit(*future_, table_.num_rows());
  }
}

std::vector<double> TableRows::numbers(std::string_view column) const {
  std::vector<double> values(size(), std::numeric_limits<double>::quiet_NaN());
  for_each_table(column, [&](const Table& table, std::size_t first) {
    const std::vector<double>& part = table.numbers(column);
    std::copy(part.begin(), part.end(), values.begin() + static_cast<std::ptrdiff_t>(first));
  });
  return values;
}

TextColumn TableRows::texts(std::string_view name) const {
  TextColumn result{std::vector<std::int32_t>(size(), TableColumn::no_text), {}};
  std::unordered_map<std::string, std::int32_t> known;
  const auto code_of = [&](const std::string& text) {
    const auto [place, is_new] = known.try_emplace(text, static_cast<std::int32_t>(known.size()));
    if (is_new) {
      result.categories.push_back(text);
    }
    return place->second;
  };
  for_each_table(name, [&](const Table& table, std::size_t first) {
    const TableColumn& column = table.column(name);
    if (column.kind == ColumnKind::times) {
      table.fail(0,
                 fmt::format(
                     "column {} holds times, expected numbers or categories: choose another column",
                     in_quotes(name)));
    }
    std::vector<std::int32_t> codes;  // of the table's own categories
    for (const std::string& category : column.categories) {
      codes.push_back(code_of(category));
    }
    for (std::size_t row = 0; row < table.num_rows(); ++row) {
      if (!column.is_missing(row)) {
        result.codes[first + row] = column.kind == ColumnKind::texts
                                        ? codes[static_cast<std::size_t>(column.codes[row])]
                                        : code_of(text_of(column, row));
      }
    }
  });
  return result;
}

}  // namespace rondo::detail
