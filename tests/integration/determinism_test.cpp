// One seed, one result: to the last bit.
#include "rondo/data/batch_loader.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/tests/support/check.hpp"

namespace determinism_test {

using namespace rondo;
using test::random_tensor;

namespace {

constexpr std::size_t samples = 30, steps = 5, features = 3;

Sequential<float> make_model() {
  Sequential<float> model;
  model.add(GRU({.units = 9, .dropout = 0.3, .recurrent_dropout = 0.3, .return_sequences = true}));
  model.add(Dropout({.rate = 0.2}));
  model.add(GRU({.units = 4, .reset_after = false}));
  model.add(Dense({.units = 1}));
  return model;
}

struct Seeds {
  std::uint64_t model = 1;
  std::uint64_t loader = 1;
};

/// Trains step by step on the same data, shuffled.
class Training {
 public:
  explicit Training(const Seeds& seeds)
      : data_(random_tensor<float>({samples, steps, features}, 7),
              random_tensor<float>({samples, 1}, 8)),
        loader_(data_, {.batch_size = 8, .shuffle = true, .seed = seeds.loader}) {
    model_.build({steps, features}, seeds.model);
    optimizer_.build(model_.weights());
  }

  void run(int count) {
    for (int i = 0; i < count; ++i) {
      auto batch = loader_.next();
      batch = batch ? batch : loader_.next();
      tape_.reset();
      optimizer_.zero_grad();
      const auto predictions = model_(tape_.constant(batch->inputs), {.training = true});
      tape_.backward(mean_squared_error(predictions, batch->targets));
      optimizer_.step();
    }
  }

  void move_the_model() {
    Sequential<float> elsewhere(std::move(model_));
    model_ = std::move(elsewhere);
  }

  [[nodiscard]] std::vector<float> weights() const {
    std::vector<float> result;
    for (const Parameter<float>* parameter : model_.weights()) {
      result.insert(result.end(), parameter->value().begin(), parameter->value().end());
    }
    return result;
  }

 private:
  TensorDataset<float> data_;
  BatchLoader<float> loader_;
  Sequential<float> model_ = make_model();
  Adam<float> optimizer_{{.learning_rate = 0.01}};
  Tape<float> tape_;
};

std::vector<float> weights_after_20_steps(const Seeds& seeds) {
  Training training(seeds);
  training.run(20);
  return training.weights();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(integration_determinism)

BOOST_AUTO_TEST_CASE(the_same_seeds_give_the_same_weights) {
  BOOST_TEST(weights_after_20_steps({}) == weights_after_20_steps({}));
}

BOOST_AUTO_TEST_CASE(training_changes_every_weight) {
  const auto before = Training({}).weights();
  const auto after = weights_after_20_steps({});
  BOOST_REQUIRE(before.size() == after.size());
  BOOST_TEST(before[0] != after[0]);
  std::size_t same = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    same += before[i] == after[i] ? 1 : 0;
  }
  BOOST_TEST(same == 0);
}

BOOST_AUTO_TEST_CASE(another_seed_of_the_model_gives_other_weights) {
  BOOST_TEST(weights_after_20_steps({.model = 2}) != weights_after_20_steps({}));
}

BOOST_AUTO_TEST_CASE(another_seed_of_the_loader_gives_other_weights) {
  BOOST_TEST(weights_after_20_steps({.loader = 2}) != weights_after_20_steps({}));
}

BOOST_AUTO_TEST_CASE(moving_the_model_changes_nothing) {
  Training training({});
  training.move_the_model();
  training.run(10);
  training.move_the_model();
  training.run(10);
  BOOST_TEST(training.weights() == weights_after_20_steps({}));
}

BOOST_AUTO_TEST_CASE(two_trainings_in_turn_do_not_disturb_one_another) {
  Training one({});
  Training two({.model = 2, .loader = 3});
  for (int i = 0; i < 20; ++i) {
    one.run(1);
    two.run(1);
  }
  BOOST_TEST(one.weights() == weights_after_20_steps({}));
  BOOST_TEST(two.weights() == weights_after_20_steps({.model = 2, .loader = 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace determinism_test
