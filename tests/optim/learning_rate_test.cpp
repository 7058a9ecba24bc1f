// ReduceLROnPlateau and LearningRateScheduler.
#include "rondo/optim/callbacks/learning_rate_scheduler.hpp"
#include "rondo/optim/callbacks/reduce_lr_on_plateau.hpp"
#include "rondo/tests/optim/callback_run.hpp"

namespace learning_rate_test {

using namespace rondo;
using boost::test_tools::per_element;
using Run = test::CallbackRun;

namespace {

/// The rate after each epoch of these losses, from 1 on.
std::vector<double> rates(ReduceLROnPlateauOptions options, const std::vector<double>& values) {
  options.monitor = "loss";
  Run run;
  ReduceLROnPlateau<float> callback(options);
  callback.on_train_begin(run.trainer);
  std::vector<double> result;
  for (std::size_t epoch = 0; epoch < values.size(); ++epoch) {
    Logs logs;
    logs.set("loss", values[epoch]);
    const double before = run.optimizer.learning_rate();
    callback.on_epoch_end(run.trainer, epoch, logs);
    BOOST_TEST(logs.at("learning_rate") == before);
    result.push_back(run.optimizer.learning_rate());
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_learning_rates)

// Waiting 1, 2: reduced; 0 after the improvement; 1, 2: reduced.
BOOST_AUTO_TEST_CASE(a_plateau_lowers_the_rate) {
  const std::vector<double> expected{1.0, 1.0, 0.5, 0.5, 0.5, 0.25};
  BOOST_TEST(rates({.factor = 0.5, .patience = 2}, {3, 3, 3, 1, 2, 2}) == expected, per_element());
}

// With a cooldown of 2 the epoch that ends it can already be a waiting one (it is not in cooldown).
BOOST_AUTO_TEST_CASE(a_cooldown_does_not_count) {
  const std::vector<double> expected{1.0, 0.5, 0.5, 0.25, 0.25, 0.125};
  BOOST_TEST(rates({.factor = 0.5, .patience = 1, .cooldown = 2}, {3, 3, 3, 3, 3, 3}) == expected,
             per_element());
}

// Any number is better than NaN: nothing waits before epoch 4.
BOOST_AUTO_TEST_CASE(a_first_nan_is_no_best_value) {
  const std::vector<double> expected{1.0, 1.0, 1.0, 1.0, 1.0, 0.5};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(rates({.factor = 0.5, .patience = 2}, {nan, 3, 2, 1, 1, 1}) == expected,
             per_element());
}

BOOST_AUTO_TEST_CASE(the_rate_stays_above_its_minimum) {
  const std::vector<double> expected{1.0, 0.4, 0.4};
  BOOST_TEST(rates({.factor = 0.1, .patience = 1, .min_lr = 0.4}, {3, 3, 3}) == expected,
             per_element());
}

BOOST_AUTO_TEST_CASE(a_change_up_to_min_delta_is_no_improvement) {
  const std::vector<double> expected{1.0, 0.5, 0.5};
  BOOST_TEST(rates({.factor = 0.5, .patience = 1, .min_delta = 0.5}, {3, 2.6, 2.0}) == expected,
             per_element());
}

BOOST_AUTO_TEST_CASE(options_of_a_plateau_out_of_range_are_refused) {
  RONDO_CHECK_THROWS(ReduceLROnPlateau<float>({.factor = 1.0}),
                     ArgumentError,
                     "[ReduceLROnPlateau] factor must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(ReduceLROnPlateau<float>({.patience = -1}),
                     ArgumentError,
                     "[ReduceLROnPlateau] patience must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(ReduceLROnPlateau<float>({.cooldown = -1}),
                     ArgumentError,
                     "[ReduceLROnPlateau] cooldown must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(ReduceLROnPlateau<float>({.min_lr = -1.0}),
                     ArgumentError,
                     "[ReduceLROnPlateau] min_lr must be finite and not negative, got -1");
}

BOOST_AUTO_TEST_CASE(a_scheduler_sets_the_rate_of_each_epoch) {
  Run run;
  run.trainer.add(LearningRateScheduler<float>(
      [](std::size_t epoch, double rate) { return epoch == 0 ? 0.5 : rate / 2.0; }));
  const History history = run.fit({.epochs = 3});
  const std::vector<double> expected{0.5, 0.25, 0.125};
  BOOST_TEST(history.values("learning_rate") == expected, per_element());
}

BOOST_AUTO_TEST_CASE(a_scheduler_gives_rates_that_can_be) {
  Run run;
  run.trainer.add(LearningRateScheduler<float>([](std::size_t, double) { return -1.0; }));
  RONDO_CHECK_THROWS(run.fit({}),
                     ArgumentError,
                     "[LearningRateScheduler] the rate of the schedule must be finite and not "
                     "negative, got -1");
  RONDO_CHECK_THROWS(LearningRateScheduler<float>(nullptr),
                     ArgumentError,
                     "[LearningRateScheduler] there is no schedule");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace learning_rate_test
