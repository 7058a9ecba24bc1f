// A training step in a steady state does not touch the heap (D3). This program replaces the global
// operators new and delete with ones that count.
#include "rondo/core/threads.hpp"
#include "rondo/data/batch_loader.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/heap_calls.hpp"

namespace allocation_test {

using namespace rondo;

namespace {

constexpr std::size_t samples = 22, steps = 6, features = 3;

/// Steps 1 and 5 of every sample are masked.
Tensor<bool> gaps() {
  auto mask = Tensor<bool>::full({samples, steps}, true);
  for (std::size_t n = 0; n < samples; ++n) {
    mask.data()[n * steps + 1] = mask.data()[n * steps + 5] = false;
  }
  return mask;
}

struct DataOptions {
  bool masked = false;
  bool target_sequences = false;
  LastBatch last_batch = LastBatch::keep;
};

/// A training loop by hand: loader, model, loss with penalties, backward, optimizer.
class Training {
 public:
  Training(GRUOptions options, const DataOptions& data)
      : data_({.inputs = test::random_tensor<float>({samples, steps, features}, 1),
               .targets = test::random_tensor<float>(
                   data.target_sequences ? Shape{samples, steps, 1} : Shape{samples, 1}, 2),
               .mask = data.masked ? std::optional(gaps()) : std::nullopt}),
        loader_(data_, {.batch_size = 8, .shuffle = true, .last_batch = data.last_batch}) {
    options.units = 7;
    options.kernel_regularizer = "l2";
    options.return_sequences = data.target_sequences;
    model_.add(GRU(std::move(options)));
    model_.add(Dense({.units = 1, .kernel_regularizer = "l2"}));
    model_.build({steps, features}, 1);
    optimizer_.build(model_.weights());
  }

  void step() {
    auto batch = loader_.next();
    if (!batch) {
      batch = loader_.next();
    }
    tape_.reset();
    optimizer_.zero_grad();
    const auto predictions =
        model_(tape_.constant(batch->inputs), {.training = true, .mask = batch->mask});
    tape_.backward(total_loss(mean_squared_error(predictions, batch->targets)));
    optimizer_.step();
  }

 private:
  TensorDataset<float> data_;
  BatchLoader<float> loader_;
  Sequential<float> model_;
  Adam<float> optimizer_{{.global_clipnorm = 1.0}};
  Tape<float> tape_;
};

/// Heap calls of ten steps after three.
template <class Step>
std::size_t heap_calls_of(const Step& step) {
  for (int i = 0; i < 3; ++i) {
    step();
  }
  const std::size_t before = test::heap_calls();
  for (int i = 0; i < 10; ++i) {
    step();
  }
  return test::heap_calls() - before;
}

std::size_t heap_calls_when_steady(GRUOptions options, const DataOptions& data = {}) {
  Training training(std::move(options), data);
  return heap_calls_of([&] { training.step(); });
}

/// Forward and backward of a layer alone, with a mask.
std::size_t heap_calls_when_steady(RNN<float>& layer) {
  const Tensor<float> inputs = test::random_tensor<float>({samples, steps, features}, 1);
  const Tensor<bool> mask = gaps();
  Tape<float> tape;
  return heap_calls_of([&] {
    tape.reset();
    tape.backward(sum(layer(tape.borrow(inputs.view()), {.training = true, .mask = mask.view()})));
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(allocation_of_training_steps)

BOOST_AUTO_TEST_CASE(the_counter_counts) {
  const std::size_t before = test::heap_calls();
  const Tensor<float> tensor({2, 3});
  BOOST_TEST(test::heap_calls() > before);
}

BOOST_AUTO_TEST_CASE(a_gru_with_both_kinds_of_dropout_never_touches_the_heap) {
  BOOST_TEST(heap_calls_when_steady({.dropout = 0.2, .recurrent_dropout = 0.2}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_does_one_without_dropout) {
  BOOST_TEST(heap_calls_when_steady({}) == 0);
  BOOST_TEST(heap_calls_when_steady({.use_bias = false, .reset_after = false}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_does_a_time_mask) {
  const GRUOptions options{.dropout = 0.2, .recurrent_dropout = 0.2};
  BOOST_TEST(heap_calls_when_steady(options, {.masked = true}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_does_a_layer_that_returns_sequences) {
  const GRUOptions options{.dropout = 0.2, .recurrent_dropout = 0.2};
  BOOST_TEST(heap_calls_when_steady(options, {.target_sequences = true}) == 0);
  BOOST_TEST(heap_calls_when_steady(options, {.masked = true, .target_sequences = true}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_does_one_that_goes_backwards_with_an_activity_penalty) {
  BOOST_TEST(heap_calls_when_steady({.activity_regularizer = "l2", .go_backwards = true}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_do_states_that_are_carried) {
  BOOST_TEST(heap_calls_when_steady({.dropout = 0.2, .stateful = true},
                                    {.last_batch = LastBatch::drop}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_do_constraints) {
  BOOST_TEST(
      heap_calls_when_steady({.kernel_constraint = "max_norm", .bias_constraint = "non_neg"}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_does_the_composite) {
  const GRUOptions options{.dropout = 0.2, .recurrent_dropout = 0.2, .use_fused = UseFused::off};
  BOOST_TEST(heap_calls_when_steady(options, {.masked = true, .target_sequences = true}) == 0);
  BOOST_TEST(heap_calls_when_steady({.use_fused = UseFused::off}) == 0);
  BOOST_TEST(heap_calls_when_steady({.reset_after = false, .use_fused = UseFused::off}) == 0);
}

BOOST_AUTO_TEST_CASE(nor_do_the_layers_that_run_step_by_step) {
  for (const double rate : {0.0, 0.2}) {
    LSTM<float> lstm{{.units = 7, .dropout = rate, .recurrent_dropout = rate}};
    SimpleRNN<float> simple{{.units = 7, .dropout = rate, .recurrent_dropout = rate}};
    BOOST_TEST(heap_calls_when_steady(lstm) == 0);
    BOOST_TEST(heap_calls_when_steady(simple) == 0);
  }
}

BOOST_AUTO_TEST_CASE(nor_does_a_large_layer_on_several_threads) {
  const std::size_t before = num_threads();
  set_num_threads(3);
  GRU<float> layer{{.units = 160, .dropout = 0.1, .recurrent_dropout = 0.1}};
  layer.build({12, 20}, 1);
  const Tensor<float> inputs = test::random_tensor<float>({40, 12, 20}, 1);
  Tape<float> tape;
  const auto step = [&] {
    tape.reset();
    tape.backward(sum(layer(tape.borrow(inputs.view()), {.training = true})));
  };
  for (int i = 0; i < 3; ++i) {
    step();
  }
  const std::size_t calls = test::heap_calls();
  for (int i = 0; i < 10; ++i) {
    step();
  }
  BOOST_TEST(test::heap_calls() == calls);
  set_num_threads(before);
}

BOOST_AUTO_TEST_CASE(nor_does_a_step_of_a_stream) {
  Sequential<float> model{GRU{{.units = 9, .return_sequences = true}}, Dense{{.units = 2}}};
  model.build({1, 3}, 1);
  GRUStream<float> stream(model);
  const std::vector<float> x(3, 0.5F);
  stream.step(x);
  const std::size_t calls = test::heap_calls();
  for (int i = 0; i < 10; ++i) {
    stream.step(x);
  }
  BOOST_TEST(test::heap_calls() == calls);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace allocation_test
