// The adding problem (Hochreiter and Schmidhuber 1997): two of many numbers are marked, the target
// is their sum. Guessing 1 has an error of 0.167; less means that the GRU remembers over the whole
// sequence.
#include <cstdio>

#include "rondo/rondo.hpp"
#include "steps.hpp"

int main(int argc, char** argv) {
  using namespace rondo;
  const int steps = steps_from(argc, argv, 3000);
  constexpr std::size_t length = 50, batch = 50;

  Sequential model{GRU{{.units = 64}}, Dense{{.units = 1}}};
  model.build({length, 2}, /*seed=*/5);
  Adam optimizer{{.learning_rate = 2e-3, .global_clipnorm = 1.0}};
  optimizer.build(model.weights());

  Rng rng(11);
  Tape tape;
  double average = 0.167;
  for (int step = 1; step <= steps; ++step) {
    const auto [inputs, targets] = adding_problem<float>(batch, length, rng);
    tape.reset();
    optimizer.zero_grad();
    const auto loss = mean_squared_error(model(tape.constant(inputs), {.training = true}), targets);
    tape.backward(loss);
    optimizer.step();
    average = 0.98 * average + 0.02 * static_cast<double>(loss.item());
    if (step % 250 == 0 || step == steps) {
      std::printf("step %5d  error %.4f (constant guess 0.167)\n", step, average);
    }
  }

  const auto [inputs, targets] = adding_problem<float>(1000, length, rng);
  Tape inference({.recording = false});
  const auto error = mean_squared_error(model(inference.constant(inputs)), targets);
  std::printf("error on 1000 new sequences: %.4f (constant guess 0.167)\n",
              static_cast<double>(error.item()));
}
