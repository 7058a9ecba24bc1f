// A model of several inputs through the trainer, into a file and back.
#include "rondo/core/ops.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/optim.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/heap_calls.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace several_inputs_test {

using namespace rondo;

namespace {

constexpr std::size_t samples = 64;

/// The mean of two steps plus 3 times a number that is given beside them.
TensorDataset<double> data() {
  TensorDatasetParts<double> parts{.inputs = test::random_tensor<double>({samples, 2, 1}, 1),
                                   .targets = Tensor<double>({samples, 1}),
                                   .extra_inputs = {test::random_tensor<double>({samples, 1}, 2)}};
  for (std::size_t i = 0; i < samples; ++i) {
    const double* const steps = parts.inputs.data() + 2 * i;
    parts.targets.data()[i] = (steps[0] + steps[1]) / 2 + 3 * parts.extra_inputs[0].data()[i];
  }
  return TensorDataset<double>(std::move(parts));
}

Model<double> make_model() {
  return Model{[](auto& m) {
                 const auto steps = m("each_step", m.input(0));
                 return m("out", concat({mean(steps, {1}), m.input(1)}));
               },
               Dense<double>{{.units = 1, .name = "each_step"}},
               Dense<double>{{.units = 1, .name = "out"}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_several_inputs)

BOOST_AUTO_TEST_CASE(it_learns_predicts_and_comes_back_from_a_file) {
  const auto all = data();
  Model model = make_model();
  Adam<double> optimizer({.learning_rate = 0.05});
  Trainer trainer{model, mean_squared_error<double>, optimizer};
  trainer.fit(all, {.epochs = 150, .batch_size = 16, .verbose = Verbosity::quiet});
  BOOST_TEST(trainer.evaluate(all).at("loss") < 1e-4);
  const Tensor<double> found = trainer.predict(all, {.batch_size = 10});
  BOOST_TEST(found.shape() == Shape({samples, 1}));
  for (std::size_t i = 0; i < samples; ++i) {
    BOOST_TEST(std::abs(found.data()[i] - all.parts().targets.data()[i]) < 0.05);
  }

  const test::TempFolder folder;
  save_weights(folder / "model.safetensors", model.weights());
  Model loaded = make_model();
  loaded.build_for({{2, 1}, {1}}, 99);
  load_weights(folder / "model.safetensors", loaded.weights());
  Trainer again{loaded, "mse", optimizer};
  const Tensor<double> same = again.predict(all, {.batch_size = 10});
  BOOST_TEST(std::equal(found.data(), found.data() + samples, same.data()));
}

BOOST_AUTO_TEST_CASE(a_steady_step_does_not_touch_the_heap) {
  const auto all = data();
  Model model = make_model();
  Adam<double> optimizer;
  Trainer trainer{model, "mse", optimizer};
  std::vector<std::size_t> calls;
  trainer.add(LambdaCallback<double>(
      {.on_train_batch_end = [&](Trainer<double>&, std::size_t, const Logs&) {
        calls.push_back(test::heap_calls());
      }}));
  calls.reserve(100);
  trainer.fit(all, {.epochs = 2, .batch_size = 16, .verbose = Verbosity::quiet});
  BOOST_REQUIRE(calls.size() == 8U);
  BOOST_TEST(calls[3] == calls[2]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace several_inputs_test
