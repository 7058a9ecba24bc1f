#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"
#include "rondo/timeseries/forecaster.hpp"

namespace forecaster_errors_test {

using namespace rondo;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

PanelSeries series_of(const char* name, std::size_t rows, double value = unknown) {
  PanelSeries result{.name = name, .targets = Tensor<double>({rows, 1})};
  for (std::size_t i = 0; i < rows; ++i) {
    result.targets.data()[i] = std::isnan(value) ? static_cast<double>(i % 5) : value;
  }
  return result;
}

Panel panel_of(std::vector<PanelSeries> series) {
  return {.columns = {.targets = {"y"}}, .step = {}, .series = std::move(series)};
}

ForecasterOptions small() {
  return {.window = 3, .horizon = 2, .units = {2}, .epochs = 1};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_forecaster_errors)

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  const auto check = [](auto change, const std::string& text) {
    ForecasterOptions options = small();
    change(options);
    RONDO_CHECK_THROWS(Forecaster{options}, ArgumentError, "[Forecaster] " + text);
  };
  const std::string sizes = "window, horizon, units and epochs must be at least 1";
  check([](auto& o) { o.window = 0; }, sizes);
  check([](auto& o) { o.horizon = 0; }, sizes);
  check([](auto& o) { o.units.clear(); }, sizes);
  check(
      [](auto& o) {
        o.quantiles = {0.9, 0.1};
      },
      "quantiles must rise and lie in (0, 1), got 0.9, 0.1");
  check([](auto& o) { o.quantiles = {0.0}; }, "quantiles must rise and lie in (0, 1), got 0");
  check([](auto& o) { o.cell = "grux"; },
        "unknown name 'grux' (did you mean 'gru'?), known are gru, lstm, rnn");
  check([](auto& o) { o.validation_split = 1.0; }, "validation_split must lie in [0, 1), got 1");
  check([](auto& o) { o.learning_rate = 0.0; }, "learning_rate must be positive, got 0");
  ForecasterOptions both = small();
  both.difference = true;
  both.season = 2;
  BOOST_CHECK_THROW(Forecaster{both}, ArgumentError);
  ForecasterOptions dropout = small();
  dropout.dropout = 2.0;
  BOOST_CHECK_THROW(Forecaster{dropout}, ArgumentError);
}

BOOST_AUTO_TEST_CASE(a_series_that_is_too_short_is_left_out_by_name) {
  Forecaster forecaster(small());
  forecaster.fit(panel_of({series_of("short", 4), series_of("long", 50)}));
  BOOST_TEST(
      forecaster.notes() ==
      std::vector<std::string>({"series 'short' is left out: 4 rows, window and horizon need 5"}));
  PanelSeries empty = series_of("empty", 50);
  std::fill_n(empty.targets.data(), 50, unknown);
  RONDO_CHECK_THROWS(forecaster.fit(panel_of({series_of("short", 4), empty})),
                     ArgumentError,
                     "[Forecaster] nothing to learn from: series 'short' is left out: 4 rows, "
                     "window and horizon need 5; series 'empty' is left out: all targets of its "
                     "training part are missing");
  BOOST_CHECK_THROW(forecaster.fit(panel_of({})), ArgumentError);
}

BOOST_AUTO_TEST_CASE(a_forecast_needs_a_fit_rows_and_the_columns_of_the_training) {
  Forecaster forecaster(small());
  const Panel panel = panel_of({series_of("a", 50)});
  RONDO_CHECK_THROWS(
      forecaster.forecast(panel), StateError, "[Forecaster] forecast comes after fit or load");
  BOOST_CHECK_THROW(forecaster.save("nowhere"), StateError);
  forecaster.fit(panel);
  RONDO_CHECK_THROWS(forecaster.forecast(panel_of({series_of("a", 2)})),
                     ArgumentError,
                     "[Forecaster] forecast: series 'a' has 2 rows, 3 are needed");
  RONDO_CHECK_THROWS(
      forecaster.backtest(panel, 48),
      ArgumentError,
      "[Forecaster] backtest: series 'a' has 50 rows, 51 are needed for the last 48");
  BOOST_CHECK_THROW(forecaster.backtest(panel, 1), ArgumentError);
  Panel other = panel;
  other.columns.past = {"x"};
  RONDO_CHECK_THROWS(
      forecaster.forecast(other),
      ArgumentError,
      "[Forecaster] forecast: the past columns are [x], those of the training were []");
}

BOOST_AUTO_TEST_CASE(a_value_out_of_all_proportion_is_named) {
  Forecaster forecaster(small());
  Panel panel = panel_of({series_of("a", 50)});
  forecaster.fit(panel);
  panel.series[0].targets.data()[49] = 1e300;
  BOOST_CHECK_EXCEPTION(forecaster.forecast(panel), ArgumentError, [](const ArgumentError& error) {
    return std::string(error.what())
        .starts_with(
            "[Forecaster] series 'a' has 1e+300 in row 49, which is out of all "
            "proportion to training, where values deviate by ");
  });
}

BOOST_AUTO_TEST_CASE(rows_at_another_step_are_refused) {
  Panel panel = panel_of({series_of("a", 50)});
  panel.step = {TimeUnit::seconds, 3600};
  Forecaster forecaster(small());
  forecaster.fit(panel);
  panel.step.length = 86400;
  RONDO_CHECK_THROWS(
      forecaster.forecast(panel),
      ArgumentError,
      "[Forecaster] forecast: the rows are daily, those of the training were hourly");
}

BOOST_AUTO_TEST_CASE(a_future_that_is_not_known_is_asked_for) {
  Panel panel = panel_of({series_of("a", 50)});
  panel.columns.known = {"plan"};
  panel.series[0].known = Tensor<double>::full({51, 1}, 1.0);
  Forecaster forecaster(small());
  forecaster.fit(panel);
  RONDO_CHECK_THROWS(
      forecaster.forecast(panel),
      ArgumentError,
      "[Forecaster] forecast: series 'a' knows 1 rows in advance, the horizon has 2: "
      "give rows of plan beyond the data");
}

BOOST_AUTO_TEST_CASE(a_series_too_short_to_validate_is_trained_on_as_a_whole) {
  Forecaster forecaster(small());
  forecaster.fit(panel_of({series_of("a", 6)}));
  BOOST_TEST(
      forecaster.notes() ==
      std::vector<std::string>({"the series are too short to validate: all epochs are run"}));
  BOOST_TEST(!forecaster.validates(panel_of({series_of("a", 6)})));
  BOOST_TEST(!forecaster.validates(panel_of({series_of("a", 2)})));
  BOOST_TEST(forecaster.validates(panel_of({series_of("a", 6), series_of("b", 50)})));
  ForecasterOptions options = small();
  options.validation_split = 0.0;
  Forecaster without(options);
  without.fit(panel_of({series_of("a", 50)}));
  BOOST_TEST(without.notes().empty());
}

BOOST_AUTO_TEST_CASE(a_constant_series_is_forecast_as_such) {
  Forecaster forecaster(small());
  const Panel panel = panel_of({series_of("a", 50, 7.0)});
  forecaster.fit(panel);
  for (const double value : forecaster.forecast(panel)[0].quantiles.view()) {
    BOOST_TEST(std::isfinite(value));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace forecaster_errors_test
