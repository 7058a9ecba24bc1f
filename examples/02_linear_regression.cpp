// Linear regression with a loop written by hand: everything that a trainer does, in ten lines.
#include <cstdio>

#include "rondo/rondo.hpp"
#include "steps.hpp"

int main(int argc, char** argv) {
  using namespace rondo;
  const int steps = steps_from(argc, argv, 300);

  // y = 2 x₀ − 3 x₁ + 0.5 with a little noise.
  constexpr std::size_t samples = 200;
  Rng rng(7);
  Tensor<float> x({samples, 2});
  Tensor<float> y({samples, 1});
  for (std::size_t i = 0; i < samples; ++i) {
    const double a = rng.normal();
    const double b = rng.normal();
    x.data()[2 * i] = static_cast<float>(a);
    x.data()[2 * i + 1] = static_cast<float>(b);
    y.data()[i] = static_cast<float>(2.0 * a - 3.0 * b + 0.5 + 0.1 * rng.normal());
  }

  Dense model{{.units = 1}};
  model.build({2}, /*seed=*/1);
  SGD optimizer{{.learning_rate = 0.1}};
  optimizer.build(model.weights());

  Tape tape;
  for (int step = 0; step < steps; ++step) {
    tape.reset();
    optimizer.zero_grad();
    const auto prediction = model(tape.constant(x), {.training = true});
    const auto loss = mean_squared_error(prediction, y);
    tape.backward(loss);
    optimizer.step();
    if (step % 50 == 0 || step + 1 == steps) {
      std::printf("step %3d  loss %.5f\n", step, static_cast<double>(loss.item()));
    }
  }

  const auto kernel = model.weights()[0]->value();
  const auto bias = model.weights()[1]->value();
  std::printf("found y = %.3f x0 + %.3f x1 + %.3f, true are 2, -3, 0.5; noise has variance 0.01\n",
              static_cast<double>(kernel[0]),
              static_cast<double>(kernel[1]),
              static_cast<double>(bias[0]));
}
