// Counts every use of the heap in this program.
#include <algorithm>

#include "rondo/core/ops.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adamw.hpp"
#include "rondo/optim/callbacks/csv_logger.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"
#include "rondo/optim/metrics/r2_score.hpp"
#include "rondo/optim/rmsprop.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/optim/metric.hpp"
#include "rondo/tests/optim/optimizer_names.hpp"
#include "rondo/tests/optim/training.hpp"
#include "rondo/tests/support/heap_calls.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace allocation_test {

using namespace rondo;

namespace {

constexpr std::size_t warm_up = 3;

/// Counts from the end of batch 2 to the end of the last batch.
class Counter : public Callback<float> {
 public:
  explicit Counter(std::size_t& counted) : counted_(&counted) {}

  void on_train_batch_end(Trainer<float>&, std::size_t batch, const Logs&) override {
    if (batch + 1 == warm_up) {
      before_ = test::heap_calls();
    }
    *counted_ = test::heap_calls() - before_;
  }

 private:
  std::size_t* counted_;
  std::size_t before_ = 0;
};

/// The heap calls of one step, after steps that made the arenas.
std::size_t allocations_of_step(Optimizer<float>& optimizer) {
  Parameter<float> w("w", Tensor<float>::zeros({10, 10}));
  Parameter<float> frozen("frozen", Tensor<float>::zeros({100}));
  frozen.trainable = false;
  w.constraint = Constraint("max_norm").get<float>();
  optimizer.build({&w, &frozen});
  Tape tape;
  std::size_t result = 0;
  for (int i = 0; i < 4; ++i) {  // the last two accumulate and update
    tape.reset();
    optimizer.zero_grad();
    tape.backward(sum(square(tape.parameter(w) + 1.0F)));
    const std::size_t before = test::heap_calls();
    optimizer.step();
    result = std::max(result, test::heap_calls() - before);
    if (i == 1) {
      result = 0;
    }
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_allocation)

BOOST_AUTO_TEST_CASE(a_step_of_an_optimizer_does_not_touch_the_heap) {
  SGD sgd{{.momentum = 0.9, .clipnorm = 1.0}};
  RMSprop rmsprop{{.momentum = 0.9, .centered = true, .clipvalue = 1.0, .require_all = true}};
  AdamW adamw{{.learning_rate = CosineDecay{{.initial_learning_rate = 0.1, .decay_steps = 9}},
               .amsgrad = true,
               .global_clipnorm = 1.0}};
  SGD l2{{.weight_decay = 0.1, .decoupled_weight_decay = false}};
  for (Optimizer<float>* optimizer :
       std::initializer_list<Optimizer<float>*>{&sgd, &rmsprop, &adamw, &l2}) {
    BOOST_TEST_CONTEXT(optimizer->type_name()) {
      BOOST_TEST(allocations_of_step(*optimizer) == 0U);
    }
  }
  for (const std::string& name : test::optimizer_names) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(allocations_of_step(*make_optimizer<float>(name)) == 0U);
      BOOST_TEST(allocations_of_step(*test::make_busy_optimizer<float>(name)) == 0U);
    }
  }
}

// Loader, tape, dropout, penalties, optimizer, callbacks and a bar that is drawn after each batch.
BOOST_AUTO_TEST_CASE(a_steady_step_of_training_does_not_touch_the_heap) {
  std::FILE* const out = std::tmpfile();
  const TensorDataset<float> data(test::random_tensor<float>({64, 6, 2}, 1),
                                  test::random_tensor<float>({64, 1}, 2));
  Sequential model{GRU{{.units = 8,
                        .kernel_regularizer = "l2",
                        .kernel_constraint = "max_norm",
                        .dropout = 0.1,
                        .recurrent_dropout = 0.1}},
                   Dense{{.units = 1}}};
  AdamW optimizer{{.global_clipnorm = 1.0}};
  std::size_t counted = 1;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add(ProgressBar<float>(
      {.out = out, .terminal = true, .clock = [now = 0.0]() mutable { return now += 1.0; }}));
  trainer.add(Counter(counted));
  trainer.fit(data, {.batch_size = 4});
  BOOST_TEST(trainer.plan().batches == 16U);
  BOOST_TEST(counted == 0U);
  std::fclose(out);
}

BOOST_AUTO_TEST_CASE(a_masked_loss_does_not_touch_the_heap) {
  Tensor<bool> mask = Tensor<bool>::full({64, 5}, true);
  for (std::size_t i = 0; i < mask.size(); i += 3) {
    mask.data()[i] = false;
  }
  const TensorDataset<float> data({.inputs = test::random_tensor<float>({64, 5, 2}, 1),
                                   .targets = test::random_tensor<float>({64, 5, 1}, 2),
                                   .mask = std::move(mask)});
  Sequential model{GRU{{.units = 8, .return_sequences = true}}, Dense{{.units = 1}}};
  SGD optimizer;
  std::size_t counted = 1;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add(Counter(counted));
  trainer.fit(data, {.batch_size = 4, .verbose = Verbosity::quiet, .shuffle = false});
  BOOST_TEST(counted == 0U);
}

BOOST_AUTO_TEST_CASE(chunks_of_sequences_metrics_and_logs_do_not_touch_the_heap) {
  const test::TempFolder folder;
  const TensorDataset<float> data({.inputs = test::random_tensor<float>({64, 6, 2}, 1),
                                   .targets = test::random_tensor<float>({64, 6, 1}, 2),
                                   .sample_weights = Tensor<float>::full({64}, 2.0F)});
  Sequential model{GRU{{.units = 8, .return_sequences = true, .stateful = true}},
                   Dense{{.units = 1}}};
  SGD optimizer;
  std::size_t counted = 1;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add_metric(test::AbsoluteError<float>());
  trainer.add(CSVLogger<float>({.filename = folder / "log.csv"}));
  trainer.add(Counter(counted));
  trainer.fit(data, {.batch_size = 4, .verbose = Verbosity::quiet, .tbptt_steps = 2});
  BOOST_TEST(counted == 0U);
}

// Streams of dropout, carried states and metrics of each shard, chunks of masked sequences.
BOOST_AUTO_TEST_CASE(batches_in_shards_do_not_touch_the_heap) {
  Tensor<bool> mask = Tensor<bool>::full({64, 6}, true);
  for (std::size_t i = 5; i < mask.size(); i += 12) {
    mask.data()[i] = false;
  }
  const TensorDataset<float> data({.inputs = test::random_tensor<float>({64, 6, 2}, 1),
                                   .targets = test::random_tensor<float>({64, 6, 1}, 2),
                                   .mask = std::move(mask)});
  Sequential model{GRU{{.units = 8, .dropout = 0.1, .return_sequences = true, .stateful = true}},
                   Dropout{{.rate = 0.2}},
                   Dense{{.units = 1}}};
  AdamW optimizer{{.global_clipnorm = 1.0}};
  std::size_t counted = 1;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.add_metric(test::AbsoluteError<float>());
  trainer.add_metric(R2Score<float>());
  trainer.add(Counter(counted));
  trainer.fit(data, {.batch_size = 8, .verbose = Verbosity::quiet, .tbptt_steps = 2, .shards = 4});
  BOOST_TEST(counted == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace allocation_test
