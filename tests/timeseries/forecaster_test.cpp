#include "rondo/timeseries/forecaster.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <numbers>

#include "rondo/core/rng.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/model.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/timeseries/forecast_errors.hpp"
#include "rondo/timeseries/rolling_origin.hpp"
#include "rondo/timeseries/simple_methods.hpp"

namespace forecaster_test {

using namespace rondo;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

Tensor<double> column(const std::vector<double>& values) {
  Tensor<double> result({values.size(), 1});
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

Panel panel_of(const std::vector<double>& values) {
  return {.columns = {.targets = {"y"}}, .series = {{.name = "a", .targets = column(values)}}};
}

double wave(std::size_t t) {
  return 20.0 + 5.0 * std::sin(2.0 * std::numbers::pi * static_cast<double>(t) / 12.0);
}

std::vector<double> waves(std::size_t rows) {
  std::vector<double> result(rows);
  for (std::size_t t = 0; t < rows; ++t) {
    result[t] = wave(t);
  }
  return result;
}

ForecasterOptions small(std::size_t epochs = 1) {
  return {.window = 6,
          .horizon = 4,
          .units = {8},
          .epochs = epochs,
          .batch_size = 16,
          .learning_rate = 0.01,
          .seed = 1};
}

std::vector<double> medians(const Forecast& forecast) {
  std::vector<double> result;
  const std::size_t quantiles = forecast.quantiles.shape()[1];
  for (std::size_t h = 0; h < forecast.quantiles.shape()[0]; ++h) {
    result.push_back(forecast.quantiles.data()[h * quantiles + quantiles / 2]);
  }
  return result;
}

void check_equal(const std::vector<Forecast>& found, const std::vector<Forecast>& expected) {
  BOOST_REQUIRE_EQUAL(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    BOOST_TEST(found[i].series == expected[i].series);
    BOOST_TEST(found[i].begin == expected[i].begin);
    BOOST_TEST(found[i].quantiles.view().span() == expected[i].quantiles.view().span(),
               boost::test_tools::per_element());
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_forecaster)

BOOST_AUTO_TEST_CASE(it_learns_every_step_of_a_wave_whatever_is_learnt) {
  for (int variant = 0; variant < 4; ++variant) {
    ForecasterOptions options = small(60);
    options.log = variant == 1;
    options.difference = variant == 2;
    options.units = variant == 3 ? std::vector<std::size_t>{8, 8} : options.units;
    Forecaster forecaster(options);
    forecaster.fit(panel_of(waves(200)));
    const auto found = forecaster.forecast(panel_of(waves(200)));
    BOOST_REQUIRE_EQUAL(found.size(), 1);
    BOOST_TEST(found[0].quantiles.shape() == (Shape{4, 3}));
    const std::vector<double> actual{wave(200), wave(201), wave(202), wave(203)};
    BOOST_TEST_CONTEXT("variant " << variant) {
      BOOST_TEST(forecast_mae(medians(found[0]), actual) < 0.5);  // the naive forecast: 3.9
    }
  }
}

BOOST_AUTO_TEST_CASE(every_cell_trains) {
  for (const char* const cell : {"gru", "lstm", "rnn"}) {
    ForecasterOptions options = small(2);
    options.cell = cell;
    options.layer_normalization = true;
    options.dropout = 0.1;
    Forecaster forecaster(options);
    const History history = forecaster.fit(panel_of(waves(100))).value();
    BOOST_TEST(history.values("loss").back() < history.values("loss").front());
  }
}

// Each target is the plan of its own step, which is noise: what was seen does not tell it.
BOOST_AUTO_TEST_CASE(what_is_known_in_advance_is_used_at_its_step) {
  Rng rng(3);
  std::vector<double> plan(304);
  std::ranges::generate(plan, [&] { return rng.normal(); });
  Panel panel = panel_of({plan.begin(), plan.end() - 4});
  panel.columns.known = {"plan"};
  panel.series[0].known = column(plan);
  Forecaster forecaster(small(60));
  forecaster.fit(panel);
  const auto found = medians(forecaster.forecast(panel)[0]);
  BOOST_TEST(forecast_mae(found, std::vector(plan.end() - 4, plan.end())) < 0.3);
}

// The last of the backtest sees what a forecast sees whose data end there.
BOOST_AUTO_TEST_CASE(a_backtest_does_not_see_what_it_forecasts) {
  Panel panel = panel_of(waves(100));
  panel.columns.past = {"x"};
  panel.series[0].past = column(waves(100));
  panel.series[0].begin = 1000;
  panel.step = {TimeUnit::seconds, 60};
  Forecaster forecaster(small());
  forecaster.fit(without_last(panel, 20));
  const auto all = forecaster.backtest(panel, 20);
  BOOST_REQUIRE_EQUAL(all.size(), 17);
  BOOST_TEST(all[0].origin == 80);
  BOOST_TEST(all[0].begin == 1000 + 80 * 60);
  for (const std::size_t rows : {4, 12, 20}) {  // products in batches of 1 and 17 round differently
    const Forecast& found = all[20 - rows];
    const Forecast expected = forecaster.forecast(without_last(panel, rows))[0];
    BOOST_TEST(found.begin == expected.begin);
    for (std::size_t i = 0; i < found.quantiles.size(); ++i) {
      BOOST_CHECK_CLOSE(found.quantiles.data()[i], expected.quantiles.data()[i], 1e-4);
    }
  }
}

BOOST_AUTO_TEST_CASE(series_of_any_scale_are_forecast_alike) {
  Panel panel = panel_of(waves(100));
  std::vector<double> large = waves(100);
  std::ranges::transform(large, large.begin(), [](double y) { return 5e8 + 1e6 * y; });
  panel.series.push_back({.name = "large", .targets = column(large)});
  Forecaster forecaster(small());
  forecaster.fit(panel);
  const auto found = forecaster.forecast(panel);
  for (std::size_t i = 0; i < found[0].quantiles.size(); ++i) {
    BOOST_CHECK_CLOSE(found[1].quantiles.data()[i], 5e8 + 1e6 * found[0].quantiles.data()[i], 1e-4);
  }
}

// A power of two changes no digit, as long as squares are not taken of it.
BOOST_AUTO_TEST_CASE(the_unit_of_a_series_does_not_matter) {
  Forecaster forecaster(small());
  forecaster.fit(panel_of(waves(100)));
  const auto expected = medians(forecaster.forecast(panel_of(waves(100)))[0]);
  for (const double unit : {std::ldexp(1.0, -700), std::ldexp(1.0, 1000)}) {
    std::vector<double> values = waves(100);
    std::ranges::transform(values, values.begin(), [&](double y) { return unit * y; });
    forecaster.fit(panel_of(values));
    const auto found = medians(forecaster.forecast(panel_of(values))[0]);
    for (std::size_t h = 0; h < expected.size(); ++h) {
      BOOST_TEST(found[h] / unit == expected[h]);
    }
  }
}

BOOST_AUTO_TEST_CASE(callbacks_are_part_of_a_fit_and_may_end_it) {
  std::size_t epochs = 0;
  const auto stop_after = [&](std::size_t last, bool interrupt) {
    epochs = 0;
    Forecaster forecaster(small(5));
    return forecaster.fit(panel_of(waves(100)), [&, last, interrupt](Trainer<float>& trainer) {
      trainer.add(LambdaCallback<float>(
          {.on_epoch_end = [&, last, interrupt](Trainer<float>& t, std::size_t, Logs&) {
            ++epochs;
            if (epochs == last) {
              interrupt ? t.interrupt() : t.stop();
            }
          }}));
    });
  };
  BOOST_TEST(stop_after(3, false).value().epochs().size() == 3U);
  BOOST_TEST(!stop_after(2, true).has_value());
  BOOST_TEST(epochs == 2U);
}

BOOST_AUTO_TEST_CASE(a_change_of_level_shifts_what_is_learnt_as_a_departure) {
  ForecasterOptions difference = small(), season = small();
  difference.difference = true;
  season.season = 12;
  for (const ForecasterOptions& options : {difference, season}) {
    Forecaster forecaster(options);
    forecaster.fit(panel_of(waves(100)));
    std::vector<double> higher = waves(100);
    std::ranges::transform(higher, higher.begin(), [](double y) { return y + 1000.0; });
    const auto before = medians(forecaster.forecast(panel_of(waves(100)))[0]);
    const auto after = medians(forecaster.forecast(panel_of(higher))[0]);
    for (std::size_t h = 0; h < before.size(); ++h) {
      BOOST_CHECK_SMALL(after[h] - before[h] - 1000.0, 1e-3);
    }
  }
}

BOOST_AUTO_TEST_CASE(missing_targets_are_no_obstacle) {
  std::vector<double> values = waves(200);
  for (std::size_t t = 3; t < values.size(); t += 7) {
    values[t] = unknown;
  }
  Forecaster forecaster(small(60));
  forecaster.fit(panel_of(values));
  const std::vector<double> actual{wave(200), wave(201), wave(202), wave(203)};
  BOOST_TEST(forecast_mae(medians(forecaster.forecast(panel_of(values))[0]), actual) < 1.0);
}

BOOST_AUTO_TEST_CASE(several_targets_have_a_forecast_each) {
  Panel panel{.columns = {.targets = {"y", "z"}}, .series = {{}}};
  panel.series[0].targets = Tensor<double>({200, 2});
  for (std::size_t t = 0; t < 200; ++t) {
    panel.series[0].targets.data()[2 * t] = wave(t);
    panel.series[0].targets.data()[2 * t + 1] = -100.0 * wave(t + 5);
  }
  Forecaster forecaster(small(60));
  forecaster.fit(panel);
  const auto found = forecaster.forecast(panel);
  BOOST_REQUIRE_EQUAL(found.size(), 2);
  BOOST_TEST(found[1].target == "z");
  BOOST_CHECK_SMALL(medians(found[0])[3] - wave(203), 1.5);
  BOOST_CHECK_SMALL(medians(found[1])[3] + 100.0 * wave(208), 150.0);
}

BOOST_AUTO_TEST_CASE(a_seed_is_a_forecast) {
  Forecaster one(small()), other(small());
  one.fit(panel_of(waves(100)));
  other.fit(panel_of(waves(100)));
  check_equal(one.forecast(panel_of(waves(100))), other.forecast(panel_of(waves(100))));
}

BOOST_AUTO_TEST_CASE(a_forecaster_is_the_same_after_save_and_load) {
  const std::string file = std::filesystem::temp_directory_path() / "forecaster_test.safetensors";
  Panel panel = panel_of(waves(100));
  panel.columns.known = {"plan"};
  panel.columns.statics = {"size"};
  panel.series[0].known = column(waves(110));
  panel.series[0].statics = {3.0};
  panel.series[0].targets.data()[7] = unknown;
  ForecasterOptions options = small();
  options.season = 3;
  options.quantiles = {0.25, 0.5, 0.6, 0.75};
  options.layer_normalization = true;
  Forecaster forecaster(options);
  forecaster.fit(panel);
  forecaster.save(file);
  const Forecaster loaded = Forecaster::load(file);
  BOOST_TEST(loaded.options().quantiles == options.quantiles);
  BOOST_TEST(loaded.columns().known == panel.columns.known);
  check_equal(loaded.forecast(panel), forecaster.forecast(panel));
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_CASE(another_file_is_refused) {
  const std::string file = std::filesystem::temp_directory_path() / "no_forecaster.safetensors";
  Parameter<float> weight("w", Tensor<float>::zeros({2}));
  save_weights<float>(file, {&weight}, {{"format", "rondo model 1"}});
  RONDO_CHECK_THROWS(Forecaster::load(file),
                     FormatError,
                     "[Forecaster] " + file +
                         ": expected the format 'rondo forecaster 1', found 'rondo "
                         "model 1'");
  std::filesystem::remove(file);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace forecaster_test
