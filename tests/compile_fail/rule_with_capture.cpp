// expect: a backward rule is a lambda that captures nothing
#include "rondo/core/tape.hpp"

rondo::Variable<float> twice(const rondo::Variable<float>& x, float factor) {
  return x.tape().record(
      "twice",
      std::span(&x, 1),
      x.shape(),
      [&](rondo::TensorView<float> y) { y[0] = factor * x.value()[0]; },
      [factor](const rondo::Gradients<float>& g) { g.of(0)[0] += factor * g.grad()[0]; });
}
