#include "rondo/data/batch_loader.hpp"

#include <set>

#include "rondo/tests/support/check.hpp"

namespace batch_loader_test {

using namespace rondo;
using test::RealTypes;

namespace {

/// Sample i has input and target i.
template <Real T = double>
TensorDataset<T> counting(std::size_t size) {
  Tensor<T> inputs({size, 1});
  for (std::size_t i = 0; i < size; ++i) {
    inputs.data()[i] = static_cast<T>(i);
  }
  return {inputs, inputs};
}

/// The inputs of the rest of an epoch.
std::vector<double> rest_of_epoch(BatchLoader<double>& loader) {
  std::vector<double> seen;
  while (const auto batch = loader.next()) {
    seen.insert(seen.end(), batch->inputs.begin(), batch->inputs.end());
  }
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_batch_loader)

BOOST_AUTO_TEST_CASE_TEMPLATE(batches_follow_the_order_of_the_data_set, T, RealTypes) {
  const TensorDataset<T> data = counting<T>(5);
  BatchLoader<T> loader(data, {.batch_size = 2});
  BOOST_TEST(loader.num_batches() == 3U);
  test::check_close(loader.next()->inputs, {0, 1});
  test::check_close(loader.next()->targets, {2, 3});
  const auto last = loader.next();
  BOOST_TEST(last->inputs.shape() == Shape({1, 1}));
  test::check_close(last->inputs, {4});
  BOOST_TEST(!loader.next());
}

// Five samples in batches of 3 and 2, each cut in 4: the parts are disjoint and whole.
BOOST_AUTO_TEST_CASE(parts_of_a_batch_are_cut_at_the_same_places) {
  const TensorDataset<double> data = counting(5);
  const std::vector<std::vector<std::vector<double>>> expected{{{}, {0}, {1}, {2}},
                                                               {{}, {3}, {}, {4}}};
  for (const std::size_t prefetch : {0U, 2U}) {
    for (std::size_t i = 0; i < 4; ++i) {
      BatchLoader loader(data, {.batch_size = 3, .prefetch = prefetch, .part = {i, i + 1, 4}});
      for (std::size_t number = 0; number < 2; ++number) {
        const auto batch = loader.next();
        BOOST_TEST(batch->inputs.shape() == Shape({expected[number][i].size(), 1}));
        BOOST_TEST(
            std::vector<double>(batch->inputs.begin(), batch->inputs.end()) == expected[number][i],
            boost::test_tools::per_element());
        BOOST_TEST(loader.batch_samples() == 3U - number);
      }
      BOOST_TEST(!loader.next());
    }
  }
  for (const BatchPart none : {BatchPart{2, 2, 4}, BatchPart{3, 5, 4}}) {
    const BatchLoaderOptions options{.part = none};
    BOOST_CHECK_THROW(BatchLoader<double>(data, options), ArgumentError);
  }
}

BOOST_AUTO_TEST_CASE(after_the_end_the_next_epoch_begins) {
  const TensorDataset<double> data = counting(3);
  BatchLoader loader(data, {.batch_size = 2});
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    BOOST_TEST(loader.position().epoch == epoch);
    BOOST_TEST(rest_of_epoch(loader) == std::vector<double>({0, 1, 2}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_incomplete_last_batch_can_be_dropped) {
  const TensorDataset<double> data = counting(5);
  BatchLoader loader(data, {.batch_size = 2, .last_batch = LastBatch::drop});
  BOOST_TEST(loader.num_batches() == 2U);
  BOOST_TEST(rest_of_epoch(loader) == std::vector<double>({0, 1, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_batch_size_above_the_data_set_gives_one_batch) {
  const TensorDataset<double> data = counting(3);
  BatchLoader loader(data, {.batch_size = 100});
  BOOST_TEST(loader.num_batches() == 1U);
  BOOST_TEST(loader.next()->inputs.shape() == Shape({3, 1}));
}

BOOST_AUTO_TEST_CASE(shuffled_epochs_hold_every_sample_once_in_new_orders) {
  const TensorDataset<double> data = counting(50);
  BatchLoader loader(data, {.batch_size = 7, .shuffle = true});
  const std::vector<double> first = rest_of_epoch(loader), second = rest_of_epoch(loader);
  BOOST_TEST(first.size() == 50U);
  BOOST_TEST(std::set<double>(first.begin(), first.end()).size() == 50U);
  BOOST_TEST(std::set<double>(second.begin(), second.end()).size() == 50U);
  BOOST_TEST((first != second));
}

BOOST_AUTO_TEST_CASE(the_seed_decides_the_order) {
  const TensorDataset<double> data = counting(50);
  BatchLoader a(data, {.shuffle = true, .seed = 1});
  BatchLoader b(data, {.shuffle = true, .seed = 1});
  BatchLoader c(data, {.shuffle = true, .seed = 2});
  const std::vector<double> order = rest_of_epoch(a);
  BOOST_TEST((order == rest_of_epoch(b)));
  BOOST_TEST((order != rest_of_epoch(c)));
}

BOOST_AUTO_TEST_CASE(input_and_target_stay_together_when_shuffled) {
  const TensorDataset<double> data = counting(50);
  BatchLoader loader(data, {.batch_size = 8, .shuffle = true});
  while (const auto batch = loader.next()) {
    BOOST_TEST((test::values(batch->inputs) == test::values(batch->targets)));
  }
}

BOOST_AUTO_TEST_CASE(order_names_the_samples_of_the_epoch) {
  const TensorDataset<double> data = counting(9);
  BatchLoader loader(data, {.batch_size = 4, .shuffle = true});
  const std::vector<double> order(loader.order().begin(), loader.order().end());
  BOOST_TEST((order == rest_of_epoch(loader)));
}

BOOST_AUTO_TEST_CASE(a_loader_continues_exactly_where_another_stood) {
  const TensorDataset<double> data = counting(40);
  const BatchLoaderOptions options{.batch_size = 6, .shuffle = true, .seed = 5};
  BatchLoader loader(data, options);
  rest_of_epoch(loader);
  loader.next();
  loader.next();
  BatchLoader resumed(data, options);
  resumed.seek(loader.position());
  BOOST_TEST((resumed.position() == LoaderPosition{.epoch = 1, .batch = 2}));
  BOOST_TEST((rest_of_epoch(loader) == rest_of_epoch(resumed)));
  BOOST_TEST((rest_of_epoch(loader) == rest_of_epoch(resumed)));
}

BOOST_AUTO_TEST_CASE(reset_leaves_a_begun_epoch_and_nothing_else) {
  const TensorDataset<double> data = counting(4);
  BatchLoader loader(data, {.batch_size = 2});
  loader.reset();
  BOOST_TEST(loader.position().epoch == 0U);
  loader.next();
  loader.reset();
  BOOST_TEST((loader.position() == LoaderPosition{.epoch = 1, .batch = 0}));
  test::check_close(loader.next()->inputs, {0, 1});
}

BOOST_AUTO_TEST_CASE(parts_that_the_data_set_lacks_are_empty) {
  const TensorDataset<double> data = counting(4);
  BatchLoader loader(data);
  const auto batch = loader.next();
  BOOST_TEST(!batch->mask);
  BOOST_TEST(!batch->sample_weights);
  BOOST_TEST(batch->extra_inputs.empty());
}

BOOST_AUTO_TEST_CASE(mask_weights_and_extra_inputs_are_in_the_batch) {
  const TensorDataset<double> data(
      {.inputs = Tensor<double>::zeros({2, 2, 1}),
       .targets = Tensor<double>::zeros({2, 1}),
       .mask = Tensor<bool>::from_values({2, 2}, {true, true, true, false}),
       .sample_weights = Tensor<double>::from_values({2}, {0.5, 2.0}),
       .extra_inputs = {Tensor<double>::from_values({2, 1}, {8, 9})}});
  BatchLoader loader(data, {.batch_size = 1});
  loader.next();
  const auto batch = loader.next();
  BOOST_TEST(batch->mask.shape() == Shape({1, 2}));
  BOOST_TEST((batch->mask[0] && !batch->mask[1]));
  BOOST_TEST(batch->sample_weights[0] == 2.0);
  BOOST_REQUIRE_EQUAL(batch->extra_inputs.size(), 1U);
  BOOST_TEST(batch->extra_inputs[0][0] == 9.0);
}

BOOST_AUTO_TEST_CASE(options_that_leave_no_batch_are_refused) {
  const TensorDataset<double> data = counting(5);
  RONDO_CHECK_THROWS(BatchLoader(data, {.batch_size = 0}),
                     ArgumentError,
                     "[BatchLoader] batch_size must be positive, got 0");
  RONDO_CHECK_THROWS(BatchLoader(data, {.batch_size = 8, .last_batch = LastBatch::drop}),
                     ArgumentError,
                     "[BatchLoader] 5 samples do not fill a batch of 8, and last_batch is drop");
  const TensorDataset<double> empty = counting(0);
  RONDO_CHECK_THROWS(
      BatchLoader<double>{empty}, ArgumentError, "[BatchLoader] the data set has no samples");
}

BOOST_AUTO_TEST_CASE(a_position_beyond_the_epoch_is_refused) {
  const TensorDataset<double> data = counting(5);
  BatchLoader loader(data, {.batch_size = 2});
  RONDO_CHECK_THROWS(loader.seek({.epoch = 0, .batch = 4}),
                     ArgumentError,
                     "[BatchLoader] cannot continue at batch 4, an epoch has 3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace batch_loader_test
