#include "rondo/data/detail/row_times.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/detail/to_lower.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/data/detail/time_text.hpp"
#include "rondo/formats/detail/csv_number.hpp"

namespace rondo::detail {

namespace {

constexpr const char* time_flag = "--time";

struct TimePart {
  std::string_view name;
  int least;  // also the value if there is no such column
  int most;
};

constexpr std::array parts{TimePart{"year", 1, 9999},
                           TimePart{"month", 1, 12},
                           TimePart{"day", 1, 31},
                           TimePart{"hour", 0, 23},
                           TimePart{"minute", 0, 59},
                           TimePart{"second", 0, 59}};

/// Which part of a time a column of numbers is by its name; parts.size(): none.
std::size_t part_of(const TableColumn& column) {
  const auto place = std::find_if(parts.begin(), parts.end(), [&](const TimePart& part) {
    return column.kind == ColumnKind::numbers && to_lower(column.name) == part.name;
  });
  return static_cast<std::size_t>(place - parts.begin());
}

/// 20141231: what days look like as numbers.
bool is_compact_date(double value) {
  if (!(value >= 1000'01'01 && value <= 2999'12'31) || value != std::floor(value)) {
    return false;
  }
  const int digits = static_cast<int>(value);
  return seconds_of(digits / 10000, digits / 100 % 100, digits % 100).has_value();
}

bool holds_compact_dates(const TableColumn& column) {
  return column.kind == ColumnKind::numbers && !column.numbers.empty() &&
         std::all_of(column.numbers.begin(), column.numbers.end(), is_compact_date);
}

bool is_called_time(const TableColumn& column) {
  constexpr std::array<std::string_view, 5> names{"date", "time", "datetime", "timestamp", "ds"};
  return std::find(names.begin(), names.end(), to_lower(column.name)) != names.end();
}

/// Whether a column looks as if it were meant as the time, although not all of its cells are times: by its first
/// text, which the format reads if there is one, or by its name if there are digits in it. Reading it then says what is
/// wrong with which cell.
bool is_meant_as_time(const TableColumn& column, const std::optional<TimeFormat>& format) {
  if (column.categories.empty()) {
    return is_called_time(column) && holds_compact_dates(column);
  }
  const std::string& first = column.categories.front();
  if (format && format->parse(first)) {
    return true;
  }
  return parse_time(first)
             ? parse_time(first)->form > TimeForm::year
             : is_called_time(column) && first.find_first_of("0123456789") != first.npos;
}

std::optional<Guess> guess_column(const Table& table,
                                  const std::string& time_format,
                                  std::string& name) {
  const auto format = time_format.empty() ? std::nullopt : std::optional<TimeFormat>(time_format);
  for (const TableColumn& column : table.columns()) {
    if (column.kind == ColumnKind::times || is_meant_as_time(column, format)) {
      name = column.name;
      return Guess{
          fmt::format("column {} is the time: it is the first that holds times", in_quotes(name)),
          time_flag};
    }
  }
  return std::nullopt;
}

std::vector<std::string> guess_parts(const Table& table) {
  std::vector<std::string> names;
  for (std::size_t part = 0; part < parts.size() && part == names.size(); ++part) {
    for (const TableColumn& column : table.columns()) {
      if (part_of(column) == part) {
        names.push_back(column.name);
        break;
      }
    }
  }
  return names;
}

/// @throws ArgumentError if there is a format, but no column for it
std::vector<std::string> guess_columns(const Table& table,
                                       const std::string& format,
                                       std::vector<Guess>& guesses) {
  std::string name;
  if (const auto guess = guess_column(table, format, name)) {
    guesses.push_back(*guess);
    return {name};
  }
  const auto names = guess_parts(table);
  if (!format.empty()) {
    throw_argument_error(
        "read_table",
        fmt::format(
            "the form of times is {}, but no column begins with such a time: name the column "
            "(--time)",
            in_quotes(format)));
  }
  guesses.push_back(
      {names.empty()
           ? "no column holds times: the rows are taken as they come, one step after another"
           : fmt::format("the time is in the columns {}", fmt::join(names, ", ")),
       time_flag});
  return names;
}

/// One column, or several that are read one after another with a blank between them.
class TimeCells {
 public:
  void add(std::string_view name, Cells cells) {
    name_ += (name_.empty() ? "" : " ") + std::string(name);
    columns_.push_back(std::move(cells));
  }

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] std::size_t size() const { return columns_.front().size(); }

