#include "rondo/data/time_axis.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include <fmt/format.h>

namespace rondo {

namespace {

namespace chrono = std::chrono;

constexpr std::int64_t day = 24 * 60 * 60;

struct DayAndTime {
  chrono::year_month_day date;
  std::int64_t seconds;  // of the day
};

DayAndTime split(TimePoint point) {
  const auto days = chrono::floor<chrono::days>(chrono::seconds(point));
  return {chrono::sys_days(days), point - days.count() * day};
}

/// The last day of a month that has fewer.
TimePoint add_months(TimePoint from, std::int64_t months) {
  const auto [date, seconds] = split(from);
  chrono::year_month_day to = date + chrono::months(months);
  if (!to.ok()) {
    to = to.year() / to.month() / chrono::last;
  }
  return std::int64_t{chrono::sys_days(to).time_since_epoch().count()} * day + seconds;
}

std::string date_text(const chrono::year_month_day& date) {
  return fmt::format("{:04}-{:02}-{:02}",
                     static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

struct NamedLength {
  std::int64_t length;
  std::string_view once;
  std::string_view many;
};

/// `hourly`, or `every 2 hours` by the longest of the lengths that divides it.
template <std::size_t N>
std::string interval(std::int64_t length, const std::array<NamedLength, N>& names) {
  for (const NamedLength& name : names) {
    if (length == name.length && !name.once.empty()) {
      return std::string(name.once);
    }
  }
  const auto unit = std::find_if(names.begin(), names.end(), [&](const NamedLength& name) {
    return length % name.length == 0 && !name.many.empty();
  });
  return fmt::format("every {} {}", length / unit->length, unit->many);
}

}  // namespace

TimePoint advance(TimePoint from, TimeStep step, std::int64_t steps) {
  return step.unit == TimeUnit::months ? add_months(from, steps * step.length)
                                       : from + steps * step.length;
}

std::string to_string(TimePoint point, TimeStep step) {
  if (step.unit == TimeUnit::count) {
    return std::to_string(point);
  }
  const auto [date, seconds] = split(point);
  if (step.unit == TimeUnit::months) {
    const bool year = step.length % 12 == 0 && date.month() == chrono::January;
    return date_text(date).substr(0, year ? 4 : 7);
  }
  if (step.length % day == 0 && seconds == 0) {
    return date_text(date);
  }
  return fmt::format(
      "{} {:02}:{:02}:{:02}", date_text(date), seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string to_string(TimeStep step) {
  switch (step.unit) {
    case TimeUnit::seconds:
      return interval(step.length,
                      std::array{NamedLength{7 * day, "weekly", ""},
                                 NamedLength{day, "daily", "days"},
                                 NamedLength{3600, "hourly", "hours"},
                                 NamedLength{60, "every minute", "minutes"},
                                 NamedLength{1, "every second", "seconds"}});
    case TimeUnit::months:
      return interval(step.length,
                      std::array{NamedLength{12, "yearly", "years"},
                                 NamedLength{3, "quarterly", ""},
                                 NamedLength{1, "monthly", "months"}});
    case TimeUnit::count:
      break;
  }
  return step.length == 1 ? "rows" : fmt::format("numbers {} apart", step.length);
}

}  // namespace rondo
