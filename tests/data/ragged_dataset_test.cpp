#include "rondo/data/ragged_dataset.hpp"

#include "rondo/data/batch_loader.hpp"
#include "rondo/tests/support/check.hpp"

namespace ragged_dataset_test {

using namespace rondo;
using test::RealTypes;

namespace {

template <Real T>
Tensor<T> sequence(std::initializer_list<T> values) {
  return Tensor<T>::from_values({values.size(), 1}, values);
}

/// Lengths 2, 1 and 3.
template <Real T>
RaggedDatasetParts<T> three_sequences() {
  RaggedDatasetParts<T> parts;
  parts.inputs = {sequence<T>({1, 2}), sequence<T>({3}), sequence<T>({4, 5, 6})};
  parts.targets = Tensor<T>::from_values({3, 1}, {10, 20, 30});
  return parts;
}

std::vector<bool> bits(TensorView<const bool> mask) {
  return std::vector<bool>(mask.begin(), mask.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_ragged_dataset)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_batch_is_as_long_as_its_longest_sequence, T, RealTypes) {
  RaggedDatasetParts<T> parts = three_sequences<T>();
  parts.padding_value = T{-1};
  const RaggedDataset<T> data(parts);
  BOOST_TEST(data.layout().inputs == Shape({3, 1}));
  BatchLoader<T> loader(data, {.batch_size = 2});
  const auto first = loader.next();
  BOOST_TEST(first->inputs.shape() == Shape({2, 2, 1}));
  test::check_close(first->inputs, {1, 2, 3, -1});
  BOOST_TEST((bits(first->mask) == std::vector<bool>{true, true, true, false}));
  test::check_close(first->targets, {10, 20});
  const auto second = loader.next();
  BOOST_TEST(second->inputs.shape() == Shape({1, 3, 1}));
  test::check_close(second->inputs, {4, 5, 6});
  BOOST_TEST((bits(second->mask) == std::vector<bool>{true, true, true}));
}

BOOST_AUTO_TEST_CASE(targets_per_step_are_padded_as_the_inputs) {
  RaggedDatasetParts<double> parts = three_sequences<double>();
  parts.targets.reset();
  parts.step_targets = {Tensor<double>::from_values({2}, {7, 8}),
                        Tensor<double>::from_values({1}, {9}),
                        Tensor<double>::from_values({3}, {1, 2, 3})};
  parts.target_padding_value = -5;
  const RaggedDataset<double> data(parts);
  BOOST_TEST(data.layout().targets == Shape({3}));
  BatchLoader<double> loader(data, {.batch_size = 2});
  const auto batch = loader.next();
  BOOST_TEST(batch->targets.shape() == Shape({2, 2}));
  test::check_close(batch->targets, {7, 8, 9, -5});
}

BOOST_AUTO_TEST_CASE(weights_travel_with_their_sequence) {
  RaggedDatasetParts<double> parts = three_sequences<double>();
  parts.sample_weights = Tensor<double>::from_values({3}, {0.5, 1, 2});
  const RaggedDataset<double> data(parts);
  BatchLoader<double> loader(data, {.batch_size = 2});
  test::check_close(loader.next()->sample_weights, {0.5, 1});
}

BOOST_AUTO_TEST_CASE(sequences_of_ids_have_no_feature_axis) {
  RaggedDatasetParts<float> parts;
  parts.inputs = {Tensor<float>::from_values({1}, {5}), Tensor<float>::from_values({2}, {6, 7})};
  parts.targets = Tensor<float>::zeros({2});
  const RaggedDataset<float> data(parts);
  BatchLoader<float> loader(data);
  test::check_close(loader.next()->inputs, {5, 0, 6, 7});
}

BOOST_AUTO_TEST_CASE(a_part_of_the_set_keeps_the_lengths) {
  const RaggedDataset<double> data(three_sequences<double>());
  const Subset<double> last(data, 1, 2);
  BOOST_TEST(last.length(0) == 1U);
  BatchLoader<double> loader(last, {.batch_size = 1});
  BOOST_TEST(loader.next()->inputs.shape() == Shape({1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(an_empty_sequence_is_refused_by_its_index) {
  RaggedDatasetParts<float> parts = three_sequences<float>();
  parts.inputs[1] = Tensor<float>({0, 1});
  RONDO_CHECK_THROWS(
      RaggedDataset<float>{parts}, ArgumentError, "[RaggedDataset] sequence 1 of inputs is empty");
  RONDO_CHECK_THROWS(
      RaggedDataset<float>{{}}, ArgumentError, "[RaggedDataset] there are no sequences");
}

BOOST_AUTO_TEST_CASE(sequences_that_differ_in_more_than_length_are_refused) {
  RaggedDatasetParts<float> parts = three_sequences<float>();
  parts.inputs[2] = Tensor<float>::zeros({3, 2});
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts},
                     ShapeError,
                     "[RaggedDataset] sequence 2 of inputs differs from the others: "
                     "sequence (3, 2), others (2, 1)");
}

BOOST_AUTO_TEST_CASE(targets_are_given_in_one_way) {
  RaggedDatasetParts<float> parts = three_sequences<float>();
  const char* const text = "[RaggedDataset] give either targets or step_targets";
  parts.step_targets = parts.inputs;
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts}, ArgumentError, text);
  parts.step_targets.clear();
  parts.targets.reset();
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts}, ArgumentError, text);
}

BOOST_AUTO_TEST_CASE(targets_and_weights_that_do_not_fit_are_refused) {
  RaggedDatasetParts<float> parts = three_sequences<float>();
  parts.targets = Tensor<float>::zeros({2, 1});
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts},
                     ShapeError,
                     "[RaggedDataset] targets do not fit 3 sequences: targets (2, 1)");
  parts = three_sequences<float>();
  parts.sample_weights = Tensor<float>::zeros({3, 1});
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts},
                     ShapeError,
                     "[RaggedDataset] sample_weights do not fit 3 sequences: "
                     "sample_weights (3, 1)");
  parts = three_sequences<float>();
  parts.targets.reset();
  parts.step_targets = {parts.inputs[0], parts.inputs[1]};
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts},
                     ShapeError,
                     "[RaggedDataset] 2 sequences of step_targets for 3 of inputs");
  parts.step_targets.push_back(parts.inputs[1]);
  RONDO_CHECK_THROWS(RaggedDataset<float>{parts},
                     ShapeError,
                     "[RaggedDataset] sequence 2 has another number of steps in step_targets: "
                     "inputs (3, 1), step_targets (1, 1)");
}

BOOST_AUTO_TEST_CASE(a_buffer_that_is_too_short_is_refused) {
  const RaggedDataset<float> data(three_sequences<float>());
  Tensor<float> inputs({1, 2, 1}), targets({1, 1});
  Tensor<bool> mask({1, 2});
  const std::vector<std::size_t> samples{2};
  RONDO_CHECK_THROWS(
      data.gather(samples,
                  {.inputs = inputs.view(), .targets = targets.view(), .mask = mask.view()}),
      ShapeError,
      "[gather] sample 2 has 3 steps, more than the buffer for inputs: buffer (1, 2, 1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ragged_dataset_test