  /// Valid until the next call.
  std::string_view operator[](std::size_t row) {
    if (columns_.size() == 1) {
      return columns_.front()[row];
    }
    joined_.clear();
    for (const Cells& cells : columns_) {
      joined_ += joined_.empty() ? "" : " ";
      joined_ += cells[row];
    }
    return joined_;
  }

 private:
  std::string name_;
  std::vector<Cells> columns_;
  std::string joined_;
};

std::string zone_text(std::optional<int> zone) {
  if (!zone) {
    return "no zone";
  }
  return fmt::format(
      "{}{:02}:{:02}", *zone < 0 ? '-' : '+', std::abs(*zone) / 60, std::abs(*zone) % 60);
}

/// What is wrong with a cell that does not go with the first one. @param time  as read, if it could be
std::string problem_with(TimeCells& cells,
                         std::size_t row,
                         const std::optional<TimeText>& time,
                         const std::optional<TimeText>& first,
                         const std::string& format) {
  const std::string cell = in_quotes(cells[row]);
  const std::string begin = fmt::format("column {} ", in_quotes(cells.name()));
  if (is_missing(cells[row])) {
    return begin + fmt::format("holds {}, expected a time: fill it in or leave the row out", cell);
  }
  if (!time && !format.empty()) {
    return begin +
           fmt::format("holds {}, expected a time as {} (--time-format)", cell, in_quotes(format));
  }
  const std::string formats = time ? "" : formats_that_read(cells[row]);
  if (!time && (!first || formats.empty())) {
    return begin + fmt::format("holds {}, expected a time such as {}: {} (--time-format{}{})",
                               cell,
                               example_of(first ? first->form : TimeForm::date),
                               formats.empty() ? "correct it, or say how times are written"
                                               : "say how it is written",
                               formats.empty() ? "" : " ",
                               formats);
  }
  if (!time || time->form != first->form) {
    return begin +
           fmt::format(
               "holds {}, expected the form of the first row, {}: write all times in one form",
               cell,
               in_quotes(std::string(cells[0])));
  }
  return begin +
         fmt::format(
             "holds {} with {}, expected {} as in the first row: convert all times to one zone",
             cell,
             zone_text(time->zone),
             zone_text(first->zone));
}

/// Whole numbers of which only some look like years.
bool are_plain_numbers(TimeForm a, TimeForm b) {
  return (a == TimeForm::number && b == TimeForm::year) ||
         (a == TimeForm::year && b == TimeForm::number);
}

/// Whole numbers that all are days: nobody counts like that.
bool as_compact_dates(RowTimes& times) {
  if (!std::all_of(times.points.begin(), times.points.end(), [](TimePoint point) {
        return is_compact_date(static_cast<double>(point));
      })) {
    return false;
  }
  for (TimePoint& point : times.points) {
    const int digits = static_cast<int>(point);
    point = *seconds_of(digits / 10000, digits / 100 % 100, digits % 100);
  }
  times.unit = TimeUnit::seconds;
  return true;
}

RowTimes times_of_texts(const Table& table,
                        TimeCells cells,
                        const std::string& format,
                        std::vector<Guess>& guesses) {
  const auto parse =
      [by_format = format.empty() ? std::nullopt : std::optional<TimeFormat>(format)](
          std::string_view cell) { return by_format ? by_format->parse(cell) : parse_time(cell); };
  RowTimes times;
  times.points.resize(cells.size());
  std::optional<TimeText> first;
  bool no_years = false;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    auto time = parse(cells[row]);
    if (time && first && are_plain_numbers(time->form, first->form)) {
      no_years = true;
    } else if (!time || (first && !time->fits(*first))) {
      table.fail(row, problem_with(cells, row, time, first, format));
    }
    first = first ? first : time;
    times.points[row] = time->point;
  }
  for (std::size_t row = 0; no_years && row < cells.size(); ++row) {
    times.points[row] = static_cast<TimePoint>(*csv_number(cells[row], '.'));
  }
  times.unit = no_years || first->form == TimeForm::number ? TimeUnit::count
               : first->form == TimeForm::year || first->form == TimeForm::month
                   ? TimeUnit::months
                   : TimeUnit::seconds;
  if (times.unit == TimeUnit::count && as_compact_dates(times)) {
    guesses.push_back({fmt::format("the numbers of column {} are days, such as 20141231",
                                   in_quotes(cells.name())),
                       "--time-format"});
  }
  return times;
}

