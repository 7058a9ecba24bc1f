// Configs of layers, functions, optimizers and learning rates; the first byte says of which. What
// is made prints a config that makes the same again; small layers take a step of training.
#include "rondo/core/ops.hpp"
#include "rondo/layers/from_config.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/make_optimizer.hpp"
#include "rondo/optim/sgd.hpp"
#include "rondo/tests/fuzz/common.hpp"

using namespace rondo;

namespace {

template <class T>
void train_step(Layer<T>& layer, Tape<T>& tape, const Shape& shape) {
  tape.reset();
  auto loss = sum(layer(tape.variable(Tensor<T>::full(shape, T(1))), {.training = true}));
  for (const auto& penalty : tape.losses()) {
    loss = loss + penalty;
  }
  if (loss.requires_grad()) {
    tape.backward(loss);
  }
  SGD<T> sgd({.learning_rate = 0.1});
  sgd.build(layer.weights());
  sgd.step();
}

template <class T>
void use_layer(const Config& config) {
  const Config printed = make_layer<T>(config)->config();
  fuzz::require(make_layer<T>(printed)->config() == printed, "another layer comes back");
  if (!fuzz::is_small(config, 16.0) || to_text(config).size() > 3000) {
    return;
  }
  for (const Shape& shape : {Shape{2, 3, 2}, Shape{2, 3}, Shape{3, 2, 3, 1}, Shape{4}}) {
    fuzz::accepted([&] {
      const auto layer = make_layer<T>(config);
      Tape<T> tape;
      train_step(*layer, tape, shape);
      tape.reset();
      static_cast<void>((*layer)(tape.variable(Tensor<T>::full(shape, T(1)))));
      static_cast<void>(layer->summary());
      const Config built = layer->config();
      fuzz::require(make_layer<T>(built)->config() == built, "another built layer comes back");
    });
  }
}

template <class T>
void use_optimizer(const Config& config) {
  const auto optimizer = make_optimizer<T>(config);
  const Config printed = optimizer->config();
  fuzz::require(make_optimizer<T>(printed)->config() == printed, "another optimizer comes back");
  Parameter<T> weight("w", Tensor<T>::full({2, 3}, T(0.5)));
  optimizer->build(std::vector<Parameter<T>*>{&weight});
  for (int step = 0; step < 3; ++step) {
    optimizer->zero_grad();
    Tape<T> tape;
    tape.backward(sum(square(tape.parameter(weight))));
    optimizer->step();
  }
}

template <class Make>
void use_function(Make make, const Config& config) {
  const std::string printed = make(config).config();
  fuzz::require(make(parse_json(printed)).config() == printed, "another function comes back");
}

void use_learning_rate(const Config& config) {
  const LearningRate rate = make_learning_rate(config);
  for (const std::uint64_t step : {0ULL, 1ULL, 10ULL, 1000000ULL, ~0ULL}) {
    static_cast<void>(rate.at(step));
  }
}

void use(std::uint8_t what, const Config& config) {
  switch (what % 9) {
    case 0:
      return use_layer<float>(config);
    case 1:
      return use_layer<double>(config);
    case 2:
      return use_function(make_activation, config);
    case 3:
      return use_function(make_initializer, config);
    case 4:
      return use_function(make_regularizer, config);
    case 5:
      return use_function(make_constraint, config);
    case 6:
      return use_optimizer<float>(config);
    case 7:
      return use_optimizer<double>(config);
    default:
      return use_learning_rate(config);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const Config config = parse_json(input.rest(), 50);
  if (!config.is_discarded()) {
    fuzz::accepted([&] { use(input.first(), config); });
  }
  return 0;
}
