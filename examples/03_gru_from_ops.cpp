// A GRU written from ops, step by step, beside the library's cell: the same numbers.
#include <cmath>
#include <cstdio>

#include "rondo/rondo.hpp"

namespace {

using namespace rondo;

/// One step in the reset-after form. p, q: columns z, r, candidate.
Variable<double> gru_step(const Variable<double>& x,
                          const Variable<double>& h,
                          const Variable<double>& kernel,
                          const Variable<double>& recurrent_kernel,
                          const Variable<double>& bias) {
  const auto p = split(affine(x, kernel, select(bias, 0, 0)), 3);
  const auto q = split(affine(h, recurrent_kernel, select(bias, 0, 1)), 3);
  const auto z = sigmoid(p[0] + q[0]);  // how much of the old state is kept
  const auto r = sigmoid(p[1] + q[1]);  // how much of it the candidate sees
  const auto candidate = tanh(p[2] + r * q[2]);
  return z * h + (1.0 - z) * candidate;
}

Tensor<double> random(const Shape& shape, Rng& rng) {
  Tensor<double> result(shape);
  for (double& value : result.view()) {
    value = rng.uniform(-1.0, 1.0);
  }
  return result;
}

}  // namespace

int main() {
  constexpr std::size_t batch = 4, steps = 6, features = 3, units = 5;
  Rng rng(1);
  const Tensor<double> inputs = random({batch, steps, features}, rng);

  GRU<double> layer{{.units = units, .bias_initializer = "random_normal"}};
  layer.build({steps, features}, /*seed=*/3);
  const auto weights = layer.weights();

  Tape<double> tape;
  const auto x = tape.constant(inputs);
  const auto kernel = tape.parameter(*weights[0]);
  const auto recurrent_kernel = tape.parameter(*weights[1]);
  const auto bias = tape.parameter(*weights[2]);

  auto h = tape.constant(Tensor<double>::zeros({batch, units}));
  for (std::size_t t = 0; t < steps; ++t) {
    h = gru_step(select(x, 1, t), h, kernel, recurrent_kernel, bias);
  }
  const auto library = layer(x);

  double largest = 0.0;
  for (std::size_t i = 0; i < h.value().size(); ++i) {
    largest = std::max(largest, std::abs(h.value()[i] - library.value()[i]));
  }
  std::printf("largest difference to the layer: %.1e\n", largest);

  // Backpropagation through time is nothing but walking back along the recorded steps.
  tape.backward(sum(square(h)));
  std::printf(
      "%zu ops recorded; dL/dkernel[0][0] = %.6f\n", tape.nodes().size(), weights[0]->grad()[0]);
  return largest < 1e-12 ? 0 : 1;
}
