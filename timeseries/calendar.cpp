#include "rondo/timeseries/calendar.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <fmt/format.h>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo {

namespace {

namespace chrono = std::chrono;

constexpr std::int64_t seconds_per_day = 24 * 60 * 60;

struct Moment {
  explicit Moment(TimePoint point)
      : day(chrono::floor<chrono::days>(chrono::seconds(point))),
        date(day),
        seconds(point - day.time_since_epoch().count() * seconds_per_day) {}

  chrono::sys_days day;
  chrono::year_month_day date;
  std::int64_t seconds;  // of the day
};

/// Where in its cycle a moment is, from 0 to 1.
using Phase = double (*)(const Moment&);

struct Part {
  Phase phase;
  std::int64_t cycle;  // seconds, about
};

double month(const Moment& moment) {
  return (static_cast<unsigned>(moment.date.month()) - 1U) / 12.0;
}

double day(const Moment& moment) {
  const auto last =
      chrono::year_month_day_last(moment.date.year() / moment.date.month() / chrono::last);
  return (static_cast<unsigned>(moment.date.day()) - 1U) /
         static_cast<double>(static_cast<unsigned>(last.day()));
}

double day_of_year(const Moment& moment) {
  const auto first = chrono::sys_days(moment.date.year() / chrono::January / 1);
  return static_cast<double>((moment.day - first).count()) / 365.2425;
}

double weekday(const Moment& moment) {
  return (chrono::weekday(moment.day).iso_encoding() - 1U) / 7.0;
}

double hour(const Moment& moment) {
  return static_cast<double>(moment.seconds / 3600) / 24.0;
}

double minute(const Moment& moment) {
  return static_cast<double>(moment.seconds / 60 % 60) / 60.0;
}

constexpr std::array<Named<Part>, 6> parts{{{{"month"}, {month, 365 * seconds_per_day}},
                                            {{"day"}, {day, 30 * seconds_per_day}},
                                            {{"day_of_year"}, {day_of_year, 365 * seconds_per_day}},
                                            {{"weekday"}, {weekday, 7 * seconds_per_day}},
                                            {{"hour"}, {hour, seconds_per_day}},
                                            {{"minute"}, {minute, 3600}}}};

const Part& part_of(std::string_view name) {
  return get_named("calendar", parts, name).value;
}

/// Whether a part is the same after each step.
bool stands_still(const Part& part, TimeStep step) {
  return step.unit == TimeUnit::months ? step.length % 12 == 0 || part.phase != month
                                       : step.length % part.cycle == 0;
}

}  // namespace

std::vector<std::string> calendar_parts() {
  const auto names = names_of(parts);
  return {names.begin(), names.end()};
}

std::array<double, 2> calendar_feature(std::string_view part, TimePoint point) {
  const double angle = 2.0 * std::numbers::pi * part_of(part).phase(Moment(point));
  return {std::sin(angle), std::cos(angle)};
}

void check_calendar(std::span<const std::string> names, TimeStep step) {
  for (const std::string& name : names) {
    const Part& part = part_of(name);
    if (step.unit == TimeUnit::count) {
      throw_argument_error(
          "calendar",
          fmt::format("{} needs times, but the rows are counted: name the column of times (--time)",
                      in_quotes(name)));
    }
    if (stands_still(part, step)) {
      throw_argument_error(
          "calendar",
          fmt::format("{} is the same in every row, for the rows are {}: leave it out (--calendar)",
                      in_quotes(name),
                      to_string(step)));
    }
  }
}

}  // namespace rondo
