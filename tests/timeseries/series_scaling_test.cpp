#include "rondo/timeseries/detail/series_scaling.hpp"

#include "rondo/tests/support/check.hpp"

namespace series_scaling_test {

using namespace rondo;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_series_scaling)

/// By hand: channel 1 has 1, 3, 5 (mean 3, variance 8/3), channel 2 has 10, 30 (mean 20, deviation 10).
BOOST_AUTO_TEST_CASE(missing_values_do_not_count_and_are_filled_from_their_channel) {
  std::vector<Tensor<double>> series;
  series.push_back(Tensor<double>::from_values({4, 2}, {nan, 10, 1, nan, nan, nan, 3, 30}));
  series.push_back(Tensor<double>::from_values({1, 2}, {5, nan}));
  StandardScaler<double> scaler;
  detail::fit_scaler(scaler, series);
  const double s = std::sqrt(8.0 / 3.0);
  test::check_close(scaler.offset(), {3, 20}, 1e-15);
  test::check_close(scaler.scale(), {s, 10}, 1e-15);
  test::check_close(detail::scaled_series(scaler, series[0], "a").view(),
                    {-2 / s, -1, -2 / s, -1, -2 / s, -1, 0, 1});
  test::check_close(detail::scaled_series(scaler, series[1], "a").view(), {2 / s, 0});
}

/// Readings of 1.7e9 that differ by 1: single precision would make one number of them.
BOOST_AUTO_TEST_CASE(offset_and_scale_are_taken_away_in_double) {
  const std::vector<Tensor<double>> series{Tensor<double>::from_values({2, 1}, {1.7e9, 1.7e9 + 1})};
  StandardScaler<double> scaler;
  detail::fit_scaler(scaler, series);
  test::check_close(detail::scaled_series(scaler, series[0], "a").view(), {-1, 1});
}

BOOST_AUTO_TEST_CASE(what_cannot_be_scaled_is_refused) {
  StandardScaler<double> scaler;
  const std::vector<Tensor<double>> empty{Tensor<double>::from_values({2, 2}, {1, nan, 2, nan})};
  RONDO_CHECK_THROWS(detail::fit_scaler(scaler, empty),
                     ArgumentError,
                     "[classifier] channel 2 has no values in any series");
  const std::vector<Tensor<double>> small{Tensor<double>::from_values({2, 1}, {0, 2e-300})};
  detail::fit_scaler(scaler, small);
  RONDO_CHECK_THROWS(static_cast<void>(detail::scaled_series(
                         scaler, Tensor<double>::from_values({2, 1}, {0, 1}), "x.ts:7")),
                     ArgumentError,
                     "[classifier] x.ts:7: value 2 of channel 1 is 1, out of all proportion to "
                     "those of training, which "
                     "deviate by 1e-300 from 1e-300");
  RONDO_CHECK_THROWS(static_cast<void>(detail::scaled_series(
                         scaler, Tensor<double>::from_values({1, 2}, {0, 1}), "x.ts:7")),
                     ShapeError,
                     "[classifier] x.ts:7: expected a series [steps, 1]: series (1, 2)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace series_scaling_test
