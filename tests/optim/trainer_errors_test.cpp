#include <vector>

#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/optim/training.hpp"

namespace trainer_errors_test {

using namespace rondo;

namespace {

constexpr Verbosity quiet = Verbosity::quiet;

struct Run {
  Dense<float> model{{.units = 1}};
  SGD<float> optimizer;
  Trainer<float> trainer{model, mean_squared_error<float>, optimizer};
  TensorDataset<float> data = test::line<float>(4);

  void fit(const FitOptions<float>& options) { trainer.fit(data, options); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_trainer_errors)

BOOST_AUTO_TEST_CASE(options_out_of_range_are_refused) {
  Run run;
  RONDO_CHECK_THROWS(
      run.fit({.epochs = 0}), ArgumentError, "[Trainer] epochs must be positive, got 0");
  RONDO_CHECK_THROWS(run.fit({.epochs = 3, .initial_epoch = 3}),
                     ArgumentError,
                     "[Trainer] epochs must lie above initial_epoch, got 3 and 3");
  RONDO_CHECK_THROWS(run.fit({.batch_size = 0}),
                     ArgumentError,
                     "[BatchLoader] batch_size must be positive, got 0");
  RONDO_CHECK_THROWS(run.fit({.validation_split = 1.0}),
                     ArgumentError,
                     "[Trainer] validation_split must lie in [0, 1), got 1");
  RONDO_CHECK_THROWS(run.fit({.validation_split = -0.5}),
                     ArgumentError,
                     "[Trainer] validation_split must lie in [0, 1), got -0.5");
  RONDO_CHECK_THROWS(run.fit({.batch_size = 5, .last_batch = LastBatch::drop}),
                     ArgumentError,
                     "[BatchLoader] 4 samples do not fill a batch of 5, and last_batch is drop");
  BOOST_TEST(!run.model.built());
  BOOST_TEST(!run.optimizer.built());
}

BOOST_AUTO_TEST_CASE(a_split_needs_a_sample_on_both_sides) {
  Run run;
  RONDO_CHECK_THROWS(run.fit({.validation_split = 0.9}),
                     ArgumentError,
                     "[split_for_validation] 4 samples cannot be split at 0.9: a part is empty");
  run.data = test::line<float>(1);
  RONDO_CHECK_THROWS(run.fit({.validation_split = 0.5}),
                     ArgumentError,
                     "[split_for_validation] 1 samples cannot be split at 0.5: a part is empty");
}

BOOST_AUTO_TEST_CASE(there_is_one_source_of_validation_data) {
  Run run;
  RONDO_CHECK_THROWS(run.fit({.validation_split = 0.5, .validation_data = &run.data}),
                     ArgumentError,
                     "[Trainer] validation_split and validation_data exclude one another");
}

BOOST_AUTO_TEST_CASE(a_stateful_model_is_not_trained_on_shuffled_samples) {
  const TensorDataset<float> data(Tensor<float>::zeros({4, 3, 2}), Tensor<float>::zeros({4, 5}));
  Sequential model{GRU{{.units = 5, .stateful = true}}};
  SGD optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  RONDO_CHECK_THROWS(
      trainer.fit(data, {.verbose = quiet}),
      ArgumentError,
      "[Trainer] a stateful model needs its samples in their order: set shuffle to false");
  trainer.fit(data, {.batch_size = 2, .verbose = quiet, .shuffle = false});
  BOOST_TEST(optimizer.iterations() == 2U);
}

BOOST_AUTO_TEST_CASE(inputs_that_the_model_does_not_take_are_refused) {
  Run run;
  run.data = TensorDataset<float>({.inputs = Tensor<float>::zeros({4, 2}),
                                   .targets = Tensor<float>::zeros({4, 1}),
                                   .extra_inputs = {Tensor<float>::zeros({4, 1})}});
  const std::string text =
      "[dense] takes one input, got 1 extra_inputs beside it: make the layers a Model, whose "
      "function joins them";
  RONDO_CHECK_THROWS(run.fit({.verbose = quiet}), ArgumentError, text);
  RONDO_CHECK_THROWS(run.trainer.predict(run.data), ArgumentError, text);
}

BOOST_AUTO_TEST_CASE(a_model_that_is_not_built_cannot_be_asked) {
  Run run;
  RONDO_CHECK_THROWS(run.trainer.predict(run.data),
                     StateError,
                     "[Trainer] predict: the model is not built: call fit first");
  RONDO_CHECK_THROWS(run.trainer.evaluate(run.data),
                     StateError,
                     "[Trainer] evaluate: the model is not built: call fit first");
}

BOOST_AUTO_TEST_CASE(a_mask_of_the_output_needs_targets_with_steps) {
  const TensorDataset<float> data({.inputs = Tensor<float>::zeros({2, 3, 1}),
                                   .targets = Tensor<float>::zeros({2, 5}),
                                   .mask = Tensor<bool>::full({2, 3}, false)});
  Sequential model{GRU{{.units = 5, .return_sequences = true}}};
  SGD optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  RONDO_CHECK_THROWS(trainer.fit(data, {.verbose = quiet}),
                     ShapeError,
                     "[Trainer] a mask reaches the output, so targets must be [N, steps, ..]: "
                     "targets (2, 5), mask "
                     "(2, 3)");
}

BOOST_AUTO_TEST_CASE(training_goes_on_after_an_error) {
  Run run;
  RONDO_CHECK_THROWS(
      run.fit({.epochs = 0}), ArgumentError, "[Trainer] epochs must be positive, got 0");
  run.fit({.verbose = quiet});
  BOOST_TEST(run.trainer.history().epochs().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace trainer_errors_test
