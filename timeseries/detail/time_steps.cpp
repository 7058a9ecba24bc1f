// find_step() and place_rows(): from points in time to equal steps.
#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/timeseries/detail/series_rows.hpp"

namespace rondo::detail {

namespace {

namespace chrono = std::chrono;

constexpr TimePoint seconds_per_day = 24 * 60 * 60;

chrono::year_month_day date_of(TimePoint point) {
  return chrono::sys_days(chrono::floor<chrono::days>(chrono::seconds(point)));
}

TimePoint month_number(TimePoint point) {
  const auto date = date_of(point);
  return TimePoint{12} * static_cast<int>(date.year()) + static_cast<unsigned>(date.month()) - 1;
}

/// The point as a number that rises by the step's length with each step.
TimePoint number_of(TimePoint point, TimeUnit unit) {
  return unit == TimeUnit::months ? month_number(point) : point;
}

bool is_last_day(const chrono::year_month_day& date) {
  return chrono::year_month_day_last(date.year() / date.month() / chrono::last).day() == date.day();
}

/// All points at the same time of a day that is the same in each month, or the last one.
bool are_monthly(const std::vector<SeriesRows>& series) {
  const TimePoint first = series.front().points.front();
  const auto day = date_of(first).day();
  bool same = true, last = true;
  for (const SeriesRows& one : series) {
    for (const TimePoint point : one.points) {
      const auto date = date_of(point);
      same = same && date.day() == day;
      last = last && is_last_day(date);
      if ((!same && !last) || (point - first) % seconds_per_day != 0) {
        return false;
      }
    }
  }
  return true;
}

template <class Visit>
void for_each_distance(const std::vector<SeriesRows>& series, TimeUnit unit, const Visit& visit) {
  for (const SeriesRows& one : series) {
    for (std::size_t i = 1; i < one.points.size(); ++i) {
      visit(number_of(one.points[i], unit) - number_of(one.points[i - 1], unit));
    }
  }
}

/// The most frequent distance, the shortest of several; 0 if there is none.
std::int64_t most_frequent(const std::unordered_map<std::int64_t, std::size_t>& counts) {
  std::int64_t best = 0;
  std::size_t most = 0;
  for (const auto& [distance, count] : counts) {
    if (count > most || (count == most && distance < best)) {
      best = distance;
      most = count;
    }
  }
  return best;
}

std::int64_t step_length(const TableRows& rows,
                         const std::vector<SeriesRows>& series,
                         TimeUnit unit) {
  constexpr std::int64_t most_parts =
      4;  // of the most frequent distance; a single odd time would make many
  std::unordered_map<std::int64_t, std::size_t> counts;
  for_each_distance(series, unit, [&](std::int64_t distance) { ++counts[distance]; });
  if (counts.empty()) {
    rows.fail(
        0,
        series.size() == 1
            ? "there is one row, expected at least two, so that there is a step in time"
            : "no series has two rows, so that there is no step in time: which column tells the "
              "series apart (--series)?");
  }
  const std::int64_t frequent = most_frequent(counts);
  std::int64_t divisor = 0;
  for (const auto& [distance, count] : counts) {
    divisor = std::gcd(divisor, distance);
  }
  return frequent / divisor <= most_parts ? divisor : frequent;
}

/// What is said about a row that is not where a step leads to.
[[noreturn]] void fail_between_steps(const TableRows& rows,
                                     const SeriesRows& series,
                                     std::size_t i,
                                     TimeStep step) {
  rows.fail(series.rows[i],
            fmt::format("the time {} lies between two steps, for the rows are {} from {} on: "
                        "correct it or leave the "
                        "row out",
                        to_string(series.points[i], {step.unit, 1}),
                        to_string(step),
                        to_string(series.points[0], {step.unit, 1})));
}

/// @param made  rows between row i and the one before it
void check_gap(const TableRows& rows,
               const SeriesRows& series,
               std::size_t i,
               TimeStep step,
               MissingPolicy policy,
               TimePoint made) {
  constexpr TimePoint most_per_row = 4, always = 1000;
  if (made > 0 && policy == MissingPolicy::refuse) {
    rows.fail(series.rows[i],
              fmt::format("rows are missing between {} and {}, expected {} ones: add them, or "
                          "choose how they are "
                          "filled (--missing)",
                          to_string(series.points[i - 1], step),
                          to_string(series.points[i], step),
                          to_string(step)));
  }
  const TimePoint most = most_per_row * static_cast<TimePoint>(series.points.size()) + always;
  if (made > most) {
    rows.fail(series.rows[i],
              fmt::format("the time {} is far from {} in {}: {} {} rows would be made for the gap, "
                          "expected at most {}: "
                          "correct the time or leave the row out",
                          to_string(series.points[i], step),
                          to_string(series.points[i - 1], step),
                          rows.location(series.rows[i - 1]),
                          made,
                          to_string(step),
                          most));
  }
}

}  // namespace

TimeStep find_step(const TableRows& rows, const std::vector<SeriesRows>& series) {
  TimeUnit unit = rows.table().times().unit;
  if (unit == TimeUnit::seconds && are_monthly(series)) {
    unit = TimeUnit::months;
  }
  return {unit, step_length(rows, series, unit)};
}

void place_rows(const TableRows& rows,
                TimeStep step,
                MissingPolicy policy,
                std::vector<SeriesRows>& series) {
  for (SeriesRows& one : series) {
    const TimePoint begin = number_of(one.points.front(), step.unit);
    std::vector<TimePoint> steps(one.points.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const TimePoint distance = number_of(one.points[i], step.unit) - begin;
      steps[i] = distance / step.length;
      if (distance % step.length != 0 || (i > 0 && steps[i] == steps[i - 1])) {
        fail_between_steps(rows, one, i, step);
      }
      const TimePoint made = i > 0 ? steps[i] - steps[i - 1] - 1 : 0;
      check_gap(rows, one, i, step, policy, made);
    }
    one.length = static_cast<std::size_t>(steps.back()) + 1;
    if (one.length > steps.size()) {
      one.steps.assign(steps.begin(), steps.end());
    }
    if (step.unit == TimeUnit::months) {
      one.points.front() = advance(0, {TimeUnit::months, 1}, begin - month_number(0));
    }
  }
}

}  // namespace rondo::detail
