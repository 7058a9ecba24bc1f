// Truncated back-propagation through time: chunks of sequences with carried states.
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/metric.hpp"
#include "rondo/tests/optim/training.hpp"

namespace tbptt_test {

using namespace rondo;
using boost::test_tools::per_element;
using test::RealTypes;
using test::weights_of;

namespace {

constexpr Verbosity quiet = Verbosity::quiet;

template <Real T>
TensorDataset<T> sequences(std::size_t samples, std::size_t steps) {
  return {test::random_tensor<T>({samples, steps, 2}, 1),
          test::random_tensor<T>({samples, steps, 1}, 2)};
}

template <Real T>
struct Run {
  Sequential<T> model;
  SGD<T> optimizer{{.learning_rate = 0.1}};
  Trainer<T> trainer{model, mean_squared_error<T>, optimizer};

  explicit Run(bool stateful)
      : model(GRU<T>{{.units = 3, .return_sequences = true, .stateful = stateful}},
              Dense<T>{{.units = 1}}) {}
};

/// The bytes of both arenas after training in chunks of 4 steps.
std::size_t arena_bytes(std::size_t steps) {
  Run<float> run(true);
  const auto data = sequences<float>(4, steps);
  run.trainer.fit(data, {.batch_size = 2, .verbose = quiet, .tbptt_steps = 4});
  const Tape<float>& tape = run.trainer.tape();
  return tape.values().bytes_reserved() + tape.gradients().bytes_reserved();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_tbptt)

// Ten samples in batches of 4: also the last one, of 2, begins with zero states.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_chunk_as_long_as_the_sequence_is_no_truncation, T, RealTypes) {
  const auto data = sequences<T>(10, 5);
  std::vector<std::vector<T>> weights;
  std::vector<std::vector<double>> losses;
  for (const std::size_t chunk : {0U, 5U, 99U}) {
    Run<T> run(chunk > 0);
    FitOptions<T> options{.epochs = 3, .batch_size = 4, .verbose = quiet, .validation_data = &data};
    if (chunk > 0) {
      options.tbptt_steps = chunk;
    }
    const History history = run.trainer.fit(data, options);
    weights.push_back(weights_of(run.model));
    losses.push_back(history.values("val_loss"));
  }
  for (std::size_t i = 1; i < weights.size(); ++i) {
    BOOST_TEST(weights[i] == weights[0], per_element());
    BOOST_TEST(losses[i] == losses[0], per_element());
  }
}

// Chunks of 2, 2 and 1 steps by hand: the states go on without gradient, each chunk has its step.
BOOST_AUTO_TEST_CASE_TEMPLATE(chunks_equal_a_loop_by_hand, T, RealTypes) {
  const auto data = sequences<T>(2, 5);
  Run<T> run(true);
  const double loss =
      run.trainer.fit(data, {.batch_size = 2, .verbose = quiet, .shuffle = false, .tbptt_steps = 2})
          .last("loss");

  Run<T> hand(false);
  hand.model.build({5, 2}, 0);
  hand.optimizer.build(hand.model.weights());
  auto& gru = dynamic_cast<GRU<T>&>(*hand.model.children()[0]);
  Layer<T>& dense = *hand.model.children()[1];
  Tensor<T> state = Tensor<T>::zeros({2, 3});
  double expected = 0.0;
  for (std::size_t first = 0; first < 5; first += 2) {
    const std::size_t last = std::min<std::size_t>(first + 2, 5);
    Tape<T> tape;
    hand.optimizer.zero_grad();
    const auto x = slice(tape.constant(data.parts().inputs), 1, first, last);
    const auto y = slice(tape.constant(data.parts().targets), 1, first, last);
    const std::array initial{tape.constant(state)};
    const auto result = gru.run(x, {.training = true, .initial_state = initial});
    const auto error = mean_squared_error(dense(result.output, {.training = true}), y.value());
    state = Tensor<T>::copy_of(result.states[0].value());
    tape.backward(error);
    hand.optimizer.step();
    expected += static_cast<double>(error.item()) * static_cast<double>(last - first) / 5.0;
  }
  const auto by_hand = weights_of(hand.model);
  test::check_close(std::span<const T>(weights_of(run.model)),
                    std::vector<double>(by_hand.begin(), by_hand.end()),
                    test::tolerance<T>);
  BOOST_TEST(loss == expected, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(run.optimizer.iterations() == 3U);
}

BOOST_AUTO_TEST_CASE(memory_does_not_grow_with_the_length_of_the_sequence) {
  BOOST_TEST(arena_bytes(16) == arena_bytes(400));
}

BOOST_AUTO_TEST_CASE(hooks_are_called_once_for_a_batch) {
  Run<float> run(true);
  int begins = 0;
  int ends = 0;
  run.trainer.add(LambdaCallback<float>(
      {.on_train_batch_begin = [&](auto&, std::size_t) { ++begins; },
       .on_train_batch_end = [&](auto&, std::size_t, const Logs&) { ++ends; }}));
  const auto data = sequences<float>(4, 6);
  run.trainer.fit(data, {.batch_size = 2, .verbose = quiet, .tbptt_steps = 2});
  BOOST_TEST(begins == 2);
  BOOST_TEST(ends == 2);
  BOOST_TEST(run.optimizer.iterations() == 6U);
}

// Steps 0 and 1 are valid in one sample, none is in the second chunk: it makes no step.
BOOST_AUTO_TEST_CASE(chunks_of_masked_steps_are_left_out) {
  Run<double> run(true);
  Tensor<bool> mask = Tensor<bool>::full({2, 6}, false);
  mask.data()[0] = mask.data()[1] = mask.data()[6] = true;
  const TensorDataset<double> data({.inputs = test::random_tensor<double>({2, 6, 2}, 1),
                                    .targets = test::random_tensor<double>({2, 6, 1}, 2),
                                    .mask = std::move(mask)});
  const History history =
      run.trainer.fit(data, {.verbose = quiet, .shuffle = false, .tbptt_steps = 2});
  BOOST_TEST(run.optimizer.iterations() == 1U);
  BOOST_TEST(std::isfinite(history.last("loss")));
}

BOOST_AUTO_TEST_CASE(evaluate_goes_through_the_same_chunks) {
  const auto data = sequences<double>(6, 5);
  Run<double> run(true);
  const double validation =
      run.trainer
          .fit(data,
               {.batch_size = 4, .verbose = quiet, .validation_data = &data, .tbptt_steps = 2})
          .last("val_loss");
  const Logs logs = run.trainer.evaluate(data, {.batch_size = 4, .tbptt_steps = 2});
  BOOST_TEST(logs.at("loss") == validation);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_cut_is_refused) {
  Run<float> plain(false);
  const auto data = sequences<float>(4, 6);
  RONDO_CHECK_THROWS(plain.trainer.fit(data, {.verbose = quiet, .tbptt_steps = 2}),
                     ArgumentError,
                     "[Trainer] tbptt_steps needs a model that carries states: set stateful on its "
                     "recurrent layers");
  Run<float> run(true);
  RONDO_CHECK_THROWS(run.trainer.fit(data, {.verbose = quiet, .tbptt_steps = 0}),
                     ArgumentError,
                     "[Trainer] tbptt_steps must be positive, got 0");
  const TensorDataset<float> last_only(Tensor<float>::zeros({4, 6, 2}),
                                       Tensor<float>::zeros({4, 1}));
  RONDO_CHECK_THROWS(
      run.trainer.fit(last_only, {.verbose = quiet, .tbptt_steps = 2}),
      ShapeError,
      "[Trainer] tbptt_steps needs inputs and targets with the same steps [N, steps, ..]: inputs "
      "without batch (6, 2), targets without batch (1)");
  RONDO_CHECK_THROWS(run.trainer.predict(data, {.tbptt_steps = 2}),
                     ArgumentError,
                     "[Trainer] predict: tbptt_steps is for evaluate only");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tbptt_test
