#include "rondo/data/windows.hpp"

#include "rondo/tests/support/check.hpp"

namespace windows_test {

using namespace rondo;
using test::RealTypes;

namespace {

/// 0, 1, 2, .. in `columns` columns, row by row.
template <Real T>
Tensor<T> counting(std::size_t rows, std::size_t columns) {
  Tensor<T> series({rows, columns});
  for (std::size_t i = 0; i < series.size(); ++i) {
    series.data()[i] = static_cast<T>(i);
  }
  return series;
}

template <Real T>
struct Sample {
  Tensor<T> inputs;
  Tensor<T> targets;

  Sample(const Dataset<T>& data, std::size_t index)
      : inputs(data.layout().inputs.insert(0, 1)), targets(data.layout().targets.insert(0, 1)) {
    const std::vector<std::size_t> samples{index};
    data.gather(samples, {.inputs = inputs.view(), .targets = targets.view()});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(data_windows)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_target_follows_the_window, T, RealTypes) {
  const WindowDataset<T> data(counting<T>(10, 1), {.window = 3});
  BOOST_TEST(data.size() == 7U);
  BOOST_TEST(data.layout().inputs == Shape({3, 1}));
  BOOST_TEST(data.layout().targets == Shape({1}));
  const Sample<T> first(data, 0), last(data, 6);
  test::check_close(first.inputs.view(), {0, 1, 2});
  test::check_close(first.targets.view(), {3});
  test::check_close(last.inputs.view(), {6, 7, 8});
  test::check_close(last.targets.view(), {9});
}

BOOST_AUTO_TEST_CASE(the_horizon_counts_steps_after_the_window) {
  const WindowDataset<double> data(counting<double>(10, 1), {.window = 3, .horizon = 4});
  BOOST_TEST(data.size() == 4U);
  test::check_close(Sample<double>(data, 0).targets.view(), {6});
  test::check_close(Sample<double>(data, 3).targets.view(), {9});
  BOOST_TEST(data.target_row(3) == 9U);
}

BOOST_AUTO_TEST_CASE(a_sequence_target_holds_every_step_up_to_the_horizon) {
  const WindowDataset<double> data(counting<double>(10, 1),
                                   {.window = 3, .horizon = 4, .sequence_target = true});
  BOOST_TEST(data.size() == 4U);
  BOOST_TEST(data.layout().targets == Shape({4}));
  test::check_close(Sample<double>(data, 1).targets.view(), {4, 5, 6, 7});
}

BOOST_AUTO_TEST_CASE(the_stride_is_the_distance_between_windows) {
  const WindowDataset<double> data(counting<double>(10, 1), {.window = 3, .stride = 4});
  BOOST_TEST(data.size() == 2U);  // starts 0 and 4; 8 has no target
  test::check_close(Sample<double>(data, 1).inputs.view(), {4, 5, 6});
  test::check_close(Sample<double>(data, 1).targets.view(), {7});
}

BOOST_AUTO_TEST_CASE(all_columns_are_inputs_and_one_is_the_target) {
  const WindowDataset<double> data(counting<double>(5, 2), {.window = 2, .target_column = 1});
  test::check_close(Sample<double>(data, 1).inputs.view(), {2, 3, 4, 5});
  test::check_close(Sample<double>(data, 1).targets.view(), {7});
}

BOOST_AUTO_TEST_CASE(a_plain_vector_is_a_series_of_one_column) {
  const Tensor<double> series = Tensor<double>::from_values({4}, {1, 2, 3, 4});
  const WindowDataset<double> data(series, {.window = 3});
  BOOST_TEST(data.layout().inputs == Shape({3, 1}));
  test::check_close(Sample<double>(data, 0).targets.view(), {4});
}

BOOST_AUTO_TEST_CASE(a_series_of_window_plus_horizon_gives_one_sample) {
  const WindowDataset<double> data(counting<double>(5, 1), {.window = 3, .horizon = 2});
  BOOST_TEST(data.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_window_that_does_not_fit_is_refused_with_all_sizes) {
  const Tensor<float> series = counting<float>(10, 1);
  RONDO_CHECK_THROWS(WindowDataset<float>(series, {.window = 48}),
                     ArgumentError,
                     "[WindowDataset] window 48 and horizon 1 do not fit a series of 10 rows");
  RONDO_CHECK_THROWS(WindowDataset<float>(series, {.window = 8, .horizon = 3}),
                     ArgumentError,
                     "[WindowDataset] window 8 and horizon 3 do not fit a series of 10 rows");
}

BOOST_AUTO_TEST_CASE(sizes_of_zero_are_refused_by_name) {
  const Tensor<float> series = counting<float>(10, 1);
  RONDO_CHECK_THROWS(WindowDataset<float>(series, {}),
                     ArgumentError,
                     "[WindowDataset] window must be positive, got 0");
  RONDO_CHECK_THROWS(WindowDataset<float>(series, {.window = 2, .horizon = 0}),
                     ArgumentError,
                     "[WindowDataset] horizon must be positive, got 0");
  RONDO_CHECK_THROWS(WindowDataset<float>(series, {.window = 2, .stride = 0}),
                     ArgumentError,
                     "[WindowDataset] stride must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(a_target_column_that_does_not_exist_is_refused) {
  RONDO_CHECK_THROWS(WindowDataset<float>(counting<float>(9, 2), {.window = 2, .target_column = 2}),
                     ArgumentError,
                     "[WindowDataset] target_column 2 does not exist, the series has 2 columns");
}

BOOST_AUTO_TEST_CASE(a_series_of_rank_three_is_refused) {
  RONDO_CHECK_THROWS(WindowDataset<float>(Tensor<float>({2, 3, 4}), {.window = 1}),
                     ShapeError,
                     "[WindowDataset] the series must be [L, F] or [L]: series (2, 3, 4)");
}

BOOST_AUTO_TEST_CASE(every_step_of_the_window_can_have_a_target) {
  const WindowDataset<double> data(counting<double>(10, 1),
                                   {.window = 3, .horizon = 2, .step_targets = true});
  BOOST_TEST(data.layout().targets == Shape({3}));
  test::check_close(Sample<double>(data, 1).inputs.view(), {1, 2, 3});
  test::check_close(Sample<double>(data, 1).targets.view(), {3, 4, 5});
  RONDO_CHECK_THROWS(
      WindowDataset<double>(counting<double>(10, 1),
                            {.window = 3, .sequence_target = true, .step_targets = true}),
      ArgumentError,
      "[WindowDataset] sequence_target and step_targets exclude one another");
}

BOOST_AUTO_TEST_CASE(several_columns_can_be_targets) {
  const Tensor<double> series = counting<double>(6, 3);
  const WindowDataset<double> last(series, {.window = 2, .target_columns = {2, 0}});
  BOOST_TEST(last.layout().targets == Shape({2}));
  test::check_close(Sample<double>(last, 0).targets.view(), {8, 6});
  const WindowDataset<double> all(
      series, {.window = 2, .horizon = 2, .sequence_target = true, .target_columns = {2, 0}});
  BOOST_TEST(all.layout().targets == Shape({2, 2}));
  test::check_close(Sample<double>(all, 1).targets.view(), {11, 9, 14, 12});
}

BOOST_AUTO_TEST_CASE(a_model_can_see_some_of_the_columns) {
  const WindowDataset<double> data(counting<double>(4, 3), {.window = 2, .input_columns = {2, 1}});
  BOOST_TEST(data.layout().inputs == Shape({2, 2}));
  test::check_close(Sample<double>(data, 0).inputs.view(), {2, 1, 5, 4});
  test::check_close(Sample<double>(data, 0).targets.view(), {6});
}

BOOST_AUTO_TEST_CASE(columns_known_in_advance_are_features_horizon_rows_ahead) {
  const WindowDataset<double> data(counting<double>(6, 2),
                                   {.window = 2,
                                    .horizon = 2,
                                    .input_columns = {0},
                                    .future_columns = {1},
                                    .future_as = FutureColumns::features});
  BOOST_TEST(data.layout().inputs == Shape({2, 2}));
  test::check_close(Sample<double>(data, 1).inputs.view(), {2, 7, 4, 9});
  test::check_close(Sample<double>(data, 1).targets.view(), {8});
}

BOOST_AUTO_TEST_CASE(columns_known_in_advance_can_be_an_input_of_their_own) {
  const WindowDataset<double> data(
      counting<double>(6, 2),
      {.window = 2, .horizon = 2, .input_columns = {0}, .future_columns = {1, 0}});
  BOOST_REQUIRE_EQUAL(data.layout().extra_inputs.size(), 1U);
  BOOST_TEST(data.layout().extra_inputs[0] == Shape({2, 2}));
  Tensor<double> inputs({1, 2, 1}), targets({1, 1}), extra({1, 2, 2});
  const std::vector<std::size_t> samples{1};
  const std::vector<TensorView<double>> extras{extra.view()};
  data.gather(samples,
              {.inputs = inputs.view(), .targets = targets.view(), .extra_inputs = extras});
  test::check_close(extra.view(), {7, 6, 9, 8});
}

BOOST_AUTO_TEST_CASE(no_window_spans_two_series) {
  const Tensor<double> first = counting<double>(5, 1), tiny = counting<double>(2, 1);
  Tensor<double> last = counting<double>(4, 1);
  for (std::size_t i = 0; i < 4; ++i) {
    last.data()[i] += 100.0;
  }
  const std::vector<TensorView<const double>> series{first, tiny, last};
  const WindowDataset<double> data(series, {.window = 2});
  BOOST_TEST(data.size() == 5U);  // 3, 0 and 2
  test::check_close(Sample<double>(data, 2).targets.view(), {4});
  test::check_close(Sample<double>(data, 3).inputs.view(), {100, 101});
  test::check_close(Sample<double>(data, 4).targets.view(), {103});
  BOOST_TEST(data.series_of(2) == 0U);
  BOOST_TEST(data.series_of(3) == 2U);
  BOOST_TEST(data.target_row(4) == 3U);
}

BOOST_AUTO_TEST_CASE(series_that_do_not_fit_are_refused) {
  const Tensor<double> narrow = counting<double>(5, 1), wide = counting<double>(5, 2);
  const std::vector<TensorView<const double>> mixed{narrow, wide}, same{narrow, narrow};
  RONDO_CHECK_THROWS(WindowDataset<double>(mixed, {.window = 2}),
                     ShapeError,
                     "[WindowDataset] the series differ in their columns: first (5, 1), other "
                     "(5, 2)");
  RONDO_CHECK_THROWS(WindowDataset<double>(same, {.window = 5}),
                     ArgumentError,
                     "[WindowDataset] window 5 and horizon 1 do not fit any of the 2 series");
  RONDO_CHECK_THROWS(
      WindowDataset<double>(std::span<const TensorView<const double>>(), {.window = 2}),
      ArgumentError,
      "[WindowDataset] there are no series");
  RONDO_CHECK_THROWS(WindowDataset<double>(wide, {.window = 2, .input_columns = {2}}),
                     ArgumentError,
                     "[WindowDataset] input_column 2 does not exist, the series has 2 columns");
  RONDO_CHECK_THROWS(WindowDataset<double>(wide, {.window = 2, .future_columns = {3}}),
                     ArgumentError,
                     "[WindowDataset] future_column 3 does not exist, the series has 2 columns");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace windows_test
