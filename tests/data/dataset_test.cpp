#include "rondo/data/dataset.hpp"

#include "rondo/data/batch_loader.hpp"
#include "rondo/tests/support/check.hpp"

namespace dataset_test {

using namespace rondo;
using test::RealTypes;

namespace {

/// Inputs 0, 10, 20, .. and targets 0, 1, 2, ..
TensorDataset<double> counting(std::size_t size) {
  Tensor<double> inputs({size, 1}), targets({size, 1});
  for (std::size_t i = 0; i < size; ++i) {
    inputs.data()[i] = 10.0 * static_cast<double>(i);
    targets.data()[i] = static_cast<double>(i);
  }
  return {std::move(inputs), std::move(targets)};
}

template <Real T>
std::vector<T> targets_of(const Dataset<T>& data, const std::vector<std::size_t>& samples) {
  Tensor<T> inputs(data.layout().inputs.insert(0, samples.size()));
  Tensor<T> targets(data.layout().targets.insert(0, samples.size()));
  data.gather(samples, {.inputs = inputs.view(), .targets = targets.view()});
  return {targets.data(), targets.data() + targets.size()};
}

TensorDatasetParts<double> masked_parts() {
  return {.inputs = Tensor<double>::from_values({2, 3, 1}, {1, 2, 3, 4, 5, 6}),
          .targets = Tensor<double>::from_values({2}, {7, 8}),
          .mask = Tensor<bool>::from_values({2, 3}, {true, true, false, true, false, false}),
          .sample_weights = Tensor<double>::from_values({2}, {0.5, 2.0}),
          .extra_inputs = {Tensor<double>::from_values({2, 2}, {-1, -2, -3, -4})}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_dataset)

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_are_gathered_in_the_order_asked_for, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::from_values({3, 2}, {1, 2, 3, 4, 5, 6}),
                              Tensor<T>::from_values({3, 1}, {7, 8, 9}));
  Tensor<T> inputs({4, 2}), targets({4, 1});
  const std::vector<std::size_t> samples{2, 0, 2, 1};
  data.gather(samples, {.inputs = inputs.view(), .targets = targets.view()});
  test::check_close(inputs.view(), {5, 6, 1, 2, 5, 6, 3, 4});
  test::check_close(targets.view(), {9, 7, 9, 8});
}

BOOST_AUTO_TEST_CASE(mask_weights_and_extra_inputs_travel_with_their_sample) {
  const TensorDataset<double> data(masked_parts());
  Tensor<double> inputs({1, 3, 1}), targets({1}), weights({1}), extra({1, 2});
  Tensor<bool> mask({1, 3});
  const std::vector<std::size_t> samples{1};
  const std::vector<TensorView<double>> extras{extra.view()};
  data.gather(samples,
              {.inputs = inputs.view(),
               .targets = targets.view(),
               .mask = mask.view(),
               .sample_weights = weights.view(),
               .extra_inputs = extras});
  test::check_close(inputs.view(), {4, 5, 6});
  test::check_close(targets.view(), {8});
  BOOST_TEST((mask.data()[0] && !mask.data()[1] && !mask.data()[2]));
  test::check_close(weights.view(), {2.0});
  test::check_close(extra.view(), {-3, -4});
}

BOOST_AUTO_TEST_CASE(the_layout_has_no_batch_axis) {
  const TensorDataset<double> data(masked_parts());
  BOOST_TEST(data.size() == 2U);
  BOOST_TEST(data.layout().inputs == Shape({3, 1}));
  BOOST_TEST(data.layout().targets == Shape());
  BOOST_TEST(data.layout().mask);
  BOOST_TEST(data.layout().sample_weights);
  BOOST_TEST(data.layout().extra_inputs.at(0) == Shape({2}));
}

BOOST_AUTO_TEST_CASE(parts_of_different_length_are_refused) {
  RONDO_CHECK_THROWS(TensorDataset<float>(Tensor<float>({3, 2}), Tensor<float>({4, 1})),
                     ShapeError,
                     "[TensorDataset] inputs and targets differ in the number of samples: "
                     "inputs (3, 2), targets (4, 1)");
  TensorDatasetParts<double> parts = masked_parts();
  parts.extra_inputs[0] = Tensor<double>({3, 2});
  RONDO_CHECK_THROWS(TensorDataset<double>{parts},
                     ShapeError,
                     "[TensorDataset] inputs and extra_inputs differ in the number of samples: "
                     "inputs (2, 3, 1), extra_inputs (3, 2)");
}

BOOST_AUTO_TEST_CASE(a_mask_with_other_steps_is_refused) {
  TensorDatasetParts<double> parts = masked_parts();
  parts.mask = Tensor<bool>({2, 4});
  RONDO_CHECK_THROWS(TensorDataset<double>{parts},
                     ShapeError,
                     "[TensorDataset] mask must have the first two axes of inputs: "
                     "inputs (2, 3, 1), mask (2, 4)");
}

BOOST_AUTO_TEST_CASE(weights_may_be_given_per_step) {
  TensorDatasetParts<double> parts = masked_parts();
  parts.sample_weights = Tensor<double>::from_values({2, 3}, {1, 2, 3, 4, 5, 6});
  const TensorDataset<double> data(parts);
  BOOST_TEST(data.layout().step_weights);
  BatchLoader<double> loader(data, {.batch_size = 1});
  loader.next();
  const auto batch = loader.next();
  BOOST_TEST(batch->sample_weights.shape() == Shape({1, 3}));
  test::check_close(batch->sample_weights, {4, 5, 6});
}

BOOST_AUTO_TEST_CASE(weights_that_fit_neither_samples_nor_steps_are_refused) {
  TensorDatasetParts<double> parts = masked_parts();
  parts.sample_weights = Tensor<double>({2, 4});
  RONDO_CHECK_THROWS(TensorDataset<double>{parts},
                     ShapeError,
                     "[TensorDataset] sample_weights must be one number per sample or per step: "
                     "inputs (2, 3, 1), sample_weights (2, 4)");
}

BOOST_AUTO_TEST_CASE(gathering_a_sample_that_does_not_exist_is_refused) {
  RONDO_CHECK_THROWS(targets_of(counting(3), {0, 3}),
                     ArgumentError,
                     "[gather] sample 3 does not exist, there are 3");
}

BOOST_AUTO_TEST_CASE(buffers_that_do_not_fit_are_refused) {
  const TensorDataset<double> data = counting(3);
  Tensor<double> inputs({2, 1}), targets({1, 1});
  const std::vector<std::size_t> samples{0, 1};
  const BatchBuffers<double> wrong{.inputs = inputs.view(), .targets = targets.view()};
  RONDO_CHECK_THROWS(
      data.gather(samples, wrong),
      ShapeError,
      "[gather] the buffer for targets does not fit: buffer (1, 1), expected (2, 1)");
  Tensor<bool> mask({2, 1});
  const BatchBuffers<double> masked{
      .inputs = inputs.view(), .targets = inputs.view(), .mask = mask.view()};
  RONDO_CHECK_THROWS(
      data.gather(samples, masked), ShapeError, "[gather] the data set has no mask: buffer (2, 1)");
}

BOOST_AUTO_TEST_CASE(a_missing_buffer_for_extra_inputs_is_refused) {
  const TensorDataset<double> data(masked_parts());
  Tensor<double> inputs({1, 3, 1}), targets({1}), weights({1});
  Tensor<bool> mask({1, 3});
  const std::vector<std::size_t> samples{0};
  const BatchBuffers<double> buffers{.inputs = inputs.view(),
                                     .targets = targets.view(),
                                     .mask = mask.view(),
                                     .sample_weights = weights.view()};
  RONDO_CHECK_THROWS(data.gather(samples, buffers),
                     ShapeError,
                     "[gather] 0 buffers for extra_inputs, the data set has 1");
}

BOOST_AUTO_TEST_CASE(a_data_set_without_targets_has_targets_of_size_zero) {
  const TensorDataset<double> data(Tensor<double>::from_values({2, 1}, {4, 5}),
                                   Tensor<double>({2, 0}));
  Tensor<double> inputs({1, 1}), targets({1, 0});
  data.gather(std::vector<std::size_t>{1}, {.inputs = inputs.view(), .targets = targets.view()});
  BOOST_TEST(inputs.data()[0] == 5.0);
}

BOOST_AUTO_TEST_CASE(a_subset_shows_a_range_of_another_data_set) {
  const TensorDataset<double> data = counting(10);
  const Subset middle(data, 4, 3);
  BOOST_TEST(middle.size() == 3U);
  BOOST_TEST(targets_of(middle, {2, 0}) == std::vector<double>({6, 4}),
             boost::test_tools::per_element());
  const Subset last(middle, 2, 1);
  BOOST_TEST(targets_of(last, {0})[0] == 6.0);
  RONDO_CHECK_THROWS(
      targets_of(middle, {3}), ArgumentError, "[gather] sample 3 does not exist, there are 3");
}

BOOST_AUTO_TEST_CASE(a_subset_beyond_the_end_is_refused) {
  const TensorDataset<double> data = counting(10);
  RONDO_CHECK_THROWS(
      Subset(data, 8, 3), ArgumentError, "[Subset] 3 samples from 8 on exceed the data set of 10");
}

BOOST_AUTO_TEST_CASE(validation_takes_the_last_part) {
  const TensorDataset<double> data = counting(10);
  const auto [training, validation] = split_for_validation(data, 0.25);
  BOOST_TEST(training.size() == 7U);  // floor(10 * 0.75), as Keras
  BOOST_TEST(targets_of(training, {0, 6}) == std::vector<double>({0, 6}),
             boost::test_tools::per_element());
  BOOST_TEST(targets_of(validation, {0, 1, 2}) == std::vector<double>({7, 8, 9}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_validation_split_that_leaves_a_part_empty_is_refused) {
  const TensorDataset<double> data = counting(1);
  RONDO_CHECK_THROWS(split_for_validation(data, 0.5),
                     ArgumentError,
                     "[split_for_validation] 1 samples cannot be split at 0.5: a part is empty");
  RONDO_CHECK_THROWS(static_cast<void>(split_for_validation(data, 1.5)),
                     ArgumentError,
                     "[split_for_validation] fraction must lie in (0, 1), got 1.5");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dataset_test
