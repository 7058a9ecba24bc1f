#include "rondo/timeseries/calendar.hpp"

#include "rondo/tests/support/check.hpp"

namespace calendar_test {

using namespace rondo;

namespace {

void check_feature(std::string_view part, TimePoint point, double sine, double cosine) {
  const auto found = calendar_feature(part, point);
  test::check_close(std::span<const double>(found), {sine, cosine}, 1e-12);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_calendar)

// Computed with Python's datetime and math.
BOOST_AUTO_TEST_CASE(parts_of_a_time_are_points_on_a_circle) {
  constexpr TimePoint march = 1393655400,
                      december = 1483228740;  // 2014-03-01 06:30, 2016-12-31 23:59
  check_feature("month", march, 0.8660254037844386, 0.5);
  check_feature("day", march, 0.0, 1.0);
  check_feature("day_of_year", march, 0.849461476510434, 0.5276506419258042);
  check_feature("weekday", march, -0.9749279121818236, -0.2225209339563146);
  check_feature("hour", march, 1.0, 0.0);
  check_feature("minute", march, 0.0, -1.0);
  check_feature("month", december, -0.5, 0.8660254037844384);
  check_feature("day", december, -0.20129852008866028, 0.9795299412524945);
  check_feature("day_of_year", december, -0.004171661341763306, 0.9999912985829675);
  check_feature("weekday", december, -0.9749279121818236, -0.2225209339563146);
  check_feature("hour", december, -0.2588190451025207, 0.9659258262890683);
  check_feature("minute", december, -0.1045284632676543, 0.9945218953682733);
}

BOOST_AUTO_TEST_CASE(a_part_that_is_unknown_or_stands_still_is_refused) {
  constexpr TimeStep hour{TimeUnit::seconds, 3600}, daily{TimeUnit::seconds, 24 * 3600},
      weekly{TimeUnit::seconds, 7 * 24 * 3600}, month{TimeUnit::months, 1},
      year{TimeUnit::months, 12};
  const auto check = [](const std::string& part, TimeStep step) {
    check_calendar(std::vector<std::string>{part}, step);
  };
  check("hour", hour);
  check("weekday", daily);
  check("month", weekly);
  check("month", month);
  BOOST_CHECK_THROW(check("minute", hour), ArgumentError);
  BOOST_CHECK_THROW(check("hour", daily), ArgumentError);
  BOOST_CHECK_THROW(check("weekday", weekly), ArgumentError);
  BOOST_CHECK_THROW(check("weekday", month), ArgumentError);
  BOOST_CHECK_THROW(check("month", year), ArgumentError);
  BOOST_CHECK_THROW(check("month", TimeStep{}), ArgumentError);
  BOOST_CHECK_THROW(check("fortnight", hour), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace calendar_test
