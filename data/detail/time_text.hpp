/// Points in time as texts; for the sources of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rondo/data/time_axis.hpp"

namespace rondo::detail {

/// How a point is written. One column holds one form.
enum class TimeForm : std::uint8_t { number, year, month, date, minute, second };

struct TimeText {
  TimePoint point = 0;  // seconds of the zone that it is written in, or the number
  TimeForm form = TimeForm::number;
  std::optional<int> zone = {};  // minutes east of Greenwich; 0 for Z

  /// Of one column.
  [[nodiscard]] bool fits(const TimeText& other) const {
    return form == other.form && zone == other.zone;
  }
};

/// `2014`, `2014-12`, `2014-12-31`, `2014-12-31 23:00`, `2014-12-31T23:00:00`, the last two also with a fraction
/// of zeros and with Z, +01:00 or +0100; any other whole number below 10^15. Blanks around it are allowed.
[[nodiscard]] std::optional<TimeText> parse_time(std::string_view text);

/// `2014-12-31 23:00`: an example of a form, for errors.
[[nodiscard]] std::string_view example_of(TimeForm form);

/// The seconds of a date; nothing if there is no such day, hour, minute or second.
/// @param year  1 .. 9999
[[nodiscard]] std::optional<TimePoint> seconds_of(
    int year, int month = 1, int day = 1, int hour = 0, int minute = 0, int second = 0);

/// A format as of strptime, with %Y %m %d %H %M %S and %%; %m to %S take one or two digits.
class TimeFormat {
 public:
  /// @throws ArgumentError for other directives, one that comes twice, or without %Y
  explicit TimeFormat(std::string format);

  [[nodiscard]] std::optional<TimeText> parse(std::string_view text) const;

 private:
  std::string format_;
  TimeForm form_ = TimeForm::year;
};

/// The common formats that read a text, for a remedy: `'%d/%m/%Y' or '%m/%d/%Y'`; empty if none does.
[[nodiscard]] std::string formats_that_read(std::string_view text);

}  // namespace rondo::detail
