// The tape on plain numbers: y = tanh(w x + b), and how y changes with each of them.
#include <cstdio>

#include "rondo/core/core.hpp"

int main() {
  rondo::Tape<double> tape;

  const auto x = tape.variable(0.5);
  const auto w = tape.variable(-2.0);
  const auto b = tape.variable(0.3);
  const auto y = tanh(w * x + b);
  std::printf("y = %.6f\n", y.item());

  // One walk back along the tape gives all derivatives. x is used twice here: both ways add up.
  const auto loss = y * y + 0.1 * x;
  tape.backward(loss);
  std::printf("dL/dw = %.6f  dL/db = %.6f  dL/dx = %.6f\n", w.grad()[0], b.grad()[0], x.grad()[0]);

  // What was recorded: one line per op, in the order of creation.
  std::printf("\n%s", to_string(tape).c_str());

  // Is the derivative right? Compare with differences.
  const auto check = rondo::check_gradients(
      [](rondo::Tape<double>&, std::span<const rondo::Variable<double>> v) {
        return tanh(v[1] * v[0] + v[2]);
      },
      {rondo::Tensor<double>::full({}, 0.5),
       rondo::Tensor<double>::full({}, -2.0),
       rondo::Tensor<double>::full({}, 0.3)});
  std::printf("\ngradient check: %s\n", check.report.c_str());
  return check ? 0 : 1;
}
