/// Parts of a time that come again, as points on a circle.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/data/time_axis.hpp"

namespace rondo {

/// `month`, `day` (of the month), `day_of_year`, `weekday`, `hour` and `minute`: the parts that a calendar knows.
[[nodiscard]] std::vector<std::string> calendar_parts();

/// Sine and cosine of a part's place in its cycle: `hour` 6 is (1, 0). Months start at 0, weekdays on Monday; a year
/// has 365.2425 days, a month as many as it has.
/// @throws ArgumentError with the known names for another part
[[nodiscard]] std::array<double, 2> calendar_feature(std::string_view part, TimePoint point);

/// @throws ArgumentError for an unknown part, or one that is the same at all points: hours of days, any of counts
void check_calendar(std::span<const std::string> parts, TimeStep step);

}  // namespace rondo
