// Weights of samples and classes, parts of epochs, metrics.
#include <cmath>

#include "rondo/core/ops.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/metric.hpp"
#include "rondo/tests/optim/training.hpp"

namespace fit_options_test {

using namespace rondo;
using boost::test_tools::per_element;
using boost::test_tools::tolerance;
using test::RealTypes;

namespace {

constexpr Verbosity quiet = Verbosity::quiet;

/// Predicts zeros for the targets 1, 2, 3, 4: squared errors 1, 4, 9, 16.
template <Real T>
struct Zeros {
  TensorDataset<T> data{Tensor<T>::full({4, 1}, T{1}),
                        Tensor<T>::from_values({4, 1}, {T{1}, T{2}, T{3}, T{4}})};
  Dense<T> model{{.units = 1, .kernel_initializer = "zeros"}};
  SGD<T> optimizer{{.learning_rate = 0.0}};
  Trainer<T> trainer{model, mean_squared_error<T>, optimizer};

  History fit(FitOptions<T> options) {
    options.verbose = quiet;
    return trainer.fit(data, options);
  }
};

/// Targets 1, 2 | 3, 4, of which 2 is masked, with weights 2 | 5.
template <Real T>
TensorDataset<T> weighted_sequences() {
  return TensorDataset<T>({.inputs = Tensor<T>::full({2, 2, 1}, T{1}),
                           .targets = Tensor<T>::from_values({2, 2, 1}, {T{1}, T{2}, T{3}, T{4}}),
                           .mask = Tensor<bool>::from_values({2, 2}, {true, false, true, true}),
                           .sample_weights = Tensor<T>::from_values({2}, {T{2}, T{5}})});
}

template <Real T>
Sequential<T> zeros_of_sequences() {
  return Sequential{GRU<T>{{.units = 2, .return_sequences = true}},
                    Dense<T>{{.units = 1, .kernel_initializer = "zeros"}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_fit_options)

// ---- weights ----

// (2·1 + 0·4 + 1·9 + 3·16) / 4: the weights do not change the divisor.
BOOST_AUTO_TEST_CASE_TEMPLATE(sample_weights_multiply_the_losses, T, RealTypes) {
  Zeros<T> run;
  const std::vector<T> weights{T{2}, T{0}, T{1}, T{3}};
  const TensorView<const T> view(weights.data(), {4});
  const double loss = run.fit({.sample_weight = view}).last("loss");
  BOOST_TEST(loss == 59.0 / 4.0, tolerance(1e-6));
}

// The last sample validates: 3 · 16. The others train: (2 + 0 + 9) / 3.
BOOST_AUTO_TEST_CASE_TEMPLATE(sample_weights_are_split_with_their_samples, T, RealTypes) {
  Zeros<T> run;
  const std::vector<T> weights{T{2}, T{0}, T{1}, T{3}};
  const History history = run.fit(
      {.validation_split = 0.25, .sample_weight = TensorView<const T>(weights.data(), {4})});
  BOOST_TEST(history.last("loss") == 11.0 / 3.0, tolerance(1e-6));
  BOOST_TEST(history.last("val_loss") == 48.0, tolerance(1e-6));
}

// Class 2 counts double, class 3 not at all, others once; validation has no class weights.
BOOST_AUTO_TEST_CASE_TEMPLATE(class_weights_go_by_the_number_of_the_class, T, RealTypes) {
  Zeros<T> run;
  const History history =
      run.fit({.validation_data = &run.data, .class_weight = {{2, 2.0}, {3, 0.0}}});
  BOOST_TEST(history.last("loss") == (1.0 + 8.0 + 0.0 + 16.0) / 4.0, tolerance(1e-6));
  BOOST_TEST(history.last("val_loss") == 30.0 / 4.0, tolerance(1e-6));
}

// Errors (1 + 0) / 2 and (0 + 4) / 2; the largest value names the class.
BOOST_AUTO_TEST_CASE_TEMPLATE(class_weights_go_by_one_hot_targets, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::full({2, 1}, T{1}),
                              Tensor<T>::from_values({2, 2}, {T{1}, T{0}, T{0}, T{2}}));
  Dense<T> model{{.units = 2, .kernel_initializer = "zeros"}};
  SGD<T> optimizer{{.learning_rate = 0.0}};
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const double loss =
      trainer.fit(data, {.verbose = quiet, .class_weight = {{1, 3.0}}}).last("loss");
  BOOST_TEST(loss == (0.5 + 3.0 * 2.0) / 2.0, tolerance(1e-6));
}

// A weight of 2 for a sample is the sample twice, up to the divisor.
BOOST_AUTO_TEST_CASE_TEMPLATE(weights_reach_the_gradients, T, RealTypes) {
  const auto data = test::line<T>(2);
  const std::vector<T> weights{T{2}, T{0}};
  std::vector<std::vector<T>> found;
  for (const bool weighted : {true, false}) {
    Dense<T> model{{.units = 1}};
    SGD<T> optimizer;
    Trainer trainer{model, mean_squared_error<T>, optimizer};
    const Subset<T> first(data, 0, 1);
    if (weighted) {
      const TensorView<const T> view(weights.data(), {2});
      trainer.fit(data, {.verbose = quiet, .sample_weight = view});
    } else {
      trainer.fit(first, {.verbose = quiet});
    }
    found.push_back(test::weights_of(model));
  }
  test::check_close(std::span<const T>(found[0]),
                    std::vector<double>(found[1].begin(), found[1].end()),
                    test::tolerance<T>);
}

// (2·1 + 5·9 + 5·16) / 3
BOOST_AUTO_TEST_CASE_TEMPLATE(weights_and_masks_meet, T, RealTypes) {
  const auto data = weighted_sequences<T>();
  auto model = zeros_of_sequences<T>();
  SGD<T> optimizer{{.learning_rate = 0.0}};
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  trainer.add_metric(test::AbsoluteError<T>());
  const History history = trainer.fit(data, {.verbose = quiet});
  BOOST_TEST(history.last("loss") == 127.0 / 3.0, tolerance(1e-6));
  BOOST_TEST(history.last("mae") == (2.0 + 15.0 + 20.0) / 12.0, tolerance(1e-6));
}

// A function of predictions and targets alone is asked row by row.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_without_options_is_weighted_too, T, RealTypes) {
  const auto data = weighted_sequences<T>();
  auto model = zeros_of_sequences<T>();
  SGD<T> optimizer{{.learning_rate = 0.0}};
  Trainer trainer{model,
                  [](const Variable<T>& predictions, TensorView<const T> targets) {
                    return mean(square(predictions - predictions.tape().constant(targets)));
                  },
                  optimizer};
  const double loss = trainer.fit(data, {.verbose = quiet}).last("loss");
  BOOST_TEST(loss == 127.0 / 3.0, tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(weights_that_do_not_fit_are_refused) {
  Zeros<float> run;
  const std::vector<float> three(3, 1.0F);
  const TensorView<const float> short_view(three.data(), {3});
  RONDO_CHECK_THROWS(run.fit({.sample_weight = short_view}),
                     ShapeError,
                     "[Trainer] sample_weight must have one value for each sample: sample_weight "
                     "(3), expected (4)");
  const std::vector<float> nan{1.0F, NAN, 1.0F, 1.0F};
  const TensorView<const float> nan_view(nan.data(), {4});
  RONDO_CHECK_THROWS(run.fit({.sample_weight = nan_view}),
                     ArgumentError,
                     "[Trainer] sample_weight must be finite, got nan at 1");
  RONDO_CHECK_THROWS(run.fit({.class_weight = {{1, 1.0}}, .sample_weight = nan_view}),
                     ArgumentError,
                     "[Trainer] class_weight and sample_weight exclude one another");
  RONDO_CHECK_THROWS(run.fit({.class_weight = {{-1, 1.0}}}),
                     ArgumentError,
                     "[Trainer] class_weight names class -1, which targets (1) cannot have");
  RONDO_CHECK_THROWS(run.fit({.class_weight = {{1, -1.0}}}),
                     ArgumentError,
                     "[Trainer] class_weight must be finite and not negative, got -1 for class 1");
  run.data =
      TensorDataset<float>(Tensor<float>::full({1, 1}, 1.0F), Tensor<float>::full({1, 1}, 0.5F));
  RONDO_CHECK_THROWS(run.fit({.class_weight = {{1, 1.0}}}),
                     ArgumentError,
                     "[Trainer] class_weight: the target 0.5 of sample 0 is no class");
}

BOOST_AUTO_TEST_CASE(class_weights_need_a_class_for_each_sample) {
  const TensorDataset<float> sequences(Tensor<float>::zeros({2, 3, 1}),
                                       Tensor<float>::zeros({2, 3, 1}));
  const TensorDataset<float> weighted({.inputs = Tensor<float>::zeros({2, 1}),
                                       .targets = Tensor<float>::zeros({2, 1}),
                                       .sample_weights = Tensor<float>::zeros({2})});
  const TensorDataset<float> one_hot(Tensor<float>::zeros({2, 1}), Tensor<float>::zeros({2, 3}));
  Zeros<float> run;
  const auto fit = [&](const Dataset<float>& data, int index) {
    run.trainer.fit(data, {.verbose = quiet, .class_weight = {{index, 1.0}}});
  };
  RONDO_CHECK_THROWS(fit(sequences, 0),
                     ShapeError,
                     "[Trainer] class_weight needs one class for each sample: a number, or one "
                     "value for each class: targets without batch (3, 1)");
  RONDO_CHECK_THROWS(fit(weighted, 0),
                     ArgumentError,
                     "[Trainer] class_weight and the data set's own sample weights exclude one "
                     "another");
  RONDO_CHECK_THROWS(fit(one_hot, 3),
                     ArgumentError,
                     "[Trainer] class_weight names class 3, which targets (3) cannot have");
}

// ---- parts of epochs ----

// Four samples in batches of one: epochs of three steps use 0 1 2 | 3 0 1 | 2 3 0.
BOOST_AUTO_TEST_CASE(an_epoch_of_steps_goes_on_where_the_last_one_stopped) {
  Zeros<float> run;
  const History history =
      run.fit({.epochs = 3, .batch_size = 1, .shuffle = false, .steps_per_epoch = 3});
  const std::vector<double> expected{14.0 / 3.0, 21.0 / 3.0, 26.0 / 3.0};
  test::check_close(std::span<const double>(history.values("loss")), expected, 1e-6);
  BOOST_TEST(run.trainer.plan().batches == 3U);
  const History last = run.fit(
      {.epochs = 3, .batch_size = 1, .shuffle = false, .initial_epoch = 2, .steps_per_epoch = 3});
  BOOST_TEST(last.last("loss") == expected[2], tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(an_epoch_may_go_through_the_data_several_times) {
  Zeros<float> run;
  const History history = run.fit({.batch_size = 4, .steps_per_epoch = 5});
  BOOST_TEST(history.last("loss") == 7.5, tolerance(1e-6));
  BOOST_TEST(run.optimizer.iterations() == 5U);
}

BOOST_AUTO_TEST_CASE(validation_steps_take_the_first_batches_every_time) {
  Zeros<float> run;
  const History history = run.fit({.epochs = 2,
                                   .batch_size = 4,
                                   .validation_data = &run.data,
                                   .validation_steps = 3,
                                   .validation_batch_size = 1});
  const std::vector<double> expected(2, 14.0 / 3.0);
  test::check_close(std::span<const double>(history.values("val_loss")), expected, 1e-6);
}

BOOST_AUTO_TEST_CASE(validation_freq_leaves_epochs_out) {
  Zeros<float> run;
  const History history =
      run.fit({.epochs = 5, .validation_data = &run.data, .validation_freq = 2});
  const auto& values = history.values("val_loss");
  std::vector<bool> validated;
  for (const double value : values) {
    validated.push_back(!std::isnan(value));
  }
  const std::vector<bool> expected{false, true, false, true, false};
  BOOST_TEST(validated == expected, per_element());
}

BOOST_AUTO_TEST_CASE(parts_that_cannot_be_are_refused) {
  Zeros<float> run;
  const auto check = [&](const FitOptions<float>& options, const std::string& problem) {
    RONDO_CHECK_THROWS(run.fit(options), ArgumentError, "[Trainer] " + problem);
  };
  check({.steps_per_epoch = 0}, "steps_per_epoch must be positive, got 0");
  check({.validation_data = &run.data, .validation_steps = 0},
        "validation_steps must be positive, got 0");
  check({.validation_data = &run.data, .validation_freq = 0},
        "validation_freq must be positive, got 0");
  check({.validation_data = &run.data, .validation_batch_size = 0},
        "validation_batch_size must be positive, got 0");
  check({.validation_data = &run.data, .validation_steps = 2},
        "validation_steps is 2, the data have 1 batches");
  check({.validation_steps = 2}, "validation_steps needs validation_data or validation_split");
  check({.validation_batch_size = 2},
        "validation_batch_size needs validation_data or validation_split");
  check({.validation_freq = 2}, "validation_freq needs validation_data or validation_split");
}

// ---- metrics ----

// The step of the first batch brings the prediction for 2 from 0 to 2 · 0.5 · 2 = 2.
BOOST_AUTO_TEST_CASE_TEMPLATE(metrics_see_predictions_from_before_the_step, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::full({2, 1}, T{1}), Tensor<T>::full({2, 1}, T{2}));
  Dense<T> model{{.units = 1, .use_bias = false, .kernel_initializer = "zeros"}};
  SGD<T> optimizer{{.learning_rate = 0.5}};
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  trainer.add_metric(test::AbsoluteError<T>());
  std::vector<double> in_batches;
  trainer.add(LambdaCallback<T>({.on_train_batch_end = [&](auto&, std::size_t, const Logs& logs) {
    in_batches.push_back(logs.at("mae"));
  }}));
  const History history =
      trainer.fit(data, {.batch_size = 1, .verbose = quiet, .validation_data = &data});
  const std::vector<double> expected{2.0, 1.0};
  BOOST_TEST(in_batches == expected, per_element());
  BOOST_TEST(history.last("mae") == 1.0);
  BOOST_TEST(history.last("val_mae") == 0.0);
  const std::vector<std::string> names{"loss", "mae", "val_loss", "val_mae"};
  BOOST_TEST(history.names() == names, per_element());
  BOOST_TEST(trainer.evaluate(data).at("mae") == 0.0);
}

BOOST_AUTO_TEST_CASE(names_of_metrics_are_unique) {
  Zeros<float> run;
  run.trainer.add_metric(test::AbsoluteError<float>());
  for (const char* const name : {"mae", "loss", "val_mae", ""}) {
    RONDO_CHECK_THROWS(run.trainer.add_metric(test::AbsoluteError<float>(name)),
                       ArgumentError,
                       "[Trainer] a metric cannot be called '" + std::string(name) +
                           "': the name is taken or reserved");
  }
}

BOOST_AUTO_TEST_CASE(metrics_need_the_predictions_of_a_loss_of_ones_own) {
  const auto data = test::line<float>(4);
  Dense<float> model{{.units = 1}};
  SGD<float> optimizer;
  bool returns_predictions = false;
  Trainer trainer{
      model,
      [&](Tape<float>& tape, const Batch<float>& batch, const CallOptions<float>& options) {
        const auto predictions = model(tape.constant(batch.inputs), options);
        const auto loss = mean_squared_error(predictions, batch.targets);
        return returns_predictions ? BatchResult<float>(loss, predictions)
                                   : BatchResult<float>(loss);
      },
      optimizer};
  trainer.add_metric(test::AbsoluteError<float>());
  RONDO_CHECK_THROWS(
      trainer.fit(data, {.verbose = quiet}),
      ArgumentError,
      "[Trainer] metrics need predictions: return {loss, predictions} from the loss");
  returns_predictions = true;
  BOOST_TEST(trainer.fit(data, {.verbose = quiet}).last("mae") > 0.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fit_options_test