/// A part of the time of a row, in its range and whole.
int part_value(const Table& table,
               const TableColumn& column,
               const TimePart& part,
               std::size_t row) {
  const double value = column.numbers[row];
  if (!(value >= part.least && value <= part.most) || value != std::floor(value)) {
    table.fail(
        row,
        fmt::format(
            "column {} holds {}, expected a {} from {} to {}: correct it or leave the row out",
            in_quotes(column.name),
            std::isnan(value) ? "nothing" : fmt::format("{}", value),
            part.name,
            part.least,
            part.most));
  }
  return static_cast<int>(value);
}

RowTimes times_of_parts(const Table& table,
                        const std::array<const TableColumn*, parts.size()>& columns) {
  RowTimes times;
  times.unit = columns[2] == nullptr ? TimeUnit::months : TimeUnit::seconds;
  times.points.resize(table.num_rows());
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    std::array<int, parts.size()> v{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      v[i] = columns[i] == nullptr ? parts[i].least : part_value(table, *columns[i], parts[i], row);
    }
    const auto point = seconds_of(v[0], v[1], v[2], v[3], v[4], v[5]);
    if (!point) {
      table.fail(row,
                 fmt::format("there is no day {:04}-{:02}-{:02}: correct it or leave the row out",
                             v[0],
                             v[1],
                             v[2]));
    }
    times.points[row] = *point;
  }
  return times;
}

}  // namespace

RowTimes read_row_times(const Table& table,
                        const TableOptions& options,
                        const std::function<Cells(std::size_t)>& cells_of,
                        std::vector<Guess>& guesses) {
  if (options.count_rows && !options.time_format.empty()) {
    throw_argument_error(
        "read_table", "rows that are counted have no times: leave time_format (--time-format) out");
  }
  if (options.count_rows) {
    return {};
  }
  const auto names =
      options.time.empty() ? guess_columns(table, options.time_format, guesses) : options.time;
  if (names.empty()) {
    return {};
  }
  std::array<const TableColumn*, parts.size()> by_part{};
  std::size_t found = 0;
  TimeCells cells;
  for (const std::string& name : names) {
    const TableColumn& column = table.column(name);
    const std::size_t part = part_of(column);
    if (part < parts.size() && by_part[part] == nullptr) {
      by_part[part] = &column;
      ++found;
    }
    cells.add(name, cells_of(static_cast<std::size_t>(&column - table.columns().data())));
  }
  const bool in_parts = names.size() > 1 && found == names.size() && by_part[0] != nullptr &&
                        options.time_format.empty();
  RowTimes times = in_parts ? times_of_parts(table, by_part)
                            : times_of_texts(table, std::move(cells), options.time_format, guesses);
  times.columns = names;
  return times;
}

}  // namespace rondo::detail
