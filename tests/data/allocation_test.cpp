// Counts every use of the heap in this program.
#include <cstdlib>
#include <new>

#include "rondo/data/batch_loader.hpp"
#include "rondo/data/windows.hpp"
#include "rondo/tests/support/check.hpp"

namespace {

std::size_t allocations = 0;

void* counted(void* memory) {
  ++allocations;
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(std::malloc(size));
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

using namespace rondo;

BOOST_AUTO_TEST_SUITE(data_allocation)

BOOST_AUTO_TEST_CASE(a_loader_does_not_touch_the_heap_after_construction) {
  const WindowDataset<float> windows(Tensor<float>::zeros({100, 2}), {.window = 10});
  const auto [training, validation] = split_for_validation(windows, 0.2);
  BatchLoader<float> loader(training, {.batch_size = 16, .shuffle = true});
  const std::size_t before = allocations;
  BOOST_REQUIRE(before > 0);
  std::size_t batches = 0;
  for (int epoch = 0; epoch < 3; ++epoch) {
    while (const auto batch = loader.next()) {
      batches += batch->inputs ? 1 : 0;
    }
  }
  BOOST_TEST(allocations == before);
  BOOST_TEST(batches == 3 * loader.num_batches());
}

BOOST_AUTO_TEST_CASE(all_parts_of_a_batch_come_from_buffers_that_exist) {
  const TensorDataset<float> data({.inputs = Tensor<float>::zeros({7, 2, 1}),
                                   .targets = Tensor<float>::zeros({7, 1}),
                                   .mask = Tensor<bool>::full({7, 2}, true),
                                   .sample_weights = Tensor<float>::full({7}, 1.0F),
                                   .extra_inputs = {Tensor<float>::zeros({7, 3})}});
  BatchLoader<float> loader(data, {.batch_size = 3});
  const std::size_t before = allocations;
  BOOST_REQUIRE(before > 0);
  while (loader.next()) {
  }
  BOOST_TEST(allocations == before);
}

BOOST_AUTO_TEST_SUITE_END()
