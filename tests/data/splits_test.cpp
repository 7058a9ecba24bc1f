#include "rondo/data/splits.hpp"

#include <map>
#include <set>

#include "rondo/data/batch_loader.hpp"
#include "rondo/tests/support/check.hpp"

namespace splits_test {

using namespace rondo;

namespace {

TensorDataset<double> counting(std::size_t size) {
  Tensor<double> inputs({size, 1});
  for (std::size_t i = 0; i < size; ++i) {
    inputs.data()[i] = static_cast<double>(i);
  }
  return {inputs, inputs};
}

/// First input and size.
std::pair<double, std::size_t> range_of(const Dataset<double>& data) {
  BatchLoader<double> loader(data, {.batch_size = data.size()});
  return {loader.next()->inputs[0], data.size()};
}

using Range = std::pair<double, std::size_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(data_splits)

BOOST_AUTO_TEST_CASE(parts_follow_one_another_in_time) {
  const TensorDataset<double> data = counting(20);
  const auto split = split_by_time(data, {.validation = 0.2, .test = 0.1});
  BOOST_TEST((range_of(split.training) == Range{0, 14}));
  BOOST_TEST((range_of(split.validation) == Range{14, 4}));
  BOOST_TEST((range_of(split.test) == Range{18, 2}));
}

BOOST_AUTO_TEST_CASE(a_gap_is_left_out_in_front_of_each_cut) {
  const TensorDataset<double> data = counting(20);
  const auto split = split_by_time(data, {.validation = 0.2, .test = 0.1, .gap = 3});
  BOOST_TEST((range_of(split.training) == Range{0, 11}));
  BOOST_TEST((range_of(split.validation) == Range{14, 1}));
  BOOST_TEST((range_of(split.test) == Range{18, 2}));
  const auto two = split_by_time(data, {.test = 0.5, .gap = 1});
  BOOST_TEST((range_of(two.training) == Range{0, 9}));
  BOOST_TEST(two.validation.size() == 0U);
}

BOOST_AUTO_TEST_CASE(classes_keep_their_shares) {
  std::vector<double> labels(100, 0.0);
  for (std::size_t i = 0; i < 100; i += 5) {
    labels[i] = 1.0;
  }
  const auto split =
      split_by_class(std::span<const double>(labels), {.validation = 0.1, .test = 0.2}, 3);
  const auto ones = [&](const std::vector<std::size_t>& part) {
    return std::count_if(part.begin(), part.end(), [&](std::size_t i) { return labels[i] == 1.0; });
  };
  BOOST_TEST(split.training.size() == 70U);
  BOOST_TEST(split.validation.size() == 10U);
  BOOST_TEST(split.test.size() == 20U);
  BOOST_TEST(ones(split.training) == 14);
  BOOST_TEST(ones(split.validation) == 2);
  BOOST_TEST(ones(split.test) == 4);
  std::set<std::size_t> all(split.training.begin(), split.training.end());
  all.insert(split.validation.begin(), split.validation.end());
  all.insert(split.test.begin(), split.test.end());
  BOOST_TEST(all.size() == 100U);
}

BOOST_AUTO_TEST_CASE(the_seed_decides_which_samples) {
  const std::vector<float> labels(50, 1.0F);
  const auto test_part = [&](std::uint64_t seed) {
    return split_by_class(std::span<const float>(labels), {.test = 0.3}, seed).test;
  };
  BOOST_TEST((test_part(1) == test_part(1)));
  BOOST_TEST((test_part(1) != test_part(2)));
}

BOOST_AUTO_TEST_CASE(a_selection_has_the_samples_it_names) {
  const TensorDataset<double> data = counting(5);
  const Selection<double> some(data, {4, 1});
  BatchLoader<double> loader(some);
  test::check_close(loader.next()->inputs, {4, 1});
  RONDO_CHECK_THROWS(Selection<double>(data, {5}),
                     ArgumentError,
                     "[Selection] sample 5 does not exist, there are 5");
}

BOOST_AUTO_TEST_CASE(splits_that_leave_a_part_empty_are_refused) {
  const TensorDataset<double> data = counting(10);
  RONDO_CHECK_THROWS(static_cast<void>(split_by_time(data, {.validation = 1.0})),
                     ArgumentError,
                     "[split_by_time] validation must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(static_cast<void>(split_by_time(data, {.validation = 0.5, .test = 0.5})),
                     ArgumentError,
                     "[split_by_time] validation 0.5 and test 0.5 leave nothing to train");
  RONDO_CHECK_THROWS(static_cast<void>(split_by_time(data, {.test = 0.01})),
                     ArgumentError,
                     "[split_by_time] the test part would be empty");
  RONDO_CHECK_THROWS(static_cast<void>(split_by_time(data, {.test = 0.5, .gap = 5})),
                     ArgumentError,
                     "[split_by_time] the training part would be empty");
  RONDO_CHECK_THROWS(
      static_cast<void>(split_by_time(data, {.validation = 0.2, .test = 0.2, .gap = 2})),
      ArgumentError,
      "[split_by_time] the validation part would be empty");
  const std::vector<double> labels{0, 1, std::nan("")};
  RONDO_CHECK_THROWS(
      static_cast<void>(split_by_class(std::span<const double>(labels), {.test = 0.5})),
      ArgumentError,
      "[split_by_class] the label of sample 2 is nan");
  RONDO_CHECK_THROWS(
      static_cast<void>(split_by_class(std::span<const double>(labels).first(2), {.test = 0.1})),
      ArgumentError,
      "[split_by_class] the test part would be empty");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace splits_test
