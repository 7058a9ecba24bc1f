// A step of training with the ordinary layers: GRU → Dense(1) → mean squared error → Adam.
#include <memory>

#include "rondo/bench/rondo_contestant.hpp"
#include "rondo/core/core.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/optim/adam.hpp"

namespace rondo::bench {

namespace {

struct State {
  explicit State(const Work& work)
      : model(GRU<float>{{.units = work.shape.units}}, Dense<float>{{.units = 1}}),
        inputs({work.shape.batch, work.shape.steps, work.shape.features}),
        targets({work.shape.batch, 1}) {
    const auto x = values(inputs.view().size(), salt_inputs, 1.0);
    const auto y = values(targets.view().size(), salt_targets, 1.0);
    std::copy(x.begin(), x.end(), inputs.data());
    std::copy(y.begin(), y.end(), targets.data());
    model.build({work.shape.steps, work.shape.features}, 1);
    optimizer.build(model.weights());
  }

  void run() {
    tape.reset();
    optimizer.zero_grad();
    const auto prediction = model(tape.borrow(inputs.view()), {.training = true});
    tape.backward(mean_squared_error(prediction, targets.view()));
    optimizer.step();
  }

  Sequential<float> model;
  Adam<float> optimizer;
  Tape<float> tape;
  Tensor<float> inputs;
  Tensor<float> targets;
};

}  // namespace

Prepared prepare_training(const Work& work) {
  if (work.kind != "train_step") {
    return {};
  }
  const auto state = std::make_shared<State>(work);
  return {.run = [state] { state->run(); }};
}

}  // namespace rondo::bench
