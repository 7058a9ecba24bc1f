/// What the tests of recurrent layers share: values by formula, comparison with printed numbers,
/// and a GRU step as plain loops.
#pragma once

#include <functional>

#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/stacked_cells.hpp"
#include "rondo/tests/support/check.hpp"

namespace rondo::test {

/// Printed numbers are compared by absolute differences.
template <class A>
void check_printed(TensorView<A> actual, const std::vector<double>& expected, double allowed) {
  BOOST_REQUIRE_EQUAL(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(static_cast<double>(actual[i]) - expected[i]);
    BOOST_CHECK_MESSAGE(difference <= allowed,
                        "index " << i << ": found " << actual[i] << ", expected " << expected[i]);
  }
}

/// The same to the last bit.
template <class A, class B>
void check_equal(const A& actual, const B& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(actual.begin(), actual.end(), expected.begin(), expected.end());
}

template <class A>
std::vector<double> doubles(const A& values) {
  return {values.begin(), values.end()};
}

template <Real T>
Tensor<T> tensor(const Shape& shape, const std::vector<double>& values) {
  Tensor<T> result(shape);
  BOOST_REQUIRE_EQUAL(shape.size(), values.size());
  std::ranges::transform(values, result.data(), [](double v) { return static_cast<T>(v); });
  return result;
}

inline Tensor<bool> mask(const Shape& shape, std::initializer_list<bool> values) {
  return Tensor<bool>::from_values(shape, values);
}

/// f(i, j) of the indices of a matrix, or f(i, j, k) for rank 3.
template <Real T, class F>
Tensor<T> by_formula(const Shape& shape, F f) {
  Tensor<T> result(shape);
  const std::size_t columns = shape.back();
  const std::size_t rows = shape[shape.rank() - 2];
  for (std::size_t n = 0; n < shape.size(); ++n) {
    const auto i = static_cast<double>(n / columns / rows);
    const auto j = static_cast<double>(n / columns % rows);
    const auto k = static_cast<double>(n % columns);
    if constexpr (std::is_invocable_v<F, double, double, double>) {
      result.data()[n] = static_cast<T>(f(i, j, k));
    } else {
      result.data()[n] = static_cast<T>(f(j, k));
    }
  }
  return result;
}

/// Weights are assigned in the order of `weights()`.
template <Real T>
void assign(const Layer<T>& layer, std::initializer_list<Tensor<T>> values) {
  const auto weights = layer.weights();
  BOOST_REQUIRE_EQUAL(weights.size(), values.size());
  std::ranges::for_each(values, [&, i = std::size_t{0}](const Tensor<T>& value) mutable {
    weights[i++]->assign(value);
  });
}

/// Random weights for all of a layer, also for biases.
template <Real T>
void randomize(const Layer<T>& layer, std::uint64_t seed) {
  for (Parameter<T>* parameter : layer.weights()) {
    parameter->assign(random_tensor<T>(parameter->shape(), seed++));
  }
}

/// Asymmetric weights of a GRU with two features and two units.
template <Real T>
void assign_golden_weights(const Layer<T>& layer) {
  const auto weights = layer.weights();
  weights[0]->assign(by_formula<T>(
      {2, 6}, [](double i, double j) { return 0.5 * std::sin(0.7 * i + 1.3 * j + 0.1); }));
  weights[1]->assign(by_formula<T>(
      {2, 6}, [](double i, double j) { return 0.5 * std::cos(0.9 * i + 0.4 * j + 0.2); }));
  const Tensor<T> both_biases = by_formula<T>({2, 6}, [](double row, double j) {
    return row == 0.0 ? 0.1 * std::sin(2.1 * j + 0.3) : 0.1 * std::cos(1.7 * j + 0.5);
  });
  weights[2]->assign({both_biases.data(), weights[2]->shape()});
}

/// A step of one sample in plain loops, after the formulas of `GRUCell`.
struct ReferenceStep {
  std::size_t units;
  bool reset_after;
  std::vector<double> kernel, recurrent_kernel;
  std::vector<double> bias = {}, recurrent_bias = {};  // empty: none
  std::function<double(double)> activation, recurrent_activation;

  [[nodiscard]] std::vector<double> operator()(const std::vector<double>& x,
                                               const std::vector<double>& h) const {
    const auto input = [&](std::size_t column) { return dot(x, kernel, bias, column); };
    const auto recurrent = [&](const std::vector<double>& state, std::size_t column) {
      return dot(state, recurrent_kernel, recurrent_bias, column);
    };
    std::vector<double> r(units);
    std::vector<double> kept(units);  // r ∘ h
    std::vector<double> next(units);
    for (std::size_t j = 0; j < units; ++j) {
      r[j] = recurrent_activation(input(units + j) + recurrent(h, units + j));
      kept[j] = r[j] * h[j];
    }
    for (std::size_t j = 0; j < units; ++j) {
      const double z = recurrent_activation(input(j) + recurrent(h, j));
      const double a = input(2 * units + j) + (reset_after ? r[j] * recurrent(h, 2 * units + j)
                                                           : recurrent(kept, 2 * units + j));
      next[j] = z * h[j] + (1.0 - z) * activation(a);
    }
    return next;
  }

 private:
  [[nodiscard]] double dot(const std::vector<double>& x,
                           const std::vector<double>& matrix,
                           const std::vector<double>& offset,
                           std::size_t column) const {
    double total = offset.empty() ? 0.0 : offset[column];
    for (std::size_t i = 0; i < x.size(); ++i) {
      total += x[i] * matrix[i * 3 * units + column];
    }
    return total;
  }
};

}  // namespace rondo::test
