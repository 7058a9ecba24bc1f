#include "rondo/data/time_axis.hpp"

#include "rondo/data/detail/time_text.hpp"
#include "rondo/tests/support/check.hpp"

namespace time_axis_test {

using namespace rondo;
using detail::parse_time;
using detail::TimeForm;
using detail::TimeFormat;

namespace {

constexpr TimeStep hour{TimeUnit::seconds, 3600}, daily{TimeUnit::seconds, 24 * 3600},
    month{TimeUnit::months, 1}, year{TimeUnit::months, 12};

void check_time(std::string_view text, TimePoint point, TimeForm form) {
  const auto time = parse_time(text);
  BOOST_REQUIRE_MESSAGE(time, text);
  BOOST_TEST(time->point == point, text);
  BOOST_TEST((time->form == form), text);
}

TimePoint point(std::string_view text) {
  return parse_time(text).value().point;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_time_axis)

// Points are those of Python's datetime.fromisoformat(text).replace(tzinfo=utc).timestamp().
BOOST_AUTO_TEST_CASE(iso_dates_and_times_are_seconds_since_1970) {
  check_time("2014", 1388534400, TimeForm::year);
  check_time("2014-12", 1417392000, TimeForm::month);
  check_time("2014-12-31", 1419984000, TimeForm::date);
  check_time(" 2014-12-31 23:00 ", 1420066800, TimeForm::minute);
  check_time("2016-02-29T12:34:56", 1456749296, TimeForm::second);
  check_time("2016-02-29T12:34:56.000", 1456749296, TimeForm::second);
  check_time("1969-12-31 23:59:59", -1, TimeForm::second);
  check_time("0001-01-01", -62135596800, TimeForm::date);
  check_time("1600-02-29", -11670998400, TimeForm::date);
  check_time("9999-12-31 23:59:59", 253402300799, TimeForm::second);
}

BOOST_AUTO_TEST_CASE(a_zone_is_kept_beside_the_time_that_was_written) {
  const auto without = parse_time("2014-12-31 23:00");
  BOOST_TEST(!without->zone.has_value());
  BOOST_TEST(parse_time("2014-12-31 23:00Z")->zone.value() == 0);
  BOOST_TEST(parse_time("2014-12-31T23:00:00+01:00")->zone.value() == 60);
  BOOST_TEST(parse_time("2014-12-31T23:00:00-0330")->zone.value() == -210);
  BOOST_TEST(parse_time("2014-12-31T23:00+01:00")->point == without->point);
  BOOST_TEST(!without->fits(*parse_time("2014-12-31 23:00Z")));
}

BOOST_AUTO_TEST_CASE(other_whole_numbers_are_counts) {
  check_time("17", 17, TimeForm::number);
  check_time("-17", -17, TimeForm::number);
  check_time("+17", 17, TimeForm::number);
  check_time("999", 999, TimeForm::number);
  check_time("3000", 3000, TimeForm::number);
  check_time("20141231", 20141231, TimeForm::number);
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_none) {
  for (const std::string_view text : {"",
                                      "2014-13",
                                      "2014-00-01",
                                      "2015-02-29",
                                      "2014-12-31 24:00",
                                      "2014-12-31 23:60",
                                      "2014-12-31 23:00:60",
                                      "2014-12-31 23",
                                      "2014-12-31 23:00:00.5",
                                      "2014-12-31 23:00:00.",
                                      "2014-12-31 23:00+1:00",
                                      "2014-12-31 23:00+24:00",
                                      "2014-12-31 23:00 CET",
                                      "2014-12-31x",
                                      "0000-01-01",
                                      "14-12-31",
                                      "31.12.2014",
                                      "12/31/2014",
                                      "1.5",
                                      "+-5",
                                      "1000000000000000",
                                      "monday"}) {
    BOOST_TEST(!parse_time(text), text);
  }
}

// Points are those of Python's datetime.strptime.
BOOST_AUTO_TEST_CASE(a_format_says_where_the_parts_are) {
  const auto parsed = [](const char* format, std::string_view text) {
    return TimeFormat(format).parse(text).value();
  };
  BOOST_TEST(parsed("%d.%m.%Y %H:%M", "31.12.2014 7:05").point == 1420009500);
  BOOST_TEST(parsed("%Y%m%d", "2014111").point == 1414800000);
  BOOST_TEST(parsed("%Y%m%d%H%M%S", "20100102030405").point == 1262401445);
  BOOST_TEST(parsed("100%% %Y/%m", "100% 2014/2").point == 1391212800);
  BOOST_TEST((parsed("%Y/%m", "2014/2").form == TimeForm::month));
  BOOST_TEST((parsed("%d.%m.%Y %H", "31.12.2014 7").form == TimeForm::minute));
  const TimeFormat date("%d.%m.%Y");
  BOOST_TEST(!date.parse("31.12.14"));
  BOOST_TEST(!date.parse("31.02.2014"));
  BOOST_TEST(!date.parse("31.12.2014 07:00"));
  BOOST_TEST(!date.parse("31.12."));
}

BOOST_AUTO_TEST_CASE(a_format_that_cannot_be_followed_is_refused) {
  for (const char* const format : {"", "%d.%m.", "%Y %B", "%Y %Y", "%Y %"}) {
    BOOST_CHECK_THROW(TimeFormat{format}, ArgumentError);
  }
}

BOOST_AUTO_TEST_CASE(months_and_years_are_steps_of_the_calendar) {
  BOOST_TEST(advance(point("2014-12"), month, 2) == point("2015-02"));
  BOOST_TEST(advance(point("2014-12"), month, -12) == point("2013-12"));
  BOOST_TEST(advance(point("2015-01-31"), month, 1) == point("2015-02-28"));
  BOOST_TEST(advance(point("2015-01-31"), month, 2) == point("2015-03-31"));
  BOOST_TEST(advance(point("2016"), year, 3) == point("2019"));
  BOOST_TEST(advance(point("2016-02-28 23:00"), hour, 2) == point("2016-02-29 01:00"));
  BOOST_TEST(advance(5, {TimeUnit::count, 3}, -2) == -1);
}

BOOST_AUTO_TEST_CASE(a_point_is_written_as_its_step_asks_for) {
  BOOST_TEST(to_string(point("2014-12-31 23:00"), hour) == "2014-12-31 23:00:00");
  BOOST_TEST(to_string(point("2014-12-31"), daily) == "2014-12-31");
  BOOST_TEST(to_string(point("2014-12-31 06:30"), daily) == "2014-12-31 06:30:00");
  BOOST_TEST(to_string(point("1969-12-31 23:59:59"), hour) == "1969-12-31 23:59:59");
  BOOST_TEST(to_string(point("0001-01-01"), daily) == "0001-01-01");
  BOOST_TEST(to_string(point("2014-12"), month) == "2014-12");
  BOOST_TEST(to_string(point("2014"), year) == "2014");
  BOOST_TEST(to_string(point("2014-07"), year) == "2014-07");
  BOOST_TEST(to_string(TimePoint{17}, TimeStep{}) == "17");
}

BOOST_AUTO_TEST_CASE(a_step_has_the_name_that_people_use) {
  const auto seconds = [](std::int64_t length) {
    return to_string(TimeStep{TimeUnit::seconds, length});
  };
  const auto months = [](std::int64_t length) {
    return to_string(TimeStep{TimeUnit::months, length});
  };
  BOOST_TEST(seconds(1) == "every second");
  BOOST_TEST(seconds(90) == "every 90 seconds");
  BOOST_TEST(seconds(60) == "every minute");
  BOOST_TEST(seconds(900) == "every 15 minutes");
  BOOST_TEST(seconds(3600) == "hourly");
  BOOST_TEST(seconds(6 * 3600) == "every 6 hours");
  BOOST_TEST(seconds(24 * 3600) == "daily");
  BOOST_TEST(seconds(2 * 24 * 3600) == "every 2 days");
  BOOST_TEST(seconds(7 * 24 * 3600) == "weekly");
  BOOST_TEST(seconds(14 * 24 * 3600) == "every 14 days");
  BOOST_TEST(months(1) == "monthly");
  BOOST_TEST(months(2) == "every 2 months");
  BOOST_TEST(months(3) == "quarterly");
  BOOST_TEST(months(6) == "every 6 months");
  BOOST_TEST(months(12) == "yearly");
  BOOST_TEST(months(60) == "every 5 years");
  BOOST_TEST(to_string(TimeStep{}) == "rows");
  BOOST_TEST(to_string(TimeStep{TimeUnit::count, 5}) == "numbers 5 apart");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace time_axis_test
