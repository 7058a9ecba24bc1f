#include "rondo/optim/callbacks/early_stopping.hpp"

#include <cmath>

#include "rondo/layers/sequential.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"

namespace early_stopping_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

/// A trainer with one weight, and a callback that is shown values as if epochs had ended.
template <Real T>
struct Run {
  Dense<T> model{{.units = 1, .use_bias = false, .kernel_initializer = "zeros"}};
  SGD<T> optimizer;
  Trainer<T> trainer{model, mean_squared_error<T>, optimizer};
  EarlyStopping<T> callback;

  explicit Run(EarlyStoppingOptions options) : callback(std::move(options)) {
    model.build({1});
    callback.on_train_begin(trainer);
  }

  /// The weight at the end of epoch e is e.
  void show(std::size_t epoch, double value) {
    model.weights()[0]->assign(Tensor<T>::full({1, 1}, static_cast<T>(epoch)));
    Logs logs;
    logs.set("loss", 0.0);
    logs.set("val_loss", value);
    callback.on_epoch_end(trainer, epoch, logs);
  }
};

constexpr int never = -1;

/// The epoch in which training stops.
int stops_in(EarlyStoppingOptions options, const std::vector<double>& values) {
  Run<float> run(std::move(options));
  for (std::size_t epoch = 0; epoch < values.size(); ++epoch) {
    run.show(epoch, values[epoch]);
    if (run.trainer.stopped()) {
      return static_cast<int>(epoch);
    }
  }
  return never;
}

/// The epoch whose weights the model has after `on_train_end`.
double restored(EarlyStoppingOptions options, const std::vector<double>& values) {
  options.restore_best_weights = true;
  Run<float> run(std::move(options));
  for (std::size_t epoch = 0; epoch < values.size(); ++epoch) {
    run.show(epoch, values[epoch]);
  }
  run.callback.on_train_end(run.trainer, {});
  return static_cast<double>(run.model.weights()[0]->value()[0]);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_early_stopping)

BOOST_AUTO_TEST_CASE(without_patience_the_first_epoch_that_does_not_improve_ends_training) {
  BOOST_TEST(stops_in({}, {1.0, 0.9, 0.8}) == never);
  BOOST_TEST(stops_in({}, {1.0, 0.9, 0.9}) == 2);
  BOOST_TEST(stops_in({}, {1.0, 1.5}) == 1);
}

BOOST_AUTO_TEST_CASE(patience_is_the_number_of_epochs_without_improvement) {
  BOOST_TEST(stops_in({.patience = 2}, {1.0, 2.0, 2.0}) == 2);
  BOOST_TEST(stops_in({.patience = 3}, {1.0, 2.0, 2.0}) == never);
  BOOST_TEST(stops_in({.patience = 2}, {1.0, 2.0, 0.5, 2.0, 2.0}) == 4);
}

BOOST_AUTO_TEST_CASE(an_improvement_is_measured_against_the_best_value) {
  BOOST_TEST(stops_in({.patience = 2}, {1.0, 3.0, 2.0}) == 2);
}

BOOST_AUTO_TEST_CASE(a_change_up_to_min_delta_is_no_improvement) {
  BOOST_TEST(stops_in({.min_delta = 0.25, .patience = 2}, {1.0, 0.9, 0.75}) == 2);
  BOOST_TEST(stops_in({.min_delta = 0.25, .patience = 2}, {1.0, 0.9, 0.7}) == never);
  BOOST_TEST(stops_in({.min_delta = 0.25, .mode = MonitorMode::max}, {1.0, 1.25}) == 1);
  BOOST_TEST(stops_in({.min_delta = 0.25, .mode = MonitorMode::max}, {1.0, 1.5}) == never);
}

