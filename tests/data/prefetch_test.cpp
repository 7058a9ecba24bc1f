#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "rondo/data/batch_loader.hpp"
#include "rondo/data/ragged_dataset.hpp"
#include "rondo/tests/support/check.hpp"

namespace prefetch_test {

using namespace rondo;

namespace {

TensorDataset<double> counting(std::size_t size) {
  Tensor<double> inputs({size, 1});
  for (std::size_t i = 0; i < size; ++i) {
    inputs.data()[i] = static_cast<double>(i);
  }
  return {inputs, inputs};
}

/// Refuses one sample while it is told to, and counts what it is asked for.
class Moody : public Dataset<double> {
 public:
  [[nodiscard]] std::size_t size() const override { return 12; }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  void copy_sample(std::size_t index, const SampleSlot<double>& slot) const override {
    if (refuses && index == 7) {
      throw std::runtime_error("sample 7 is not there");
    }
    ++copied;
    slot.inputs()[0] = static_cast<double>(index);
    slot.targets()[0] = 0.0;
  }

  std::atomic<bool> refuses = false;
  mutable std::atomic<std::size_t> copied = 0;

 private:
  SampleLayout layout_{.inputs = {1}, .targets = {1}};
};

std::vector<double> epoch_of(BatchLoader<double>& loader) {
  std::vector<double> seen;
  while (const auto batch = loader.next()) {
    seen.insert(seen.end(), batch->inputs.begin(), batch->inputs.end());
    seen.insert(seen.end(), batch->targets.begin(), batch->targets.end());
  }
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_prefetch)

BOOST_AUTO_TEST_CASE(batches_are_those_of_a_loader_without_a_second_thread) {
  const TensorDataset<double> data = counting(53);
  for (const std::size_t prefetch : {1U, 2U, 100U}) {
    BatchLoaderOptions options{.batch_size = 4, .shuffle = true, .seed = 9};
    BatchLoader plain(data, options);
    options.prefetch = prefetch;
    BatchLoader ahead(data, options);
    for (int epoch = 0; epoch < 3; ++epoch) {
      BOOST_TEST((epoch_of(plain) == epoch_of(ahead)));
      BOOST_TEST((plain.position() == ahead.position()));
    }
  }
}

BOOST_AUTO_TEST_CASE(ragged_batches_are_the_same_too) {
  RaggedDatasetParts<double> parts;
  for (std::size_t i = 0; i < 20; ++i) {
    parts.inputs.push_back(Tensor<double>::full({1 + i * 7 % 11, 1}, static_cast<double>(i)));
  }
  parts.targets = Tensor<double>::zeros({20, 1});
  const RaggedDataset<double> data(std::move(parts));
  BatchLoaderOptions options{.batch_size = 3, .shuffle = true, .bucket_by_length = true};
  BatchLoader<double> plain(data, options);
  options.prefetch = 2;
  BatchLoader<double> ahead(data, options);
  BOOST_TEST((epoch_of(plain) == epoch_of(ahead)));
}

BOOST_AUTO_TEST_CASE(a_batch_stays_as_it_is_until_the_next_call) {
  const TensorDataset<double> data = counting(40);
  BatchLoader loader(data, {.batch_size = 2, .prefetch = 3});
  const auto batch = loader.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  test::check_close(batch->inputs, {0, 1});
}

BOOST_AUTO_TEST_CASE(the_second_thread_stops_at_the_depth_it_was_given) {
  const Moody data;
  BatchLoader<double> loader(data, {.batch_size = 2, .prefetch = 2});
  loader.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  BOOST_TEST(data.copied <= 6U);
}

BOOST_AUTO_TEST_CASE(seeking_and_resetting_forget_what_was_prepared) {
  const TensorDataset<double> data = counting(20);
  BatchLoader plain(data, {.batch_size = 3, .shuffle = true});
  BatchLoader ahead(data, {.batch_size = 3, .shuffle = true, .prefetch = 2});
  for (BatchLoader<double>* loader : {&plain, &ahead}) {
    loader->next();
    loader->seek({.epoch = 4, .batch = 2});
  }
  BOOST_TEST((epoch_of(plain) == epoch_of(ahead)));
  for (BatchLoader<double>* loader : {&plain, &ahead}) {
    loader->next();
    loader->reset();
  }
  BOOST_TEST((epoch_of(plain) == epoch_of(ahead)));
}

BOOST_AUTO_TEST_CASE(what_the_second_thread_throws_arrives_at_the_batch_it_belongs_to) {
  Moody data;
  data.refuses = true;
  BatchLoader<double> loader(data, {.batch_size = 3, .prefetch = 3});
  test::check_close(loader.next()->inputs, {0, 1, 2});
  test::check_close(loader.next()->inputs, {3, 4, 5});
  const std::string text = "sample 7 is not there";
  RONDO_CHECK_THROWS(loader.next(), std::runtime_error, text);
  RONDO_CHECK_THROWS(loader.next(), std::runtime_error, text);
  data.refuses = false;
  test::check_close(loader.next()->inputs, {6, 7, 8});
  test::check_close(loader.next()->inputs, {9, 10, 11});
  BOOST_TEST(!loader.next());
}

BOOST_AUTO_TEST_CASE(an_error_that_nobody_asked_for_is_forgotten_by_seek) {
  Moody data;
  data.refuses = true;
  BatchLoader<double> loader(data, {.batch_size = 3, .prefetch = 3});
  loader.next();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  data.refuses = false;
  loader.seek({.epoch = 0, .batch = 2});
  test::check_close(loader.next()->inputs, {6, 7, 8});
}

BOOST_AUTO_TEST_CASE(a_loader_can_go_at_any_time) {
  const TensorDataset<double> data = counting(100);
  for (int used = 0; used < 20; ++used) {
    BatchLoader loader(data, {.batch_size = 1, .prefetch = 2});
    for (int i = 0; i < used; ++i) {
      loader.next();
    }
  }
}

BOOST_AUTO_TEST_CASE(a_loader_can_be_moved_while_its_thread_works) {
  const TensorDataset<double> data = counting(10), other = counting(4);
  BatchLoader loader(data, {.batch_size = 2, .prefetch = 2});
  loader.next();
  BatchLoader moved(std::move(loader));
  test::check_close(moved.next()->inputs, {2, 3});
  BatchLoader target(other, {.batch_size = 1, .prefetch = 1});
  target.next();
  target = std::move(moved);
  test::check_close(target.next()->inputs, {4, 5});
  BOOST_TEST((target.position() == LoaderPosition{.epoch = 0, .batch = 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace prefetch_test
