#include "rondo/apps/baselines.hpp"

#include <limits>

#include "rondo/tests/support/check.hpp"

namespace baselines_test {

using namespace rondo;
using namespace rondo::apps;
using Values = std::vector<double>;

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

BOOST_AUTO_TEST_SUITE(apps_baselines)

BOOST_AUTO_TEST_CASE(a_task_counts_its_windows) {
  BOOST_TEST((Task{12, 3}.count(144) == 130U));
  BOOST_TEST((Task{12, 3}.count(15) == 1U));
  BOOST_TEST((Task{12, 3}.count(14) == 0U));
  BOOST_TEST((Task{12, largest}.count(144) == 0U));
}

// The root of (9 + 16) / 2, whatever the unit.
BOOST_AUTO_TEST_CASE(errors_of_every_size) {
  for (const double unit : {1e-200, 1.0, 1e200}) {
    BOOST_TEST(rmse(Values{3 * unit, 0}, Values{0, 4 * unit}) == std::sqrt(12.5) * unit,
               boost::test_tools::tolerance(1e-14));
    BOOST_TEST(mae(Values{3 * unit, 0}, Values{0, 4 * unit}) == 3.5 * unit,
               boost::test_tools::tolerance(1e-14));
  }
  BOOST_TEST(rmse(Values{1, 2}, Values{1, 2}) == 0.0);
}

BOOST_AUTO_TEST_CASE(the_season_before_is_the_last_one_that_is_known) {
  const Values series{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::span test = std::span(series).subspan(4);  // 4 values before it
  // Window 2, 3 ahead: targets are the values 8 and 9, known is all up to 5 and 6.
  BOOST_TEST(seasonal_naive(test, 4, {2, 3}, 2) == (Values{4, 5}));
  BOOST_TEST(seasonal_naive(test, 4, {2, 3}, 3) == (Values{5, 6}));
  BOOST_TEST(seasonal_naive(test, 4, {2, 3}, 8) == (Values{0, 1}));
  for (const std::size_t period : {std::size_t{9}, largest, largest - 1}) {
    BOOST_CHECK_THROW(static_cast<void>(seasonal_naive(test, 4, {2, 3}, period)), ArgumentError);
  }
}

// v(t) = 2 v(t-1) - v(t-2) holds for a line, in any unit and above any offset.
BOOST_AUTO_TEST_CASE(a_line_goes_on_in_every_unit) {
  for (const double unit : {1e-50, 1.0, 1e50}) {
    Values series;
    for (int t = 0; t < 20; ++t) {
      series.push_back(unit * (1e6 + 3.0 * t));
    }
    const apps::LinearAutoregression model(series, {2, 1});
    BOOST_TEST(model.predict(std::span(series).last(3)).at(0) / unit == 1e6 + 57.0,
               boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace baselines_test
