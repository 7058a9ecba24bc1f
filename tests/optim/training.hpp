/// A small problem to train on.
#pragma once

#include <vector>

#include "rondo/data/dataset.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/tests/support/check.hpp"

namespace rondo::test {

/// y = 2 x₀ − 3 x₁ + 0.5, without noise.
template <Real T>
TensorDataset<T> line(std::size_t samples) {
  Tensor<T> x = random_tensor<T>({samples, 2}, 7);
  Tensor<T> y({samples, 1});
  for (std::size_t i = 0; i < samples; ++i) {
    y.data()[i] = T{2} * x.data()[2 * i] - T{3} * x.data()[2 * i + 1] + T{0.5};
  }
  return {std::move(x), std::move(y)};
}

/// Inputs and targets are ones: an untrained layer of zeros has a squared error of 1.
template <Real T>
TensorDataset<T> ones(std::size_t samples) {
  return {Tensor<T>::full({samples, 1}, T{1}), Tensor<T>::full({samples, 1}, T{1})};
}

/// All weights of a model in one list.
template <Real T>
std::vector<T> weights_of(const Layer<T>& model) {
  std::vector<T> result;
  for (const Parameter<T>* weight : model.weights()) {
    const auto value = values(weight->value());
    result.insert(result.end(), value.begin(), value.end());
  }
  return result;
}

}  // namespace rondo::test
