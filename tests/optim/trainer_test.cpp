#include "rondo/optim/trainer.hpp"

#include <cmath>

#include "rondo/core/ops.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/masking.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"

namespace trainer_test {

using namespace rondo;
using boost::test_tools::per_element;
using test::check_close;
using test::RealTypes;
using test::weights_of;

namespace {

constexpr Verbosity quiet = Verbosity::quiet;

/// Sequences of three steps; the target is the sum of the first feature.
template <Real T>
TensorDataset<T> sums(std::size_t samples) {
  Tensor<T> x = test::random_tensor<T>({samples, 3, 2}, 5);
  Tensor<T> y = Tensor<T>::zeros({samples, 1});
  for (std::size_t i = 0; i < samples; ++i) {
    for (std::size_t step = 0; step < 3; ++step) {
      y.data()[i] += x.data()[(3 * i + step) * 2];
    }
  }
  return {std::move(x), std::move(y)};
}

template <Real T>
Sequential<T> dropout_model() {
  return Sequential{GRU<T>{{.units = 4, .dropout = 0.2}},
                    Dropout<T>{{.rate = 0.1}},
                    Dense<T>{{.units = 1, .kernel_regularizer = "l2"}}};
}

/// The weights after three epochs of 20 samples in batches of 8.
std::vector<float> trained(std::uint64_t seed) {
  auto model = dropout_model<float>();
  Adam<float> optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  const auto data = sums<float>(20);
  trainer.fit(data, {.epochs = 3, .batch_size = 8, .verbose = quiet, .seed = seed});
  return weights_of(model);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_trainer)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_linear_layer_finds_the_line, T, RealTypes) {
  const auto data = test::line<T>(64);
  Dense<T> model{{.units = 1}};
  SGD<T> optimizer({.learning_rate = 0.2});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history = trainer.fit(data, {.epochs = 60, .batch_size = 16, .verbose = quiet});
  const std::vector<double>& loss = history.values("loss");
  BOOST_REQUIRE(loss.size() == 60U);
  BOOST_TEST(loss[0] > 1.0);
  BOOST_TEST(loss[5] < loss[0]);
  BOOST_TEST(history.last("loss") < 1e-6);
  check_close(model.weights()[0]->value(), {2.0, -3.0}, 1e-3);
  check_close(model.weights()[1]->value(), {0.5}, 1e-3);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bits) {
  const std::vector<float> first = trained(1);
  BOOST_TEST(trained(1) == first, per_element());
  const std::vector<float> other = trained(2);
  BOOST_TEST((other != first));
}

// The loop of the README, with the loader that `fit` makes.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_loop_written_by_hand_gives_the_same_bits, T, RealTypes) {
  const auto data = sums<T>(20);
  auto in_trainer = dropout_model<T>();
  Adam<T> first({.global_clipnorm = 0.5});
  Trainer trainer{in_trainer, mean_squared_error<T>, first};
  trainer.fit(data, {.epochs = 3, .batch_size = 8, .verbose = quiet, .seed = 9});

  auto model = dropout_model<T>();
  model.build(data.layout().inputs, 9);
  Adam<T> optimizer({.global_clipnorm = 0.5});
  optimizer.build(model.weights());
  BatchLoader<T> loader(data, {.batch_size = 8, .shuffle = true, .seed = 9});
  Tape<T> tape;
  for (int epoch = 0; epoch < 3; ++epoch) {
    while (const auto batch = loader.next()) {
      tape.reset();
      optimizer.zero_grad();
      const auto predictions = model(tape.constant(batch->inputs), {.training = true});
      tape.backward(total_loss(mean_squared_error(predictions, batch->targets)));
      optimizer.step();
    }
  }
  BOOST_TEST(weights_of(model) == weights_of(in_trainer), per_element());
}