BOOST_AUTO_TEST_CASE(the_mode_says_what_better_is) {
  BOOST_TEST(stops_in({.mode = MonitorMode::min}, {1.0, 2.0}) == 1);
  BOOST_TEST(stops_in({.mode = MonitorMode::min}, {2.0, 1.0}) == never);
  BOOST_TEST(stops_in({.mode = MonitorMode::max}, {1.0, 2.0}) == never);
  BOOST_TEST(stops_in({.mode = MonitorMode::max}, {2.0, 1.0}) == 1);
}

// Waiting 1, 2, 3, 4: an epoch that improves never stops, the first other one does.
BOOST_AUTO_TEST_CASE(an_improvement_that_misses_the_baseline_does_not_restart_the_patience) {
  BOOST_TEST(stops_in({.patience = 2, .baseline = 0.5}, {0.9, 0.8, 0.7, 0.6}) == never);
  BOOST_TEST(stops_in({.patience = 2, .baseline = 0.5}, {0.9, 0.8, 0.7, 0.7}) == 3);
  BOOST_TEST(stops_in({.patience = 2, .baseline = 0.5}, {0.9, 0.8, 0.4, 0.7}) == never);
  BOOST_TEST(stops_in({.patience = 2, .baseline = 0.5}, {0.9, 0.8, 0.4, 0.7, 0.7}) == 4);
}

BOOST_AUTO_TEST_CASE(epochs_before_start_from_epoch_do_not_count) {
  BOOST_TEST(stops_in({.start_from_epoch = 2}, {1.0, 2.0, 3.0, 2.5, 2.6}) == 4);
  BOOST_TEST(stops_in({.patience = 1, .start_from_epoch = 3}, {1.0, 2.0, 3.0, 4.0, 5.0}) == 4);
}

