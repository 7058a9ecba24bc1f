#include "rondo/data/detail/time_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/csv_number.hpp"

namespace rondo::detail {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes what comes next off a text.
struct Cursor {
  std::string_view rest;

  bool take(char c) {
    const bool found = rest.starts_with(c);
    rest.remove_prefix(found ? 1 : 0);
    return found;
  }

  /// `least` to `most` digits. @return  -1 if there are fewer
  int number(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (count < std::min(most, rest.size()) && is_digit(rest[count])) {
      value = 10 * value + (rest[count++] - '0');
    }
    rest.remove_prefix(count);
    return count < least ? -1 : value;
  }
};

std::optional<TimeText> parse_number(std::string_view text) {
  constexpr TimePoint most = 1'000'000'000'000'000;
  text.remove_prefix(text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
  TimePoint value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || stop != end || error != std::errc{} || value <= -most || value >= most) {
    return std::nullopt;
  }
  constexpr int first_year = 1000, last_year = 2999;
  if (text.size() == 4 && value >= first_year && value <= last_year) {
    return TimeText{*seconds_of(static_cast<int>(value)), TimeForm::year};
  }
  return TimeText{value, TimeForm::number};
}

/// Z, +01:00 or +0100, or nothing. @return  false if it is none of them
bool take_zone(Cursor& cursor, std::optional<int>& zone) {
  if (cursor.rest.empty()) {
    return true;
  }
  if (cursor.take('Z')) {
    zone = 0;
    return cursor.rest.empty();
  }
  const int sign = cursor.take('-') ? -1 : cursor.take('+') ? 1 : 0;
  const int hours = cursor.number(2, 2);
  cursor.take(':');
  const int minutes = cursor.number(2, 2);
  zone = sign * (60 * hours + minutes);
  return sign != 0 && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 &&
         cursor.rest.empty();
}

/// Seconds are whole: only zeros may stand behind a point.
bool take_fraction(Cursor& cursor) {
  if (!cursor.take('.')) {
    return true;
  }
  bool some = false;
  while (cursor.take('0')) {
    some = true;
  }
  return some;
}

}  // namespace

std::optional<TimePoint> seconds_of(
    int year, int month, int day, int hour, int minute, int second) {
  using std::chrono::sys_days;
  const auto in = [](int value, int least, int most) { return value >= least && value <= most; };
  if (!in(year, 1, 9999) || !in(month, 1, 12) || !in(day, 1, 31) || !in(hour, 0, 23) ||
      !in(minute, 0, 59) || !in(second, 0, 59)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) {
    return std::nullopt;
  }
  const TimePoint days = sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

std::optional<TimeText> parse_time(std::string_view text) {
  text = without_blanks(text);
  Cursor cursor{text};
  const int year = cursor.number(4, 4);
  if (year < 0 || !cursor.take('-')) {
    return parse_number(text);
  }
  TimeText time{0, TimeForm::month};
  const int month = cursor.number(2, 2);
  int day = 1, hour = 0, minute = 0, second = 0;
  if (cursor.take('-')) {
    time.form = TimeForm::date;
    day = cursor.number(2, 2);
    if (cursor.take('T') || cursor.take(' ')) {
      time.form = TimeForm::minute;
      hour = cursor.number(2, 2);
      minute = cursor.take(':') ? cursor.number(2, 2) : -1;
      if (cursor.take(':')) {
        time.form = TimeForm::second;
        second = cursor.number(2, 2);
        if (!take_fraction(cursor)) {
          return std::nullopt;
        }
      }
      if (!take_zone(cursor, time.zone)) {
        return std::nullopt;
      }
    }
  }
  const auto point = seconds_of(year, month, day, hour, minute, second);
  if (!point || !cursor.rest.empty()) {
    return std::nullopt;
  }
  time.point = *point;
  return time;
}

std::string_view example_of(TimeForm form) {
  constexpr std::array<std::string_view, 6> examples{
      "17", "2014", "2014-12", "2014-12-31", "2014-12-31 23:00", "2014-12-31 23:00:00"};
  return examples[static_cast<std::size_t>(form)];
}

namespace {

constexpr std::string_view directives = "YmdHMS";

}  // namespace

TimeFormat::TimeFormat(std::string format) : format_(std::move(format)) {
  const auto fail = [&](std::string_view problem) {
    throw_argument_error("time_format",
                         fmt::format("{} {}: %Y, %m, %d, %H, %M, %S and %% are known, each once",
                                     in_quotes(format_),
                                     problem));
  };
  std::string found;
  for (std::size_t i = 0; i < format_.size(); ++i) {
    if (format_[i] != '%') {
      continue;
    }
    const char directive = ++i < format_.size() ? format_[i] : '\0';
    if (directive != '%' && directives.find(directive) == directives.npos) {
      fail("has another directive");
    }
    if (directive != '%' && found.find(directive) != found.npos) {
      fail(fmt::format("has %{} twice", directive));
    }
    found += directive == '%' ? "" : std::string(1, directive);
  }
  if (found.find('Y') == found.npos) {
    fail("has no %Y");
  }
  constexpr std::array forms{TimeForm::year,
                             TimeForm::month,
                             TimeForm::date,
                             TimeForm::minute,
                             TimeForm::minute,
                             TimeForm::second};
  for (std::size_t i = 0; i < directives.size(); ++i) {
    form_ = found.find(directives[i]) != found.npos ? forms[i] : form_;
  }
}

std::optional<TimeText> TimeFormat::parse(std::string_view text) const {
  Cursor cursor{without_blanks(text)};
  std::array<int, directives.size()> values{1, 1, 1, 0, 0, 0};
  for (std::size_t i = 0; i < format_.size(); ++i) {
    if (format_[i] != '%' || format_[++i] == '%') {
      if (!cursor.take(format_[i])) {
        return std::nullopt;
      }
      continue;
    }
    const bool year = format_[i] == 'Y';
    values[directives.find(format_[i])] = cursor.number(year ? 4 : 1, year ? 4 : 2);
  }
  const auto& [year, month, day, hour, minute, second] = values;
  const auto point = seconds_of(year, month, day, hour, minute, second);
  if (!point || !cursor.rest.empty()) {
    return std::nullopt;
  }
  return TimeText{*point, form_};
}

std::string formats_that_read(std::string_view text) {
  std::string result;
  for (const char* date : {"%d.%m.%Y",
                           "%d/%m/%Y",
                           "%m/%d/%Y",
                           "%d-%m-%Y",
                           "%m-%d-%Y",
                           "%Y/%m/%d",
                           "%Y-%m-%d",
                           "%Y/%m",
                           "%m/%Y",
                           "%m.%Y"}) {
    for (const char* time : {"", " %H:%M", " %H:%M:%S", " %H"}) {
      const std::string format = fmt::format("{}{}", date, time);
      if (TimeFormat(format).parse(text)) {
        result += fmt::format("{}{}", result.empty() ? "" : " or ", in_quotes(format));
      }
    }
  }
  return result;
}

}  // namespace rondo::detail
