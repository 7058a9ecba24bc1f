#include "rondo/data/batch_sampler.hpp"

#include <set>

#include "rondo/core/rng.hpp"
#include "rondo/data/batch_loader.hpp"
#include "rondo/data/ragged_dataset.hpp"
#include "rondo/tests/support/check.hpp"

namespace batch_sampler_test {

using namespace rondo;

namespace {

std::vector<std::size_t> random_lengths(std::size_t n) {
  Rng rng(7);
  std::vector<std::size_t> lengths(n);
  for (std::size_t& length : lengths) {
    length = 1 + static_cast<std::size_t>(rng.below(100));
  }
  return lengths;
}

/// The steps that batches have beyond those of their samples.
std::size_t padding(const BatchSampler& sampler, const std::vector<std::size_t>& lengths) {
  std::size_t result = 0;
  for (std::size_t b = 0; b < sampler.num_batches(); ++b) {
    std::size_t longest = 0, sum = 0;
    for (const std::size_t sample : sampler.batch(b)) {
      longest = std::max(longest, lengths[sample]);
      sum += lengths[sample];
    }
    result += longest * sampler.batch(b).size() - sum;
  }
  return result;
}

std::vector<std::size_t> order(const BatchSampler& sampler) {
  return {sampler.order().begin(), sampler.order().end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_batch_sampler)

BOOST_AUTO_TEST_CASE(batches_of_a_bucket_are_neighbours_in_length) {
  const std::vector<std::size_t> lengths{5, 1, 4, 2, 3, 6};
  const BatchSampler sampler(6, lengths, {.batch_size = 2, .bucket_by_length = true});
  BOOST_TEST(order(sampler) == std::vector<std::size_t>({1, 3, 4, 2, 0, 5}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_bucket_holds_as_many_batches_as_told) {
  const std::vector<std::size_t> lengths{6, 5, 4, 3, 2, 1};
  const BatchSampler sampler(
      6, lengths, {.batch_size = 1, .bucket_by_length = true, .bucket_batches = 4});
  BOOST_TEST(order(sampler) == std::vector<std::size_t>({3, 2, 1, 0, 5, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bucketing_saves_most_of_the_padding) {
  const std::vector<std::size_t> lengths = random_lengths(1000);
  const BatchSampler plain(1000, lengths, {.batch_size = 10, .shuffle = true});
  const BatchSampler bucketed(
      1000, lengths, {.batch_size = 10, .shuffle = true, .bucket_by_length = true});
  BOOST_TEST(padding(bucketed, lengths) * 10 < padding(plain, lengths));
}

BOOST_AUTO_TEST_CASE(each_sample_occurs_once_in_an_epoch_and_epochs_differ) {
  const std::vector<std::size_t> lengths = random_lengths(103);
  BatchSampler sampler(
      103,
      lengths,
      {.batch_size = 8, .shuffle = true, .bucket_by_length = true, .bucket_batches = 3});
  const std::vector<std::size_t> first = order(sampler);
  sampler.arrange(1);
  const std::vector<std::size_t> second = order(sampler);
  BOOST_TEST(std::set<std::size_t>(first.begin(), first.end()).size() == 103U);
  BOOST_TEST(std::set<std::size_t>(second.begin(), second.end()).size() == 103U);
  BOOST_TEST((first != second));
  sampler.arrange(0);
  BOOST_TEST((first == order(sampler)));
}

BOOST_AUTO_TEST_CASE(the_seed_decides_the_batches) {
  const std::vector<std::size_t> lengths = random_lengths(50);
  const auto with_seed = [&](std::uint64_t seed) {
    return order(BatchSampler(
        50, lengths, {.batch_size = 5, .shuffle = true, .seed = seed, .bucket_by_length = true}));
  };
  BOOST_TEST((with_seed(1) == with_seed(1)));
  BOOST_TEST((with_seed(1) != with_seed(2)));
}

BOOST_AUTO_TEST_CASE(samples_of_equal_length_do_not_stay_together) {
  const std::vector<std::size_t> lengths(40, 9);
  BatchSampler sampler(40, lengths, {.batch_size = 4, .shuffle = true, .bucket_by_length = true});
  const auto batches = [&] {
    std::set<std::set<std::size_t>> result;
    for (std::size_t b = 0; b < sampler.num_batches(); ++b) {
      result.emplace(sampler.batch(b).begin(), sampler.batch(b).end());
    }
    return result;
  };
  const auto first = batches();
  sampler.arrange(1);
  BOOST_TEST((first != batches()));
}

BOOST_AUTO_TEST_CASE(a_bucketing_loader_continues_where_another_stood) {
  RaggedDatasetParts<double> parts;
  for (const std::size_t length : random_lengths(30)) {
    parts.inputs.push_back(Tensor<double>::full({length, 1}, static_cast<double>(length)));
  }
  parts.targets = Tensor<double>::zeros({30, 1});
  const RaggedDataset<double> data(std::move(parts));
  const BatchLoaderOptions options{
      .batch_size = 4, .shuffle = true, .seed = 3, .bucket_by_length = true, .bucket_batches = 2};
  BatchLoader<double> loader(data, options);
  while (loader.next()) {
  }
  loader.next();
  BatchLoader<double> resumed(data, options);
  resumed.seek(loader.position());
  while (const auto expected = loader.next()) {
    const auto found = resumed.next();
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST((test::values(found->inputs) == test::values(expected->inputs)));
  }
  BOOST_TEST(!resumed.next());
}

BOOST_AUTO_TEST_CASE(a_bucket_of_no_batches_is_refused) {
  RONDO_CHECK_THROWS(BatchSampler(5, {}, {.bucket_batches = 0}),
                     ArgumentError,
                     "[BatchLoader] bucket_batches must be positive, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace batch_sampler_test
