/// One call that checks what every layer owes (layers/README.md), for layers of your own as for the
/// built-in ones. It needs no test framework: what is wrong comes back as text.
///
/// ```
/// const auto problems = rondo::testing::test_layer(
///     []<class T>() { return Scale<T>({.factor = 2.0}); }, {4, 3}, {.output_shape = {4, 3}});
/// ```
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo::testing {

/// What is expected of a layer; a shape or a list that is left out is not compared.
struct LayerExpectations {
  /// With the batch axis.
  Shape output_shape = {};
  /// Paths and shapes, in the order of `weights()`.
  std::vector<std::pair<std::string, Shape>> weights = {};
  /// The keys of the config in their order, without name, trainable and dtype.
  std::vector<std::string> options = {};
  /// Losses on the tape per pass, and per call.
  std::size_t weight_penalties = 0;
  std::size_t activity_penalties = 0;
  /// Whether the output of a training call differs.
  bool training_matters = false;
  /// Given if random numbers in [-1, 1) will not do.
  std::vector<double> inputs = {};
  /// False if the inputs are ids.
  bool differentiable_inputs = true;
};

template <Real T>
using LayerFactory = std::function<std::unique_ptr<Layer<T>>()>;

/// Checks, in both precisions: output shape, weights and their paths, build at once and by the first
/// call, penalties, config, clone, freezing, the training flag, a file of weights, gradients against
/// central differences, that a step against the gradient lowers the loss, float against double.
/// @return one line for each thing that is wrong; empty if nothing is
[[nodiscard]] std::vector<std::string> check_layer(const LayerFactory<float>& make_float,
                                                   const LayerFactory<double>& make_double,
                                                   const Shape& input_shape,
                                                   const LayerExpectations& expected);

/// @param make         `[]<class T>() { return Dense<T>({.units = 3}); }`, with every option in use
/// @param input_shape  with the batch axis
template <class Make>
[[nodiscard]] std::vector<std::string> test_layer(const Make& make,
                                                  const Shape& input_shape,
                                                  const LayerExpectations& expected = {}) {
  const auto factory = [&]<class T>(std::type_identity<T>) -> LayerFactory<T> {
    return [&make] {
      auto layer = make.template operator()<T>();
      return std::make_unique<decltype(layer)>(std::move(layer));
    };
  };
  return check_layer(factory(std::type_identity<float>()),
                     factory(std::type_identity<double>()),
                     input_shape,
                     expected);
}

}  // namespace rondo::testing
