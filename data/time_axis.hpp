/// Points in time at equal steps: what the rows of a series stand on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace rondo {

/// Seconds since 1970-01-01T00:00:00 of the zone that the file is in; with a count as unit, that count.
using TimePoint = std::int64_t;

/// Months and years are steps of the calendar, not of seconds.
enum class TimeUnit : std::uint8_t { count, seconds, months };

struct TimeStep {
  TimeUnit unit = TimeUnit::count;
  std::int64_t length = 1;  // > 0; an hour is 3600 seconds, a year 12 months

  friend bool operator==(const TimeStep&, const TimeStep&) = default;
};

/// The point `steps` steps after another. @param steps  may be negative
[[nodiscard]] TimePoint advance(TimePoint from, TimeStep step, std::int64_t steps);

/// As people write it: `2014-12-31 23:00:00`, `2014-12-31` for whole days, `2014-12` for months, `2014` for
/// years, `17` for counts.
[[nodiscard]] std::string to_string(TimePoint point, TimeStep step);

/// `hourly`, `daily`, `every 15 minutes`, `monthly`, `yearly`, `rows` for counts.
[[nodiscard]] std::string to_string(TimeStep step);

}  // namespace rondo
