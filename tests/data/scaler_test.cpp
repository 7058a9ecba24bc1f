#include "rondo/data/scaler.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace scaler_test {

using namespace rondo;
using test::RealTypes;

namespace {

/// Columns 1, 2, 3, 6 (mean 3, variance 3.5) and 7, 7, 7, 7.
template <Real T>
Tensor<T> table() {
  return Tensor<T>::from_values({4, 2}, {1, 7, 2, 7, 3, 7, 6, 7});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_scaler)

BOOST_AUTO_TEST_CASE_TEMPLATE(standard_gives_mean_0_and_variance_1, T, RealTypes) {
  StandardScaler<T> scaler;
  scaler.fit(table<T>());
  const double s = std::sqrt(3.5);
  test::check_close(scaler.transform(table<T>()).view(), {-2 / s, 0, -1 / s, 0, 0, 0, 3 / s, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(min_max_reaches_both_ends, T, RealTypes) {
  MinMaxScaler<T> scaler({.low = -1.0, .high = 1.0});
  scaler.fit(table<T>());
  test::check_close(scaler.transform(table<T>()).view(), {-1.0, -1, -0.6, -1, -0.2, -1, 1.0, -1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_inverse_leads_back, T, RealTypes) {
  StandardScaler<T> standard;
  MinMaxScaler<T> min_max;
  for (Scaler<T>* scaler : std::initializer_list<Scaler<T>*>{&standard, &min_max}) {
    scaler->fit(table<T>());
    const Tensor<T> there = scaler->transform(table<T>());
    test::check_close(scaler->inverse_transform(there).view(), {1, 7, 2, 7, 3, 7, 6, 7});
  }
}

BOOST_AUTO_TEST_CASE(a_constant_column_gets_scale_1) {
  StandardScaler<double> standard;
  standard.fit(Tensor<double>::full({1000, 1}, 0.1));  // whose computed mean is not exactly 0.1
  BOOST_TEST(standard.scale()[0] == 1.0);
  MinMaxScaler<double> min_max;
  min_max.fit(Tensor<double>::full({3, 1}, 7.0));
  BOOST_TEST(min_max.scale()[0] == 1.0);
  BOOST_TEST(min_max.transform(7.0, 0) == 0.0);
  BOOST_TEST(min_max.transform(8.0, 0) == 1.0);
}

BOOST_AUTO_TEST_CASE(a_large_offset_does_not_hide_the_variance) {
  StandardScaler<double> scaler;
  scaler.fit(Tensor<double>::from_values({2, 1}, {1e6 - 1e-3, 1e6 + 1e-3}));
  BOOST_TEST(scaler.scale()[0] == 1e-3, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(unit_and_offset_do_not_matter) {
  // 1, 2, 3, 6: mean 3, variance 3.5. Squares of the smallest vanish in double, of the largest
  // overflow.
  for (const double unit : {5e-324 * 1e12, 1e-200, 1.0, 1e200, 2e307}) {
    StandardScaler<double> scaler;
    scaler.fit(Tensor<double>::from_values({4, 1}, {unit, 2 * unit, 3 * unit, 6 * unit}));
    BOOST_TEST(scaler.offset()[0] / unit == 3.0, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(scaler.scale()[0] / unit == std::sqrt(3.5), boost::test_tools::tolerance(1e-9));
  }
  // Half a million values of 1.7e9 ± 0.125: less than the rounding of their plain sum.
  Tensor<double> meter({500'000, 1});
  for (std::size_t i = 0; i < meter.size(); ++i) {
    meter.data()[i] = 1.7e9 + (i % 2 == 0 ? 0.125 : -0.125);
  }
  StandardScaler<double> scaler;
  scaler.fit(meter);
  BOOST_TEST(scaler.offset()[0] == 1.7e9);
  BOOST_TEST(scaler.scale()[0] == 0.125);
}

BOOST_AUTO_TEST_CASE(a_range_that_no_number_holds_is_refused) {
  StandardScaler<double> scaler;
  RONDO_CHECK_THROWS(
      scaler.fit(Tensor<double>::from_values({2, 1}, {-1e308, 1e308})),
      ArgumentError,
      "[StandardScaler] column 0 reaches from -1e+308 to 1e+308: more than a number holds");
}

BOOST_AUTO_TEST_CASE(windows_are_scaled_along_their_last_axis) {
  StandardScaler<double> scaler;
  scaler.set_parameters(std::array{1.0, 10.0}, std::array{2.0, 5.0});
  const Tensor<double> windows = Tensor<double>::from_values({1, 2, 2}, {3, 15, 5, 20});
  const Tensor<double> scaled = scaler.transform(windows);
  BOOST_TEST(scaled.shape() == Shape({1, 2, 2}));
  test::check_close(scaled.view(), {1, 1, 2, 2});
}

BOOST_AUTO_TEST_CASE(a_single_column_goes_there_and_back) {
  StandardScaler<double> scaler;
  scaler.set_parameters(std::array{1.0, 10.0}, std::array{2.0, 5.0});
  const Tensor<double> forecast = Tensor<double>::from_values({3}, {-1, 0, 2});
  test::check_close(scaler.inverse_transform(forecast, 1).view(), {5, 10, 20});
  const Tensor<double> values = Tensor<double>::from_values({3, 1}, {5, 10, 20});
  test::check_close(scaler.transform(values, 1).view(), {-1, 0, 2});
  BOOST_TEST(scaler.inverse_transform(2.0, 1) == 20.0);
  BOOST_TEST(scaler.transform(20.0, 1) == 2.0);
}

BOOST_AUTO_TEST_CASE(parameters_move_to_another_scaler) {
  MinMaxScaler<double> fitted;
  fitted.fit(table<double>());
  MinMaxScaler<double> restored;
  BOOST_TEST(!restored.is_fitted());
  restored.set_parameters(fitted.offset(), fitted.scale());
  BOOST_TEST((test::values(restored.transform(table<double>()).view()) ==
              test::values(fitted.transform(table<double>()).view())));
}

BOOST_AUTO_TEST_CASE(use_before_fit_is_refused) {
  const StandardScaler<float> scaler;
  RONDO_CHECK_THROWS(static_cast<void>(scaler.transform(Tensor<float>({1, 1}))),
                     StateError,
                     "[StandardScaler] used before fit()");
  RONDO_CHECK_THROWS(static_cast<void>(scaler.inverse_transform(1.0F, 0)),
                     StateError,
                     "[StandardScaler] used before fit()");
}

BOOST_AUTO_TEST_CASE(other_widths_are_refused) {
  MinMaxScaler<float> scaler;
  scaler.fit(table<float>());
  RONDO_CHECK_THROWS(static_cast<void>(scaler.transform(Tensor<float>({4, 3}))),
                     ShapeError,
                     "[MinMaxScaler] the last axis must be the 2 fitted columns: values (4, 3)");
  RONDO_CHECK_THROWS(static_cast<void>(scaler.inverse_transform(Tensor<float>({4}), 2)),
                     ArgumentError,
                     "[MinMaxScaler] column 2 does not exist, 2 were fitted");
}

BOOST_AUTO_TEST_CASE(values_that_cannot_be_fitted_are_refused) {
  StandardScaler<double> scaler;
  RONDO_CHECK_THROWS(scaler.fit(Tensor<double>({0, 2})),
                     ShapeError,
                     "[StandardScaler] values must be [L, F] with at least one row: values (0, 2)");
  Tensor<double> values = table<double>();
  values.data()[5] = std::numeric_limits<double>::infinity();
  RONDO_CHECK_THROWS(
      scaler.fit(values), ArgumentError, "[StandardScaler] the value in row 2, column 1 is inf");
  BOOST_TEST(!scaler.is_fitted());
}

BOOST_AUTO_TEST_CASE(parameters_that_cannot_be_used_are_refused) {
  StandardScaler<double> scaler;
  RONDO_CHECK_THROWS(
      scaler.set_parameters(std::array{1.0}, std::array{1.0, 2.0}),
      ShapeError,
      "[StandardScaler] offset and scale must have one value per column: offset (1), scale (2)");
  RONDO_CHECK_THROWS(scaler.set_parameters(std::array{1.0}, std::array{0.0}),
                     ArgumentError,
                     "[StandardScaler] column 0: offset 1 and scale 0 must be finite, scale > 0");
}

BOOST_AUTO_TEST_CASE(an_empty_range_is_refused) {
  RONDO_CHECK_THROWS(MinMaxScaler<double>({.low = 1.0, .high = 1.0}),
                     ArgumentError,
                     "[MinMaxScaler] low 1 must be below high 1");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(json_gives_the_same_scaler_to_the_last_bit, T, RealTypes) {
  StandardScaler<T> scaler, again;
  scaler.fit(test::random_tensor<T>({7, 2}, 1));
  again.from_json(scaler.to_json());
  const auto same = [](std::span<const double> a, std::span<const double> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  BOOST_TEST(same(again.offset(), scaler.offset()));
  BOOST_TEST(same(again.scale(), scaler.scale()));
}

BOOST_AUTO_TEST_CASE(json_of_another_scaler_is_refused) {
  StandardScaler<float> scaler;
  MinMaxScaler<float> other;
  RONDO_CHECK_THROWS(
      static_cast<void>(scaler.to_json()), StateError, "[StandardScaler] used before fit()");
  other.fit(Tensor<float>::from_values({2, 1}, {0, 2}));
  BOOST_TEST(other.to_json() == R"({"scaler":"MinMaxScaler","offset":[0.0],"scale":[2.0]})");
  RONDO_CHECK_THROWS(scaler.from_json(other.to_json()),
                     FormatError,
                     "[StandardScaler] not the JSON of this scaler: it is that of 'MinMaxScaler'");
  RONDO_CHECK_THROWS(
      scaler.from_json(R"({"scaler":"StandardScaler","offset":[0.0],"scale":[-1.0]})"),
      FormatError,
      "[StandardScaler] not the JSON of this scaler: [StandardScaler] column 0: offset 0 and scale "
      "-1 must be finite, scale > 0");
  BOOST_CHECK_THROW(scaler.from_json("{}"), FormatError);
  BOOST_CHECK_THROW(scaler.from_json("nonsense"), FormatError);
  BOOST_TEST(!scaler.is_fitted());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace scaler_test
