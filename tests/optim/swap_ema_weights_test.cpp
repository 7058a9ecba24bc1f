#include "rondo/optim/callbacks/swap_ema_weights.hpp"

#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/optim/training.hpp"

namespace swap_ema_weights_test {

using namespace rondo;

namespace {

FitOptions<double> validated_by(const Dataset<double>& data) {
  return {.epochs = 2, .batch_size = 4, .verbose = Verbosity::quiet, .validation_data = &data};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_swap_ema_weights)

// y = w with target 1: w = 0.5 and 0.75 after the steps, averages 0.5 and 0.625; loss (1 − w)².
BOOST_AUTO_TEST_CASE(validation_sees_the_averages_and_training_the_weights) {
  Sequential model{Dense<double>{{.units = 1, .use_bias = false, .kernel_initializer = "zeros"}}};
  SGD<double> optimizer({.learning_rate = 0.25, .use_ema = true, .ema_momentum = 0.5});
  Trainer trainer{model, mean_squared_error<double>, optimizer};
  trainer.add(SwapEMAWeights<double>());
  std::vector<double> weights;  // after each epoch, validation over
  trainer.add(LambdaCallback<double>({.on_epoch_end = [&](Trainer<double>& t, std::size_t, Logs&) {
    weights.push_back(t.model().weights()[0]->value()[0]);
  }}));
  const auto data = test::ones<double>(4);
  const History history = trainer.fit(data, validated_by(data));
  BOOST_TEST(history.values("val_loss") == (std::vector<double>{0.25, 0.375 * 0.375}),
             boost::test_tools::per_element());
  BOOST_TEST(weights == (std::vector<double>{0.5, 0.75}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_optimizer_without_averages_is_refused) {
  Sequential model{Dense<double>{{.units = 1, .use_bias = false}}};
  SGD<double> optimizer({.learning_rate = 0.25});
  Trainer trainer{model, mean_squared_error<double>, optimizer};
  trainer.add(SwapEMAWeights<double>());
  const auto data = test::ones<double>(4);
  BOOST_CHECK_THROW(trainer.fit(data, validated_by(data)), StateError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace swap_ema_weights_test
