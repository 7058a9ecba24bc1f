#include "rondo/timeseries/simple_methods.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "rondo/formats/csv.hpp"
#include "rondo/tests/support/check.hpp"

namespace simple_methods_test {

using namespace rondo;

namespace {

using Values = std::vector<double>;

std::vector<double> passengers() {
  const Tensor<double> values =
      read_csv("data/sets/airline_passengers.csv").column<double>("passengers");
  return {values.view().begin(), values.view().end()};
}

void check_values(const Values& found, const Values& expected, double tolerance) {
  BOOST_REQUIRE_EQUAL(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    BOOST_TEST_INFO("step " << i);
    BOOST_CHECK_SMALL(found[i] - expected[i], tolerance);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_simple_methods)

BOOST_AUTO_TEST_CASE(naive_methods_repeat_the_last_value_or_period) {
  const Values history{5, 1, 2, 3};
  check_values(naive_forecast(history, 2), {3, 3}, 0.0);
  check_values(seasonal_naive_forecast(history, 5, 3), {1, 2, 3, 1, 2}, 0.0);
  check_values(drift_forecast(Values{1, 9, 7}, 3), {10, 13, 16}, 1e-12);
}

// NumPy: numpy.linalg.lstsq of the rows [13 values, 1] and the three values behind each.
BOOST_AUTO_TEST_CASE(every_step_has_a_linear_function_of_its_own) {
  const LinearAutoregression model(passengers(), 13, 3);
  check_values(model.forecast(passengers()), {450.07768147, 413.5248006, 446.25849925}, 1e-6);
}

BOOST_AUTO_TEST_CASE(a_linear_autoregression_sees_the_last_values_alone) {
  Values line(40);
  std::iota(line.begin(), line.end(), 1e6);
  const LinearAutoregression model(line, 2, 2);
  check_values(model.forecast(Values{-1e9, 10, 11}), {12, 13}, 1e-3);
}

// statsmodels 0.15: ExponentialSmoothing(trend="add", damped_trend=True, seasonal="add",
// seasonal_periods=12) with known initial states as documented and these parameters. But for the
// twelfth step, where it forgets what the last value tells of the season: the recursions in Python.
BOOST_AUTO_TEST_CASE(exponential_smoothing_with_season_has_the_numbers_of_statsmodels) {
  const HoltWinters model(passengers(), 12, {.alpha = 0.3, .beta = 0.1, .gamma = 0.4, .phi = 0.95});
  check_values(model.forecast(14),
               {456.28063842,
                438.54584359,
                486.16389861,
                503.6681929,
                515.91225101,
                573.37024672,
                638.65597631,
                623.42600376,
                524.5923854,
                471.69742961,
                415.11983028,
                456.60358864,
                475.93331786,
                457.21588905},
               1e-6);
  BOOST_CHECK_CLOSE(model.squared_error(), 40167.96642155967, 1e-8);
}

BOOST_AUTO_TEST_CASE(exponential_smoothing_without_season_has_the_numbers_of_statsmodels) {
  const HoltWintersParameters parameters{.alpha = 0.3, .beta = 0.1, .phi = 0.95};
  for (const std::size_t period : {0, 1}) {
    const HoltWinters model(passengers(), period, parameters);
    check_values(model.forecast(3), {470.5717856, 469.59430533, 468.66569907}, 1e-6);
    BOOST_CHECK_CLOSE(model.squared_error(), 331992.44861116743, 1e-8);
  }
}

// The least sum of squares that SciPy's L-BFGS-B finds from four starts: 21538.18.
BOOST_AUTO_TEST_CASE(the_search_finds_parameters_as_good_as_those_of_another_minimiser) {
  const HoltWinters model(passengers(), 12);
  BOOST_TEST(model.squared_error() <= 21538.2 * 1.001);
  BOOST_TEST(model.parameters().phi <= 0.98);
}

BOOST_AUTO_TEST_CASE(histories_that_are_too_short_are_refused) {
  const Values two{1, 2};
  BOOST_CHECK_THROW(naive_forecast({}, 1), ArgumentError);
  BOOST_CHECK_THROW(drift_forecast(Values{1}, 1), ArgumentError);
  BOOST_CHECK_THROW(seasonal_naive_forecast(two, 1, 0), ArgumentError);
  RONDO_CHECK_THROWS(seasonal_naive_forecast(two, 1, 3),
                     ArgumentError,
                     "[seasonal_naive_forecast] 3 values of history are needed, got 2");
  RONDO_CHECK_THROWS(
      LinearAutoregression(two, 2, 1),
      ArgumentError,
      "[LinearAutoregression] 3 values of history are needed for window 2 and horizon 1, got 2");
  BOOST_CHECK_THROW(LinearAutoregression(two, 0, 1), ArgumentError);
  BOOST_CHECK_THROW(LinearAutoregression(passengers(), 3, 1).forecast(two), ArgumentError);
  RONDO_CHECK_THROWS(HoltWinters(two, 2),
                     ArgumentError,
                     "[HoltWinters] 4 values of history are needed for a period of 2, got 2");
}

// Smoothing goes on as if all values had come at once.
BOOST_AUTO_TEST_CASE(exponential_smoothing_goes_on_through_updates) {
  const HoltWintersParameters parameters{.alpha = 0.3, .beta = 0.1, .gamma = 0.4, .phi = 0.95};
  const Values all = passengers();
  const std::span<const double> values(all);
  const HoltWinters whole(values, 12, parameters);
  HoltWinters model(values.first(100), 12, parameters);
  model.update(values.subspan(100, 20));
  model.update({});
  model.update(values.subspan(120));
  BOOST_TEST(model.forecast(14) == whole.forecast(14), boost::test_tools::per_element());
  BOOST_TEST(model.squared_error() == whole.squared_error());
  BOOST_CHECK_THROW(model.update(Values{1, std::numeric_limits<double>::infinity()}),
                    ArgumentError);
  BOOST_TEST(model.forecast(14) == whole.forecast(14), boost::test_tools::per_element());
}

// A power of two changes no digit.
BOOST_AUTO_TEST_CASE(exponential_smoothing_has_no_unit) {
  const Values all = passengers();
  const HoltWinters model(all, 12);
  for (const double unit : {std::ldexp(1.0, -700), std::ldexp(1.0, 1000)}) {
    Values other = all;
    for (double& y : other) {
      y *= unit;
    }
    const HoltWinters scaled(other, 12);
    BOOST_TEST(scaled.parameters().alpha == model.parameters().alpha);
    BOOST_TEST(scaled.parameters().gamma == model.parameters().gamma);
    BOOST_TEST(scaled.forecast(1)[0] / unit == model.forecast(1)[0]);
  }
}

BOOST_AUTO_TEST_CASE(a_missing_value_in_a_history_is_refused) {
  Values history = passengers();
  history[5] = std::numeric_limits<double>::quiet_NaN();
  BOOST_CHECK_THROW(HoltWinters(history, 12), ArgumentError);
  BOOST_CHECK_THROW(LinearAutoregression(history, 3, 1), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace simple_methods_test
