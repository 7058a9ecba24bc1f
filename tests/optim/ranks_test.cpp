// Training on several ranks, as threads: the same bits whatever their number.
#include <array>
#include <cstring>
#include <functional>
#include <memory>

#include "rondo/distributed/distributed.hpp"
#include "rondo/layers/dropout.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/reduce_lr_on_plateau.hpp"
#include "rondo/optim/metrics/metrics.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"

namespace ranks_test {

using namespace rondo;
using boost::test_tools::per_element;
using test::weights_of;

namespace {

/// All bits that a run leaves: weights, history, state of the optimizer.
struct Bits {
  std::vector<std::uint32_t> weights;
  std::vector<std::uint64_t> history;

  friend bool operator==(const Bits&, const Bits&) = default;
};

template <class To, class From>
std::vector<To> bits_of(const std::vector<From>& values) {
  static_assert(sizeof(To) == sizeof(From));
  std::vector<To> bits(values.size());
  std::memcpy(bits.data(), values.data(), values.size() * sizeof(To));
  return bits;
}

/// One way to train.
struct Case {
  GRUOptions gru = {.units = 3, .return_sequences = true};
  AdamOptions adam = {.learning_rate = 0.02};
  double dropout = 0.0;
  bool masked = false;
  bool weighted = false;
  FitOptions<float> fit = {.epochs = 3, .batch_size = 16, .validation_split = 0.25};
  std::function<void(Trainer<float>&)> add = [](Trainer<float>&) {};
};

/// 44 samples of 5 steps: 33 train in batches of 16, 16 and 1.
std::unique_ptr<Dataset<float>> data_of(const Case& c) {
  constexpr std::size_t n = 44, steps = 5;
  auto inputs = test::random_tensor<float>({n, steps, 2}, 1);
  auto targets = test::random_tensor<float>({n, steps, 1}, 2);
  TensorDatasetParts<float> parts{.inputs = std::move(inputs), .targets = std::move(targets)};
  if (c.masked) {
    parts.mask = Tensor<bool>({n, steps});
    for (std::size_t i = 0; i < n * steps; ++i) {
      parts.mask->data()[i] = i % steps < 1 + i / steps % steps;  // 1 to 5 steps
    }
  }
  if (c.weighted) {
    parts.sample_weights = Tensor<float>({n});
    for (std::size_t i = 0; i < n; ++i) {
      parts.sample_weights->data()[i] = 0.5F + static_cast<float>(i % 3);
    }
  }
  return std::make_unique<TensorDataset<float>>(std::move(parts));
}

Sequential<float> model_of(const Case& c) {
  Sequential<float> model{GRU<float>{c.gru}};
  if (c.dropout > 0.0) {
    model.add(Dropout<float>{{.rate = c.dropout}});
  }
  model.add(Dense<float>{{.units = 1}});
  return model;
}

Bits train(const Case& c, Communicator* ranks) {
  const auto data = data_of(c);
  auto model = model_of(c);
  Adam<float> optimizer(c.adam);
  Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
  trainer.add_metric(MeanAbsoluteError<float>());
  trainer.add_metric(R2Score<float>());
  c.add(trainer);
  FitOptions<float> options = c.fit;
  options.verbose = Verbosity::quiet;
  options.seed = 5;
  options.communicator = ranks;
  if (ranks == nullptr) {
    options.shards = 8;
  }
  const History history = trainer.fit(*data, options);
  std::vector<float> values = weights_of(model);
  for (const auto& state : optimizer.state()) {
    values.insert(values.end(), state.values.begin(), state.values.end());
  }
  std::vector<double> numbers;
  for (const std::string& name : history.names()) {
    const auto& column = history.values(name);
    numbers.insert(numbers.end(), column.begin(), column.end());
  }
  return {bits_of<std::uint32_t>(values), bits_of<std::uint64_t>(numbers)};
}

/// One process with 8 shards, and 1, 2, 3, 4 and 8 ranks, all of whose ranks must agree.
void check_same_bits(const Case& c) {
  const Bits expected = train(c, nullptr);
  for (const std::size_t count : {1U, 2U, 3U, 4U, 8U}) {
    std::vector<Bits> found(count);
    run_on_threads(count, [&](Communicator& ranks) { found[ranks.rank()] = train(c, &ranks); });
    for (std::size_t rank = 0; rank < count; ++rank) {
      BOOST_TEST((found[rank].weights == expected.weights), count << " ranks, rank " << rank);
      BOOST_TEST((found[rank].history == expected.history), count << " ranks, rank " << rank);
    }
  }
}

/// The gradient of one batch of 13 samples, which SGD with rate 1 takes away from the weights.
template <Real T>
std::vector<T> gradient_of(std::optional<std::size_t> shards, bool masked) {
  TensorDatasetParts<T> parts{.inputs = test::random_tensor<T>({13, 6, 2}, 3),
                              .targets = test::random_tensor<T>({13, 6, 1}, 4)};
  if (masked) {
    parts.mask = Tensor<bool>({13, 6});
    for (std::size_t i = 0; i < 13 * 6; ++i) {
      parts.mask->data()[i] = i % 6 < i / 6 % 7;  // 0 to 6 steps: some have none
    }
  }
  const TensorDataset<T> data(std::move(parts));
  Sequential<T> model{GRU<T>{{.units = 4, .kernel_regularizer = "l2", .return_sequences = true}},
                      Dense<T>{{.units = 1}}};
  model.build(data.layout().inputs, 1);
  const std::vector<T> before = weights_of(model);
  SGD<T> optimizer({.learning_rate = 1.0});
  Trainer<T> trainer(model, mean_squared_error<T>, optimizer);
  trainer.fit(data, {.batch_size = 13, .verbose = Verbosity::quiet, .shards = shards});
  std::vector<T> gradient = weights_of(model);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    gradient[i] = before[i] - gradient[i];
  }
  return gradient;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_ranks)

BOOST_AUTO_TEST_CASE(plain) {
  check_same_bits({});
}

BOOST_AUTO_TEST_CASE(dropout_and_recurrent_dropout) {
  check_same_bits(
      {.gru = {.units = 3, .dropout = 0.3, .recurrent_dropout = 0.25, .return_sequences = true},
       .dropout = 0.4});
}

BOOST_AUTO_TEST_CASE(masks_and_sample_weights) {
  check_same_bits({.masked = true, .weighted = true});
}

BOOST_AUTO_TEST_CASE(clipping) {
  check_same_bits({.adam = {.learning_rate = 0.02, .global_clipnorm = 0.05}});
}

BOOST_AUTO_TEST_CASE(averages_and_accumulation) {
  check_same_bits({.adam = {.learning_rate = 0.02, .use_ema = true, .ema_momentum = 0.9}});
  check_same_bits({.adam = {.learning_rate = 0.02, .gradient_accumulation_steps = 2}});
}

BOOST_AUTO_TEST_CASE(loss_scale_and_class_weights) {
  check_same_bits({.adam = {.learning_rate = 0.02, .loss_scale_factor = 128.0}});
}

// 33 samples in batches of 16 leave one: most shards have none of it.
BOOST_AUTO_TEST_CASE(prefetch_and_steps_across_epochs) {
  Case c;
  c.fit.prefetch = 2;
  c.fit.steps_per_epoch = 2;
  c.fit.validation_batch_size = 3;
  check_same_bits(c);
}

BOOST_AUTO_TEST_CASE(stateful_layers) {
  Case c{.gru = {.units = 3, .dropout = 0.2, .return_sequences = true, .stateful = true}};
  c.fit.batch_size = 11;
  c.fit.shuffle = false;
  check_same_bits(c);
}

BOOST_AUTO_TEST_CASE(chunks_of_sequences) {
  Case c{.gru = {.units = 3, .dropout = 0.2, .return_sequences = true, .stateful = true}};
  c.fit.tbptt_steps = 2;
  check_same_bits(c);
  c.masked = true;
  check_same_bits(c);
}

BOOST_AUTO_TEST_CASE(decisions_of_callbacks) {
  Case c;
  c.fit.epochs = 30;
  c.add = [](Trainer<float>& trainer) {
    trainer.add(ReduceLROnPlateau<float>({.monitor = "val_loss", .factor = 0.5, .patience = 1}));
    trainer.add(EarlyStopping<float>(
        {.monitor = "val_mean_absolute_error", .patience = 3, .restore_best_weights = true}));
  };
  check_same_bits(c);
}

// The seed of a model that was not built is that of the first rank: so are its weights.
BOOST_AUTO_TEST_CASE(weights_are_those_of_the_first_rank) {
  const auto data = test::line<float>(32);
  std::vector<std::vector<float>> found(3);
  run_on_threads(3, [&](Communicator& ranks) {
    Dense<float> model{{.units = 1}};
    model.build({2}, 100 + ranks.rank());
    SGD<float> optimizer({.learning_rate = 0.01});
    Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
    trainer.fit(data, {.verbose = Verbosity::quiet, .communicator = &ranks});
    found[ranks.rank()] = weights_of(model);
  });
  BOOST_TEST(found[1] == found[0], per_element());
  BOOST_TEST(found[2] == found[0], per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(shards_add_up_to_the_gradient_of_the_batch, T, test::RealTypes) {
  for (const bool masked : {false, true}) {
    const std::vector<T> whole = gradient_of<T>(std::nullopt, masked);
    for (std::size_t shards = 1; shards <= 13; ++shards) {
      test::check_close(std::span<const T>(gradient_of<T>(shards, masked)),
                        std::vector<double>(whole.begin(), whole.end()),
                        test::tolerance<T>);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_free_order_agrees_within_rounding_and_between_ranks) {
  Case c;
  const auto run = [&](std::size_t count) {
    std::vector<std::vector<float>> found(count);
    run_on_threads(count, [&](Communicator& ranks) {
      const auto data = data_of(c);
      auto model = model_of(c);
      Adam<float> optimizer(c.adam);
      Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
      trainer.fit(*data,
                  {.epochs = 2,
                   .batch_size = 16,
                   .verbose = Verbosity::quiet,
                   .seed = 5,
                   .communicator = &ranks,
                   .sum_order = SumOrder::any});
      found[ranks.rank()] = weights_of(model);
    });
    for (const auto& weights : found) {
      BOOST_TEST(weights == found[0], per_element());
    }
    return found[0];
  };
  const std::vector<float> one = run(1);
  test::check_close(
      std::span<const float>(run(3)), std::vector<double>(one.begin(), one.end()), 1e-4);
}

// The loop of optim/README.md with two more calls; the sum of means over equal parts, divided.
BOOST_AUTO_TEST_CASE(a_loop_by_hand_needs_two_calls) {
  const auto data = test::line<float>(32);
  std::array<std::vector<float>, 4> found;
  run_on_threads(4, [&](Communicator& ranks) {
    Dense<float> model{{.units = 1}};
    SGD<float> optimizer({.learning_rate = 0.1});
    model.build({2}, ranks.rank());
    optimizer.build(model.weights());
    for (Parameter<float>* weight : model.weights()) {
      const auto values = weight->mutable_value();
      ranks.broadcast(std::span<float>(values.data(), values.size()), 0);
    }
    BatchLoader<float> loader(
        data, {.batch_size = 32, .part = {ranks.rank(), ranks.rank() + 1, ranks.size()}});
    Tape<float> tape;
    for (int epoch = 0; epoch < 5; ++epoch) {
      while (const auto batch = loader.next()) {
        tape.reset();
        optimizer.zero_grad();
        const auto predictions = model(tape.constant(batch->inputs), {.training = true});
        tape.backward(mean_squared_error(predictions, batch->targets) * 0.25F);
        for (Parameter<float>* weight : model.weights()) {
          const auto gradient = weight->grad();
          ranks.sum(std::span<float>(gradient.data(), gradient.size()));
        }
        optimizer.step();
      }
    }
    found[ranks.rank()] = weights_of(model);
  });
  Dense<float> model{{.units = 1}};
  model.build({2}, 0);
  SGD<float> optimizer({.learning_rate = 0.1});
  Trainer<float> trainer(model, mean_squared_error<float>, optimizer);
  trainer.fit(data, {.epochs = 5, .batch_size = 32, .verbose = Verbosity::quiet, .shuffle = false});
  const std::vector<float> whole = weights_of(model);
  for (const auto& weights : found) {
    BOOST_TEST(weights == found[0], per_element());
    test::check_close(
        std::span<const float>(weights), std::vector<double>(whole.begin(), whole.end()), 1e-5);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ranks_test
