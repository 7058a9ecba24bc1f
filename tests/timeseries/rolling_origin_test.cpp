#include "rondo/timeseries/rolling_origin.hpp"

#include <limits>

#include "rondo/tests/support/check.hpp"

namespace rolling_origin_test {

using namespace rondo;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Three rows, one known row beyond them.
Panel panel() {
  return {
      .columns = {.targets = {"a", "b"}, .past = {}, .known = {"plan"}},
      .step = {},
      .series = {{.name = "shop",
                  .begin = 7,
                  .targets = Tensor<double>::from_values({3, 2}, {unknown, 1, 2, 3, unknown, 5}),
                  .known = Tensor<double>::from_values({4, 1}, {1, 2, 3, 4}),
                  .statics = {}}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_rolling_origin)

BOOST_AUTO_TEST_CASE(folds_end_with_the_series_and_do_not_overlap) {
  BOOST_TEST(rolling_origins(10, {.horizon = 3, .folds = 3}) ==
             std::vector<std::size_t>({9, 6, 3}));
  BOOST_TEST(rolling_origins(10, {.horizon = 3, .folds = 2, .step = 1}) ==
             std::vector<std::size_t>({4, 3}));
}

BOOST_AUTO_TEST_CASE(folds_that_leave_nothing_to_train_on_are_refused) {
  RONDO_CHECK_THROWS(
      rolling_origins(9, {.horizon = 3, .folds = 3}),
      ArgumentError,
      "[rolling_origins] 3 folds with horizon 3 and 3 rows from one to the next leave "
      "nothing of 9 rows to train on: fewer folds");
  BOOST_CHECK_THROW(rolling_origins(3, {.horizon = 3, .folds = 1}), ArgumentError);
  BOOST_CHECK_THROW(rolling_origins(9, {.horizon = 0, .folds = 1}), ArgumentError);
  BOOST_CHECK_THROW(rolling_origins(9, {.horizon = 1, .folds = 0}), ArgumentError);
}

BOOST_AUTO_TEST_CASE(an_earlier_panel_knows_its_plan_but_not_its_targets) {
  const Panel before = without_last(panel(), 2);
  BOOST_TEST(before.series[0].targets.shape() == (Shape{1, 2}));
  BOOST_TEST(before.series[0].known.shape() == (Shape{4, 1}));
  BOOST_TEST(before.series[0].begin == 7);
  BOOST_TEST(before.columns.known == std::vector<std::string>({"plan"}));
  RONDO_CHECK_THROWS(without_last(panel(), 3),
                     ArgumentError,
                     "[without_last] series 'shop' has 3 rows: without the last 3 nothing is left");
}

BOOST_AUTO_TEST_CASE(gaps_of_a_target_are_filled_with_what_was_last_known) {
  const PanelSeries series = panel().series[0];
  BOOST_TEST(filled_target(series) == std::vector<double>({2, 2, 2}));
  BOOST_TEST(filled_target(series, 1) == std::vector<double>({1, 3, 5}));
  PanelSeries empty = series;
  empty.targets = Tensor<double>::full({3, 2}, unknown);
  BOOST_CHECK_THROW(filled_target(empty), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace rolling_origin_test
