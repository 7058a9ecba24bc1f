/// Parameters with chosen gradients, and optimizers that step along a list of them.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "rondo/optim/optimizer.hpp"
#include "rondo/tests/support/check.hpp"

namespace rondo::test {

/// The gradient of Σ g · p is g.
template <Real T>
void set_gradient(Parameter<T>& parameter, const std::vector<double>& gradient) {
  Tensor<T> g(parameter.shape());
  BOOST_REQUIRE_EQUAL(g.size(), gradient.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    g.data()[i] = static_cast<T>(gradient[i]);
  }
  Tape<T> tape;
  parameter.zero_grad();
  tape.backward(sum(tape.parameter(parameter) * tape.constant(g)));
}

/// The value of one number, at first 1, after each step with these gradients.
template <Real T>
std::vector<double> trajectory(Optimizer<T>& optimizer, const std::vector<double>& gradients) {
  Parameter<T> w("w", Tensor<T>::full({}, T{1}));
  optimizer.build({&w});
  std::vector<double> result;
  for (const double g : gradients) {
    set_gradient(w, {g});
    optimizer.step();
    result.push_back(static_cast<double>(w.value()[0]));
  }
  return result;
}

template <Real T>
void check_trajectory(Optimizer<T>&& optimizer,
                      const std::vector<double>& gradients,
                      const std::vector<double>& expected) {
  const std::vector<double> found = trajectory(optimizer, gradients);
  check_close(std::span<const double>(found), expected, tolerance<T>);
}

}  // namespace rondo::test