// NaN is better than nothing, and any number is better than NaN; in Keras a first NaN stays the
// best.
BOOST_AUTO_TEST_CASE(nan_is_no_improvement) {
  BOOST_TEST(stops_in({.patience = 1}, {1.0, NAN}) == 1);
  BOOST_TEST(stops_in({.patience = 2}, {NAN, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0}) == 5);
  BOOST_TEST(stops_in({.patience = 2, .mode = MonitorMode::max}, {NAN, 1.0, 2.0, NAN, 3.0}) ==
             never);
  BOOST_TEST(stops_in({.patience = 2}, {NAN, NAN, NAN}) == 1);
  BOOST_TEST(restored({.patience = 9}, {NAN, 3.0, 1.0, 2.0, NAN}) == 2.0);
  BOOST_TEST(restored({.patience = 9}, {NAN, NAN}) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_second_run_begins_anew) {
  Run<float> run({.patience = 1});
  run.show(0, 1.0);
  run.callback.on_train_begin(run.trainer);
  run.show(0, 5.0);
  run.show(1, 4.0);
  BOOST_TEST(!run.trainer.stopped());
}

BOOST_AUTO_TEST_CASE(the_best_weights_come_back_at_the_end) {
  BOOST_TEST(restored({}, {3.0, 1.0, 2.0}) == 1.0);
  BOOST_TEST(restored({.patience = 9}, {3.0, 2.0, 1.0, 4.0}) == 2.0);
  BOOST_TEST(restored({.start_from_epoch = 1}, {0.0, 2.0, 3.0}) == 1.0);
  BOOST_TEST(restored({.min_delta = 1.0, .patience = 9}, {3.0, 2.5, 2.2}) == 0.0);
}

BOOST_AUTO_TEST_CASE(no_weights_come_back_unless_wanted_or_seen) {
  BOOST_TEST(restored({.start_from_epoch = 9}, {1.0, 2.0, 3.0}) == 2.0);
  Run<float> run({});
  run.show(0, 1.0);
  run.show(1, 2.0);
  run.callback.on_train_end(run.trainer, {});
  BOOST_TEST(run.model.weights()[0]->value()[0] == 1.0F);
}

BOOST_AUTO_TEST_CASE(an_unknown_value_is_answered_with_the_known_ones) {
  RONDO_CHECK_THROWS(stops_in({.monitor = "val_accuracy", .mode = MonitorMode::max}, {1.0}),
                     ArgumentError,
                     "[EarlyStopping] unknown value 'val_accuracy', known are loss, val_loss");
}

BOOST_AUTO_TEST_CASE(a_mode_that_cannot_be_guessed_is_asked_for) {
  Run<float> run({.monitor = "learning_rate"});
  Logs logs;
  logs.set("learning_rate", 0.1);
  RONDO_CHECK_THROWS(
      run.callback.on_epoch_end(run.trainer, 0, logs),
      ArgumentError,
      "[EarlyStopping] whether 'learning_rate' should fall or rise is not known: set "
      "mode to min or max");
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(EarlyStopping<float>({.min_delta = -0.1}),
                     ArgumentError,
                     "[EarlyStopping] min_delta must be finite and not negative, got -0.1");
  RONDO_CHECK_THROWS(EarlyStopping<float>({.patience = -1}),
                     ArgumentError,
                     "[EarlyStopping] patience must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(EarlyStopping<float>({.start_from_epoch = -1}),
                     ArgumentError,
                     "[EarlyStopping] start_from_epoch must be finite and not negative, got -1");
}

// The rate is too large: the loss grows from epoch to epoch, so that the first epoch is the best.
BOOST_AUTO_TEST_CASE_TEMPLATE(training_ends_early_with_the_best_weights, T, RealTypes) {
  const auto data = test::ones<T>(4);
  std::vector<T> first_epoch;
  for (const std::size_t epochs : {1U, 50U}) {
    Dense<T> model{{.units = 1}};
    SGD<T> optimizer({.learning_rate = 0.6});
    Trainer trainer{model, mean_squared_error<T>, optimizer};
    trainer.add(EarlyStopping<T>({.monitor = "loss", .patience = 3, .restore_best_weights = true}));
    const History history =
        trainer.fit(data, {.epochs = epochs, .verbose = Verbosity::quiet, .seed = 3});
    BOOST_TEST(history.epochs().size() == (epochs == 1 ? 1U : 4U));
    BOOST_TEST(trainer.stopped() == (epochs != 1));
    if (epochs == 1) {
      first_epoch = test::weights_of(model);
    } else {
      BOOST_TEST(test::weights_of(model) == first_epoch, boost::test_tools::per_element());
    }
  }
}

// The weight is −1, −2, −3 after the epochs, their average −1, −1.5, −2.25; the first is the best.
BOOST_AUTO_TEST_CASE(the_best_weights_are_not_overwritten_by_averages) {
  const auto mean_output = [](const Variable<double>& p, TensorView<const double>) {
    return mean(p);
  };
  double at_end = 0.0;
  for (const bool restores : {true, false}) {
    Sequential model{Dense<double>{{.units = 1, .use_bias = false, .kernel_initializer = "zeros"}}};
    SGD<double> optimizer({.learning_rate = 1.0, .use_ema = true, .ema_momentum = 0.5});
    Trainer trainer{model, mean_output, optimizer};
    trainer.add(LambdaCallback<double>(
        {.on_epoch_end = [](Trainer<double>&,
                            std::size_t epoch,
                            Logs& logs) { logs.set("x", static_cast<double>(epoch + 1)); },
         .on_train_end = [&](Trainer<double>& t,
                             const Logs&) { at_end = t.model().weights()[0]->value()[0]; }}));
    if (restores) {
      trainer.add(EarlyStopping<double>(
          {.monitor = "x", .patience = 9, .mode = MonitorMode::min, .restore_best_weights = true}));
    }
    const auto data = test::ones<double>(4);
    trainer.fit(data, {.epochs = 3, .batch_size = 4, .verbose = Verbosity::quiet});
    BOOST_TEST(at_end == -2.25);  // what a callback sees that saves here
    BOOST_TEST(model.weights()[0]->value()[0] == (restores ? -1.0 : -2.25));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace early_stopping_test
