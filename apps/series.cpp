#include "rondo/apps/series.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/csv.hpp"

namespace rondo::apps {

namespace {

/// Whether the table's own reader takes the cell for a number.
bool is_number(const std::string& cell) {
  CsvTable table;
  table.add_column("cell", {cell});
  try {
    return table.column<double>("cell").size() == 1;
  } catch (const FormatError&) {
    return false;
  }
}

std::string last_column_of_numbers(const CsvTable& table, const std::string& csv) {
  const auto& names = table.names();
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (is_number(table.text(*name).front())) {
      return *name;
    }
  }
  throw_format_error(
      "read_csv",
      fmt::format(
          "{}: no column begins with a number, there are '{}'", csv, fmt::join(names, "', '")));
}

}  // namespace

Series read_series(const std::string& csv, const std::string& column) {
  const CsvTable table = read_csv(csv);
  Series series{column.empty() ? last_column_of_numbers(table, csv) : column, {}};
  const Tensor<double> values = table.column<double>(series.column);
  series.values.assign(values.view().begin(), values.view().end());
  return series;
}

}  // namespace rondo::apps
