#include <atomic>
#include <thread>

#include "rondo/core/threads.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/check.hpp"

namespace several_models_test {

using namespace rondo;

namespace {

/// Loss and gradients of a model that is large enough for several threads.
std::vector<float> train_once() {
  Sequential<float> model{GRU<float>{{.units = 96, .dropout = 0.1, .return_sequences = true}},
                          Dense<float>{{.units = 1}}};
  Tape<float> tape;
  const auto loss = sum(model(tape.variable(Tensor<float>::full({32, 24, 16}, 0.1F))));
  tape.backward(loss);
  std::vector<float> result{loss.item()};
  for (const Parameter<float>* weight : model.weights()) {
    result.insert(result.end(), weight->grad().begin(), weight->grad().end());
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(several_models)

BOOST_AUTO_TEST_CASE(train_at_once_while_a_third_thread_changes_the_number_of_threads) {
  const std::size_t before = num_threads();
  set_num_threads(1);
  const std::vector<float> expected = train_once();
  std::atomic<bool> done = false;
  std::atomic<int> others = 0;
  const auto train = [&] {
    for (int i = 0; i < 3; ++i) {
      others += train_once() == expected ? 0 : 1;
    }
  };
  std::thread first(train), second(train);
  std::thread third([&] {
    for (std::size_t i = 0; !done; ++i) {
      set_num_threads(1 + i % 4);
      std::this_thread::yield();
    }
  });
  first.join();
  second.join();
  done = true;
  third.join();
  set_num_threads(before);
  BOOST_TEST(others == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace several_models_test
