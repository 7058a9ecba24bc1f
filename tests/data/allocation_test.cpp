#include "rondo/data/batch_loader.hpp"
#include "rondo/data/ragged_dataset.hpp"
#include "rondo/data/windows.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/heap_calls.hpp"

namespace allocation_test {

using namespace rondo;

BOOST_AUTO_TEST_SUITE(data_allocation)

BOOST_AUTO_TEST_CASE(a_loader_does_not_touch_the_heap_after_construction) {
  const WindowDataset<float> windows(Tensor<float>::zeros({100, 2}), {.window = 10});
  const auto [training, validation] = split_for_validation(windows, 0.2);
  BatchLoader<float> loader(training, {.batch_size = 16, .shuffle = true});
  const std::size_t before = test::heap_calls();
  BOOST_REQUIRE(before > 0);
  std::size_t batches = 0;
  for (int epoch = 0; epoch < 3; ++epoch) {
    while (const auto batch = loader.next()) {
      batches += batch->inputs ? 1 : 0;
    }
  }
  BOOST_TEST(test::heap_calls() == before);
  BOOST_TEST(batches == 3 * loader.num_batches());
}

BOOST_AUTO_TEST_CASE(all_parts_of_a_batch_come_from_buffers_that_exist) {
  const TensorDataset<float> data({.inputs = Tensor<float>::zeros({7, 2, 1}),
                                   .targets = Tensor<float>::zeros({7, 1}),
                                   .mask = Tensor<bool>::full({7, 2}, true),
                                   .sample_weights = Tensor<float>::full({7}, 1.0F),
                                   .extra_inputs = {Tensor<float>::zeros({7, 3})}});
  BatchLoader<float> loader(data, {.batch_size = 3});
  const std::size_t before = test::heap_calls();
  BOOST_REQUIRE(before > 0);
  while (loader.next()) {
  }
  BOOST_TEST(test::heap_calls() == before);
}

BOOST_AUTO_TEST_CASE(batches_of_changing_length_come_from_buffers_that_exist) {
  RaggedDatasetParts<float> parts;
  for (std::size_t i = 0; i < 30; ++i) {
    parts.inputs.push_back(Tensor<float>::zeros({1 + i % 9, 2}));
  }
  parts.targets = Tensor<float>::zeros({30, 1});
  const RaggedDataset<float> data(std::move(parts));
  for (const std::size_t prefetch : {0U, 2U}) {
    BatchLoader<float> loader(data,
                              {.batch_size = 4,
                               .shuffle = true,
                               .bucket_by_length = true,
                               .bucket_batches = 3,
                               .prefetch = prefetch});
    const std::size_t before = test::heap_calls();
    for (int epoch = 0; epoch < 3; ++epoch) {
      while (loader.next()) {
      }
    }
    BOOST_TEST(test::heap_calls() == before);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace allocation_test
