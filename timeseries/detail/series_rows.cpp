#include "rondo/timeseries/detail/series_rows.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

struct TimeRange {
  TimePoint first;
  TimePoint last;
};

/// Whether the times of no file begin before those of another have ended.
bool follow_one_another(const Table& table) {
  const auto& points = table.times().points;
  std::vector<TimeRange> ranges(
      table.paths().size(),
      {std::numeric_limits<TimePoint>::max(), std::numeric_limits<TimePoint>::min()});
  for (std::size_t row = 0; row < points.size(); ++row) {
    TimeRange& range = ranges[table.file_of(row)];
    range = {std::min(range.first, points[row]), std::max(range.last, points[row])};
  }
  std::sort(ranges.begin(), ranges.end(), [](const TimeRange& a, const TimeRange& b) {
    return a.first < b.first;
  });
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first <= ranges[i - 1].last) {
      return false;
    }
  }
  return !points.empty();
}

bool are_files_series(const TableRows& rows, const PanelOptions& options, RowFindings& findings) {
  const Table& table = rows.table();
  if (!options.series.empty() || table.paths().size() == 1) {
    return false;
  }
  if (options.files_are_series) {
    return *options.files_are_series;
  }
  const bool one_series = follow_one_another(table);
  findings.guesses.push_back({one_series
                                  ? "the files are one series: their times follow one another"
                                  : "each file is a series of its own",
                              "--files-are-series"});
  findings.files_are_series = !one_series;
  return !one_series;
}

/// The series of each row, and their names.
TextColumn series_of_rows(const TableRows& rows,
                          const PanelOptions& options,
                          RowFindings& findings) {
  if (!options.series.empty()) {
    TextColumn series = rows.texts(options.series);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (series.codes[row] == TableColumn::no_text) {
        rows.fail(row,
                  fmt::format("column {} is empty, expected the name of a series: fill it in or "
                              "leave the row out",
                              in_quotes(options.series)));
      }
    }
    return series;
  }
  TextColumn series{std::vector<std::int32_t>(rows.size(), 0), {""}};
  if (are_files_series(rows, options, findings)) {
    series.categories.clear();
    for (const auto& path : rows.table().paths()) {
      series.categories.push_back(path.stem().string());
    }
    for (std::size_t row = 0; row < rows.table().num_rows(); ++row) {
      series.codes[row] = static_cast<std::int32_t>(rows.table().file_of(row));
    }
  }
  return series;
}

void sort_by_time(SeriesRows& series) {
  std::vector<std::uint32_t> order(series.rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return series.points[a] < series.points[b];
  });
  SeriesRows sorted{.name = series.name};
  for (const std::uint32_t i : order) {
    sorted.rows.push_back(series.rows[i]);
    sorted.points.push_back(series.points[i]);
  }
  series = std::move(sorted);
}

/// ` of series 'x'`, if there are several.
std::string of_series(const SeriesRows& series) {
  return series.name.empty() ? "" : fmt::format(" of series {}", in_quotes(series.name));
}

/// A time as it can be read without knowing the step.
std::string time_text(const TableRows& rows, TimePoint point) {
  const TimeUnit unit = rows.table().times().unit;
  return to_string(point,
                   {unit, unit == TimeUnit::seconds && point % (24 * 3600) == 0 ? 24 * 3600 : 1});
}

void check_duplicates(const TableRows& rows, const SeriesRows& series) {
  const auto twice = std::adjacent_find(series.points.begin(), series.points.end());
  if (twice != series.points.end()) {
    const auto i = static_cast<std::size_t>(twice - series.points.begin());
    rows.fail(series.rows[i + 1],
              fmt::format("the time {}{} stands here and in {}, expected each once: leave one row "
                          "out, or name the "
                          "column that tells series apart (--series)",
                          time_text(rows, *twice),
                          of_series(series),
                          rows.location(series.rows[i])));
  }
}

}  // namespace

std::size_t count_data_rows(const TableRows& rows,
                            const SeriesRows& series,
                            const PanelOptions& options) {
  std::size_t count = series.rows.size();
  const auto are_missing = [&](const std::vector<std::string>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
      return rows.is_missing(series.rows[count - 1], name);
    });
  };
  while (count > 0 && are_missing(options.targets) && are_missing(options.past)) {
    --count;
  }
  return count;
}

std::vector<SeriesRows> group_rows(const TableRows& rows,
                                   const PanelOptions& options,
                                   RowFindings& findings) {
  const TextColumn names = series_of_rows(rows, options, findings);
  std::vector<SeriesRows> series(names.categories.size());
  for (std::size_t i = 0; i < series.size(); ++i) {
    series[i].name = names.categories[i];
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    SeriesRows& one = series[static_cast<std::size_t>(names.codes[row])];
    one.points.push_back(rows.are_counted() ? static_cast<TimePoint>(one.rows.size())
                                            : rows.time(row));
    one.rows.push_back(static_cast<std::uint32_t>(row));
  }
  std::erase_if(series, [](const SeriesRows& one) { return one.rows.empty(); });
  bool sorted = true;
  for (SeriesRows& one : series) {
    if (!std::is_sorted(one.points.begin(), one.points.end())) {
      sorted = false;
      sort_by_time(one);
    }
    check_duplicates(rows, one);
  }
  if (!sorted) {
    findings.notes.emplace_back("the rows were not in the order of time and have been sorted");
  }
  return series;
}

}  // namespace rondo::detail
