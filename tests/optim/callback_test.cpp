#include "rondo/optim/callback.hpp"

#include <fmt/format.h>

#include "rondo/optim/sgd.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/optim/training.hpp"

namespace callback_test {

using namespace rondo;
using boost::test_tools::per_element;

namespace {

using Calls = std::vector<std::string>;

/// Writes down every call; stops the run at one of them.
class Recorder : public Callback<float> {
 public:
  explicit Recorder(Calls& calls, std::string stop_at = {}, std::string name = {})
      : calls_(&calls), stop_at_(std::move(stop_at)), name_(std::move(name)) {}

  void on_train_begin(Trainer<float>& t) override { note(t, "train begin"); }

  void on_train_end(Trainer<float>& t, const Logs& logs) override {
    note(t, "train end: " + logs.names());
  }

  void on_epoch_begin(Trainer<float>& t, std::size_t epoch) override {
    note(t, fmt::format("epoch {} begin", epoch));
  }

  void on_epoch_end(Trainer<float>& t, std::size_t epoch, Logs& logs) override {
    note(t, fmt::format("epoch {} end: {}", epoch, logs.names()));
  }

  void on_train_batch_begin(Trainer<float>& t, std::size_t batch) override {
    note(t, fmt::format("batch {} begin", batch));
  }

  void on_train_batch_end(Trainer<float>& t, std::size_t batch, const Logs& logs) override {
    note(t, fmt::format("batch {} end: {}", batch, logs.names()));
  }

  void on_test_begin(Trainer<float>& t) override { note(t, "test begin"); }

  void on_test_end(Trainer<float>& t, const Logs& logs) override {
    note(t, "test end: " + logs.names());
  }

  void on_test_batch_begin(Trainer<float>& t, std::size_t batch) override {
    note(t, fmt::format("test batch {} begin", batch));
  }

  void on_test_batch_end(Trainer<float>& t, std::size_t batch, const Logs& logs) override {
    note(t, fmt::format("test batch {} end: {}", batch, logs.names()));
  }

 private:
  void note(Trainer<float>& trainer, const std::string& call) {
    calls_->push_back(name_ + call);
    if (!stop_at_.empty() && call.starts_with(stop_at_)) {
      trainer.stop();
    }
  }

  Calls* calls_;
  std::string stop_at_;
  std::string name_;
};

/// Adds a value to the logs of each epoch.
class Adder : public Callback<float> {
 public:
  void on_epoch_end(Trainer<float>&, std::size_t epoch, Logs& logs) override {
    logs.set("epoch_squared", static_cast<double>(epoch * epoch));
  }
};

struct Run {
  Dense<float> model{{.units = 1}};
  SGD<float> optimizer;
  Trainer<float> trainer{model, mean_squared_error<float>, optimizer};
  TensorDataset<float> data = test::line<float>(5);

  History fit(std::size_t epochs, double split = 0.0) {
    return trainer.fit(data,
                       {.epochs = epochs,
                        .batch_size = 2,
                        .verbose = Verbosity::quiet,
                        .validation_split = split});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_callback)

// Four samples train in two batches, one validates.
BOOST_AUTO_TEST_CASE(calls_come_in_the_order_of_keras) {
  Run run;
  Calls calls;
  run.trainer.add(Recorder(calls));
  run.fit(1, 0.2);
  const Calls expected{"train begin",
                       "epoch 0 begin",
                       "batch 0 begin",
                       "batch 0 end: loss",
                       "batch 1 begin",
                       "batch 1 end: loss",
                       "test begin",
                       "test batch 0 begin",
                       "test batch 0 end: loss",
                       "test end: loss",
                       "epoch 0 end: loss, val_loss",
                       "train end: loss, val_loss"};
  BOOST_TEST(calls == expected, per_element());
}

BOOST_AUTO_TEST_CASE(callbacks_are_called_in_the_order_of_add) {
  Run run;
  Calls calls;
  run.trainer.add(Recorder(calls, {}, "a ")).add(Recorder(calls, {}, "b "));
  run.fit(1);
  BOOST_TEST(calls[0] == "a train begin");
  BOOST_TEST(calls[1] == "b train begin");
  BOOST_TEST(calls[2] == "a epoch 0 begin");
  BOOST_TEST(calls.back() == "b train end: loss");
}

BOOST_AUTO_TEST_CASE(evaluate_makes_the_calls_of_a_test_alone) {
  Run run;
  Calls calls;
  run.fit(1);
  run.trainer.add(Recorder(calls));
  run.trainer.evaluate(run.data, {.batch_size = 5});
  const Calls expected{
      "test begin", "test batch 0 begin", "test batch 0 end: loss", "test end: loss"};
  BOOST_TEST(calls == expected, per_element());
}

BOOST_AUTO_TEST_CASE(a_run_can_be_stopped_after_a_batch) {
  Run run;
  Calls calls;
  run.trainer.add(Recorder(calls, "batch 0 end"));
  const History history = run.fit(9, 0.2);
  const Calls expected{"train begin",
                       "epoch 0 begin",
                       "batch 0 begin",
                       "batch 0 end: loss",
                       "test begin",
                       "test batch 0 begin",
                       "test batch 0 end: loss",
                       "test end: loss",
                       "epoch 0 end: loss, val_loss",
                       "train end: loss, val_loss"};
  BOOST_TEST(calls == expected, per_element());
  BOOST_TEST(history.epochs().size() == 1U);
  BOOST_TEST(run.optimizer.iterations() == 1U);
}

BOOST_AUTO_TEST_CASE(a_run_can_be_stopped_after_an_epoch) {
  Run run;
  Calls calls;
  run.trainer.add(Recorder(calls, "epoch 1 end"));
  BOOST_TEST(run.fit(9).epochs().size() == 2U);
  BOOST_TEST(run.trainer.stopped());
  BOOST_TEST(calls.back() == "train end: loss");
}

// As in Keras the question is asked after the first batch.
BOOST_AUTO_TEST_CASE(a_stop_at_the_begin_of_an_epoch_takes_effect_after_a_batch) {
  Run run;
  Calls calls;
  run.trainer.add(Recorder(calls, "epoch 0 begin"));
  BOOST_TEST(run.fit(9).epochs().size() == 1U);
  BOOST_TEST(run.optimizer.iterations() == 1U);
}

BOOST_AUTO_TEST_CASE(a_second_run_is_not_stopped_by_the_first) {
  Run run;
  Calls calls;
  run.trainer.add(Recorder(calls, "epoch 1 end"));
  run.fit(2);
  BOOST_TEST(run.fit(1).epochs().size() == 1U);
  BOOST_TEST(!run.trainer.stopped());
}

BOOST_AUTO_TEST_CASE(values_that_a_callback_adds_enter_the_history) {
  Run run;
  run.trainer.add(Adder());
  const History history = run.fit(3);
  const std::vector<double> expected{0.0, 1.0, 4.0};
  BOOST_TEST(history.values("epoch_squared") == expected, per_element());
  BOOST_TEST(run.trainer.history().last("epoch_squared") == 4.0);
}

BOOST_AUTO_TEST_CASE(the_plan_tells_the_size_of_the_run) {
  Run run;
  run.fit(2, 0.2);
  const FitPlan& plan = run.trainer.plan();
  BOOST_TEST(plan.first_epoch == 0U);
  BOOST_TEST(plan.epochs == 2U);
  BOOST_TEST(plan.batch_size == 2U);
  BOOST_TEST(plan.batches == 2U);
  BOOST_TEST(plan.samples == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace callback_test