// A kernel of 1 and no bias predicts x: errors 1 and 2 of the targets 2x and 3x for x = 1.
BOOST_AUTO_TEST_CASE_TEMPLATE(losses_are_weighted_with_the_size_of_the_batch, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::full({3, 1}, T{1}),
                              Tensor<T>::from_values({3, 1}, {T{2}, T{2}, T{3}}));
  Dense<T> model{{.units = 1, .use_bias = false, .kernel_initializer = "ones"}};
  SGD<T> optimizer({.learning_rate = 0.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history = trainer.fit(
      data, {.batch_size = 2, .verbose = quiet, .validation_data = &data, .shuffle = false});
  const double mean = (1.0 + 1.0 + 4.0) / 3.0;
  BOOST_TEST(history.last("loss") == mean, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(history.last("val_loss") == mean, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(trainer.evaluate(data, {.batch_size = 2}).at("loss") == mean,
             boost::test_tools::tolerance(1e-6));
}

// 0.01 · 2² for the kernel and 0.1 · |2 + 2| / 2 for the outputs, beside an error of 0.
BOOST_AUTO_TEST_CASE_TEMPLATE(penalties_count_in_both_losses, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::full({2, 1}, T{1}), Tensor<T>::full({2, 1}, T{2}));
  Dense<T> model{{.units = 1,
                  .kernel_initializer = initializers::constant(2.0),
                  .kernel_regularizer = "l2",
                  .activity_regularizer = regularizers::l1(0.1)}};
  SGD<T> optimizer({.learning_rate = 0.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history = trainer.fit(data, {.verbose = quiet, .validation_data = &data});
  BOOST_TEST(history.last("loss") == 0.24, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(history.last("val_loss") == 0.24, boost::test_tools::tolerance(1e-6));
}

// Dropout of everything would give other predictions in training only.
BOOST_AUTO_TEST_CASE_TEMPLATE(validation_is_not_training, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::full({2, 1}, T{1}), Tensor<T>::full({2, 1}, T{1}));
  Sequential model{Dropout<T>{{.rate = 1.0}}, Dense<T>{{.units = 1, .kernel_initializer = "ones"}}};
  SGD<T> optimizer({.learning_rate = 0.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history = trainer.fit(data, {.verbose = quiet, .validation_data = &data});
  BOOST_TEST(history.last("loss") == 1.0);
  BOOST_TEST(history.last("val_loss") == 0.0);
}

// Targets are 0 in the first six samples and 1 in the last two.
BOOST_AUTO_TEST_CASE_TEMPLATE(validation_split_takes_the_end_before_shuffling, T, RealTypes) {
  const TensorDataset<T> data(
      Tensor<T>::full({8, 1}, T{1}),
      Tensor<T>::from_values({8, 1}, {T{0}, T{0}, T{0}, T{0}, T{0}, T{0}, T{1}, T{1}}));
  Dense<T> model{{.units = 1, .kernel_initializer = "zeros"}};
  SGD<T> optimizer({.learning_rate = 0.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history =
      trainer.fit(data, {.batch_size = 3, .verbose = quiet, .validation_split = 0.25});
  BOOST_TEST(history.last("loss") == 0.0);
  BOOST_TEST(history.last("val_loss") == 1.0);
  BOOST_TEST(trainer.plan().samples == 6U);
  BOOST_TEST(trainer.plan().batches == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(predict_equals_calls_by_hand, T, RealTypes) {
  const auto data = sums<T>(7);
  Sequential model{GRU<T>{{.units = 3, .return_sequences = true}}};
  model.build({3, 2}, 4);
  SGD<T> optimizer;
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const Tensor<T> predicted = trainer.predict(data, {.batch_size = 3});
  BOOST_TEST(predicted.shape() == (Shape{7, 3, 3}));
  Tape<T> tape;
  const auto expected = model(tape.constant(data.parts().inputs));
  const auto found = test::values(predicted.view());
  check_close(expected, std::vector<double>(found.begin(), found.end()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(predict_and_evaluate_change_nothing, T, RealTypes) {
  const auto data = sums<T>(7);
  auto model = dropout_model<T>();
  Adam<T> optimizer;
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  trainer.fit(data, {.verbose = quiet});
  const auto before = weights_of(model);
  const double loss = trainer.evaluate(data).at("loss");
  const auto predicted = test::values(trainer.predict(data).view());
  BOOST_TEST(trainer.evaluate(data).at("loss") == loss);
  BOOST_TEST(test::values(trainer.predict(data).view()) == predicted, per_element());
  BOOST_TEST(weights_of(model) == before, per_element());
  BOOST_TEST(optimizer.iterations() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_may_use_all_of_a_batch, T, RealTypes) {
  const TensorDataset<T> data(
      {.inputs = Tensor<T>::full({4, 1}, T{1}),
       .targets = Tensor<T>::full({4, 1}, T{1}),
       .sample_weights = Tensor<T>::from_values({4}, {T{0}, T{0}, T{0}, T{8}})});
  Dense<T> model{{.units = 1, .kernel_initializer = "zeros"}};
  SGD<T> optimizer({.learning_rate = 0.0});
  std::vector<bool> training;
  Trainer trainer{model,
                  [&](Tape<T>& tape, const Batch<T>& batch, const CallOptions<T>& options) {
                    training.push_back(options.training);
                    const auto error =
                        model(tape.constant(batch.inputs), options) - tape.constant(batch.targets);
                    const auto weights =
                        reshape(tape.constant(batch.sample_weights), error.shape());
                    return mean(weights * error * error);
                  },
                  optimizer};
  const History history = trainer.fit(data, {.verbose = quiet, .validation_data = &data});
  BOOST_TEST(history.last("loss") == 2.0);
  const std::vector<bool> expected{true, false};
  BOOST_TEST(training == expected, per_element());
}

// ---- masks ----

// A masked step keeps the state: the last output is that of the sequence without it.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_mask_of_a_batch_reaches_the_layers, T, RealTypes) {
  const auto short_data = sums<T>(2);
  Tensor<T> inputs = Tensor<T>::full({2, 4, 2}, T{99});
  for (std::size_t i = 0; i < 2; ++i) {
    std::copy_n(short_data.parts().inputs.data() + 6 * i, 6, inputs.data() + 8 * i);
  }
  const TensorDataset<T> data({.inputs = std::move(inputs),
                               .targets = short_data.parts().targets,
                               .mask = Tensor<bool>::from_values(
                                   {2, 4}, {true, true, true, false, true, true, true, false})});
  std::vector<double> losses;
  for (const Dataset<T>* each : std::initializer_list<const Dataset<T>*>{&short_data, &data}) {
    Sequential model{GRU<T>{{.units = 3}}, Dense<T>{{.units = 1}}};
    SGD<T> optimizer({.learning_rate = 0.1});
    Trainer trainer{model, mean_squared_error<T>, optimizer};
    losses.push_back(trainer.fit(*each, {.epochs = 2, .verbose = quiet}).last("loss"));
    losses.push_back(trainer.evaluate(*each).at("loss"));
    losses.push_back(static_cast<double>(trainer.predict(*each).data()[1]));
  }
  BOOST_TEST(losses[0] == losses[3]);
  BOOST_TEST(losses[1] == losses[4]);
  BOOST_TEST(losses[2] == losses[5]);
}

// Zeros are predicted for targets 1, 2, 3 | 4, 5, 6; the steps with 2, 4, 5 are masked:
// (1 + 9 + 36) / 3
BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_of_the_output_leaves_steps_out_of_the_loss, T, RealTypes) {
  const TensorDataset<T> data(
      {.inputs = Tensor<T>::full({2, 3, 1}, T{1}),
       .targets = Tensor<T>::from_values({2, 3, 1}, {T{1}, T{2}, T{3}, T{4}, T{5}, T{6}}),
       .mask = Tensor<bool>::from_values({2, 3}, {true, false, true, false, false, true})});
  Sequential model{GRU<T>{{.units = 2, .return_sequences = true}},
                   Dense<T>{{.units = 1, .kernel_initializer = "zeros"}}};
  SGD<T> optimizer({.learning_rate = 0.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const double loss = trainer.fit(data, {.verbose = quiet}).last("loss");
  BOOST_TEST(loss == 46.0 / 3.0, boost::test_tools::tolerance(1e-6));
}

// The same through a Masking layer: the second step of the first sample is all zeros.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_that_a_layer_makes_counts_too, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::from_values({1, 3, 1}, {T{1}, T{0}, T{1}}),
                              Tensor<T>::from_values({1, 3, 1}, {T{1}, T{2}, T{3}}));
  Sequential model{Masking<T>{},
                   GRU<T>{{.units = 2, .return_sequences = true}},
                   Dense<T>{{.units = 1, .kernel_initializer = "zeros"}}};
  SGD<T> optimizer({.learning_rate = 0.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const double loss = trainer.fit(data, {.verbose = quiet}).last("loss");
  BOOST_TEST(loss == 5.0, boost::test_tools::tolerance(1e-6));
}

// The last two samples are padding and make a batch of their own. The same numbers by a loss that
// takes the mask and by one that does not: 0 for that batch, and no slope.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_batch_of_padding_alone_has_no_loss, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::from_values({4, 2, 1}, {1, 2, 3, 4, 0, 0, 0, 0}),
                              Tensor<T>::full({4, 2, 1}, T{1}));
  const auto weights = Tensor<T>::from_values({4}, {1, 2, 1, 2});
  const auto own = [](const Variable<T>& p, TensorView<const T> y) {
    return mean_squared_error(p, y);
  };
  for (const bool weighted : {false, true}) {
    std::vector<std::vector<double>> found;
    for (const Loss<T>& loss : {Loss<T>(mean_squared_error<T>), Loss<T>(own)}) {
      Sequential model{
          Masking<T>{}, GRU<T>{{.units = 2, .return_sequences = true}}, Dense<T>{{.units = 1}}};
      SGD<T> optimizer({.learning_rate = 0.1});
      Trainer trainer{model, loss, optimizer};
      FitOptions<T> options{.batch_size = 2, .verbose = quiet, .shuffle = false};
      if (weighted) {
        options.sample_weight = weights;
      }
      std::vector<double> numbers{trainer.fit(data, options).last("loss"),
                                  trainer.evaluate(data, {.batch_size = 2}).at("loss")};
      BOOST_TEST(numbers[0] > 0.0);
      for (const T weight : weights_of(model)) {
        numbers.push_back(static_cast<double>(weight));
      }
      found.push_back(std::move(numbers));
    }
    for (std::size_t i = 0; i < found[0].size(); ++i) {
      BOOST_TEST(std::abs(found[1][i] - found[0][i]) <= 1e-6);
    }
  }
}

// ---- runs ----

BOOST_AUTO_TEST_CASE(a_run_may_be_continued_epoch_by_epoch) {
  const auto data = test::line<double>(20);
  std::vector<std::vector<double>> found;
  for (const bool in_parts : {false, true}) {
    Dense<double> model{{.units = 1}};
    Adam<double> optimizer;
    Trainer trainer{model, mean_squared_error<double>, optimizer};
    if (in_parts) {
      trainer.fit(data, {.epochs = 2, .batch_size = 8, .verbose = quiet, .seed = 5});
    }
    const History history = trainer.fit(data,
                                        {.epochs = 4,
                                         .batch_size = 8,
                                         .verbose = quiet,
                                         .seed = 5,
                                         .initial_epoch = in_parts ? 2U : 0U});
    BOOST_TEST(history.epochs().size() == (in_parts ? 2U : 4U));
    BOOST_TEST(history.epochs().back() == 3U);
    found.push_back(weights_of(model));
  }
  BOOST_TEST(found[0] == found[1], per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_of_nan_does_not_crash, T, RealTypes) {
  const TensorDataset<T> data(Tensor<T>::full({4, 1}, T{NAN}), Tensor<T>::full({4, 1}, T{1}));
  Dense<T> model{{.units = 1}};
  Adam<T> optimizer({.global_clipnorm = 1.0});
  Trainer trainer{model, mean_squared_error<T>, optimizer};
  const History history =
      trainer.fit(data, {.epochs = 2, .verbose = quiet, .validation_split = 0.5});
  BOOST_TEST(std::isnan(history.last("loss")));
  BOOST_TEST(std::isnan(history.last("val_loss")));
}

BOOST_AUTO_TEST_CASE(samples_that_do_not_fill_a_batch_may_be_dropped) {
  const auto data = test::line<float>(10);
  Dense<float> model{{.units = 1}};
  SGD<float> optimizer;
  Trainer trainer{model, mean_squared_error<float>, optimizer};
  trainer.fit(data, {.batch_size = 4, .verbose = quiet, .last_batch = LastBatch::drop});
  BOOST_TEST(optimizer.iterations() == 2U);
  BOOST_TEST(trainer.plan().samples == 8U);
}

// The second batch starts with the states of the first: not the result of one that starts anew.
BOOST_AUTO_TEST_CASE(a_stateful_model_carries_its_states_from_batch_to_batch) {
  const auto data = sums<double>(4);
  std::vector<double> losses;
  for (const bool stateful : {true, false}) {
    Sequential model{GRU<double>{{.units = 3, .stateful = stateful}}, Dense<double>{{.units = 1}}};
    SGD<double> optimizer({.learning_rate = 0.0});
    Trainer trainer{model, mean_squared_error<double>, optimizer};
    losses.push_back(
        trainer.fit(data, {.batch_size = 2, .verbose = quiet, .shuffle = false}).last("loss"));
  }
  BOOST_TEST(std::abs(losses[0] - losses[1]) > 1e-6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace trainer_test
