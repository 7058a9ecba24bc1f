#include "rondo/timeseries/detail/panel_windows.hpp"

#include <cmath>
#include <limits>

#include "rondo/data/batch_loader.hpp"
#include "rondo/tests/support/check.hpp"

namespace panel_windows_test {

using namespace rondo;
using test::check_close;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// Five rows, seven of the plan.
Panel panel(std::initializer_list<double> targets) {
  return {.columns = {.targets = {"y"}, .past = {"x"}, .known = {"plan"}, .statics = {"size"}},
          .step = {},
          .series = {{.name = "a",
                      .targets = Tensor<double>::from_values({5, 1}, targets),
                      .past = Tensor<double>::from_values({5, 1}, {1, 1, 3, 3, 9}),
                      .known = Tensor<double>::from_values({7, 1}, {0, 4, 0, 4, 0, 6, 8}),
                      .statics = {3}}}};
}

/// All samples of the panel as one batch, with scales by its first four rows.
struct Samples {
  Samples(const Panel& of, const ForecasterOptions& options)
      : scaling(detail::scale_inputs(of, rows)),
        series({detail::prepare(
            of.series[0], scaling, detail::target_scales(of.series[0], 4, options), options)}),
        windows(series,
                {{0, detail::rows_before(options), of.series[0].size() + 1}},
                of.columns,
                scaling,
                options),
        loader(windows, {.batch_size = 10}),
        batch(*loader.next()) {}

  std::array<std::size_t, 1> rows{4};
  detail::PanelScaling scaling;
  std::vector<detail::PreparedSeries> series;
  detail::PanelWindows windows;
  BatchLoader<float> loader;
  Batch<float> batch;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_panel_windows)

// By hand. Of the first four rows: targets 0, 4, 0, 4 have mean 2 and deviation 2, the past column
// 2 and 1, the plan 2 and 2; a column that is constant has the scale 1.
BOOST_AUTO_TEST_CASE(a_sample_is_a_window_and_what_is_known_of_the_steps_behind_it) {
  const Samples s(panel({0, 4, 0, 4, 8}), {.window = 2, .horizon = 2});
  BOOST_TEST(s.windows.size() == 4);
  check_close(s.batch.inputs,
              {-1, -1, -1, 1, -1, 1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1, 1, 1, 1, 1, 1, 3, 7, -1});
  check_close(s.batch.extra_inputs[0], {-1, 1, 0, 1, -1, 0, -1, 2, 0, 2, 3, 0});
}

BOOST_AUTO_TEST_CASE(targets_behind_the_data_or_missing_are_unknown) {
  const Samples s(panel({0, 4, unknown, 4, 8}), {.window = 2, .horizon = 2});
  const auto targets = s.batch.targets;
  BOOST_TEST(std::isnan(targets[0]));   // row 2
  BOOST_TEST(!std::isnan(targets[1]));  // row 3
  BOOST_TEST(std::isnan(targets[5]));   // row 5
  BOOST_TEST(std::isnan(targets[6]));
}

// Of 0, 4 and 4: mean 8/3. The gap enters as the value before it, beside a 1.
BOOST_AUTO_TEST_CASE(a_missing_target_is_the_last_one_and_an_indicator) {
  const Samples s(panel({0, 4, unknown, 4, 8}), {.window = 2, .horizon = 1});
  const auto inputs = s.batch.inputs;  // target, indicator, past, plan
  BOOST_TEST(inputs.shape() == (Shape{4, 2, 4}));
  const float four = inputs[4];
  BOOST_TEST(inputs[5] == 0.0F);
  BOOST_TEST(inputs[8 + 4] == four);  // row 2
  BOOST_TEST(inputs[8 + 5] == 1.0F);
}

// The mean square of the changes 4, -4 and 4 is 16.
BOOST_AUTO_TEST_CASE(a_difference_is_learnt_from_the_last_value) {
  const Samples s(panel({10, 14, 10, 14, 22}), {.window = 2, .horizon = 1, .difference = true});
  check_close(s.batch.inputs,
              {-1, -1, -1, 0, -1, 1, 1, -1, 1, 0, 1, -1, -1, 1, -1, 0, 1, 1, -2, 1, 1, 0, 7, -1});
  check_close(TensorView<const float>(s.batch.targets.data(), {3}), {-1, 1, 2});
}

// Rows 2 and 3 depart from rows 0 and 1 by 2 and 4: a mean square of 10.
BOOST_AUTO_TEST_CASE(a_departure_is_learnt_from_the_season_before) {
  const Samples s(panel({10, 20, 12, 24, 16}), {.window = 1, .horizon = 2, .season = 2});
  const double scale = std::sqrt(10.0);
  BOOST_TEST(s.windows.size() == 3);
  const auto inputs = s.batch.inputs;  // level, departure, past, plan
  BOOST_CHECK_SMALL(static_cast<double>(inputs[0]), 1e-6);
  BOOST_CHECK_CLOSE(static_cast<double>(inputs[1]), 2 / scale, 1e-4);
  check_close(TensorView<const float>(s.batch.targets.data(), {2}), {4 / scale, 4 / scale});
}

BOOST_AUTO_TEST_CASE(a_logarithm_of_what_is_not_positive_is_refused) {
  const Panel zero = panel({1, 2, 0, 4, 5});
  RONDO_CHECK_THROWS(detail::target_scales(zero.series[0], 4, {.window = 1, .log = true}),
                     ArgumentError,
                     "[Forecaster] log needs targets above 0, series 'a' has 0 in row 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace panel_windows_test
