#include "rondo/timeseries/forecast_errors.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "rondo/tests/support/check.hpp"

namespace forecast_errors_test {

using namespace rondo;

namespace {

using Values = std::vector<double>;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

void check_value(double found, double expected) {
  BOOST_CHECK_SMALL(found - expected, 1e-12);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_forecast_errors)

// All expected values by hand.
BOOST_AUTO_TEST_CASE(a_target_that_is_unknown_does_not_count) {
  const Values forecast{1, 5, 100, 2};
  const Values actual{3, 4, unknown, 2};
  check_value(forecast_mae(forecast, actual), 1.0);
  check_value(forecast_rmse(forecast, actual), std::sqrt(5.0 / 3));
  check_value(forecast_smape(forecast, actual), (200.0 * 2 / 4 + 200.0 / 9) / 3);
  check_value(coverage(Values{0, 4.5, 0, 2}, Values{3, 6, 9, 2}, actual), 2.0 / 3);
}

// The root of (9 + 16) / 2, whatever the unit.
BOOST_AUTO_TEST_CASE(squares_neither_vanish_nor_overflow) {
  for (const double unit : {1e-200, 1.0, 1e200}) {
    check_value(forecast_rmse(Values{3 * unit, 0}, Values{0, 4 * unit}) / unit, std::sqrt(12.5));
  }
}

BOOST_AUTO_TEST_CASE(nothing_known_gives_no_number) {
  BOOST_TEST(std::isnan(forecast_mae(Values{1}, Values{unknown})));
  BOOST_TEST(std::isnan(weighted_quantile_loss(Values{1}, Values{0.5}, Values{unknown})));
}

BOOST_AUTO_TEST_CASE(smape_of_two_zeros_is_zero) {
  check_value(forecast_smape(Values{0, 1}, Values{0, 0}), 100.0);
}

BOOST_AUTO_TEST_CASE(the_scale_of_mase_is_the_mean_change_over_a_period) {
  const Values history{1, 2, 4, unknown, 8, 5};
  check_value(seasonal_error(history, 1), (1.0 + 2.0 + 3.0) / 3);
  check_value(seasonal_error(history, 2), (3.0 + 4.0) / 2);
  BOOST_CHECK_THROW(seasonal_error(history, 6), ArgumentError);
  BOOST_CHECK_THROW(seasonal_error(history, 0), ArgumentError);
}

BOOST_AUTO_TEST_CASE(quantile_losses_are_weighed_by_the_size_of_the_targets) {
  const Values quantiles{0.1, 0.9};
  const Values forecast{0, 4, 1, 1, -3, 0};  // of targets 2, unknown, -4
  const double below = 2 * (0.1 * 2 + 0.9 * 1), above = 2 * (0.1 * 2 + 0.1 * 4);
  check_value(weighted_quantile_loss(forecast, quantiles, Values{2, unknown, -4}),
              (below / 6 + above / 6) / 2);
  check_value(weighted_quantile_loss(Values{1, 5}, Values{0.5}, Values{2, 3}), 3.0 / 5);
}

BOOST_AUTO_TEST_CASE(lengths_that_differ_are_refused) {
  RONDO_CHECK_THROWS(forecast_mae(Values{1, 2}, Values{1}),
                     ArgumentError,
                     "[forecast_mae] 2 forecasts for 1 targets");
  BOOST_CHECK_THROW(coverage(Values{1}, Values{1, 2}, Values{1}), ArgumentError);
  BOOST_CHECK_THROW(weighted_quantile_loss(Values{1}, Values{0.1, 0.9}, Values{1}), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace forecast_errors_test
