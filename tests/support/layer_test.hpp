/// One call that checks what every layer owes (layers/README.md); a layer's own tests add the rest.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rondo/layers/layer.hpp"
#include "rondo/tests/support/check.hpp"

namespace rondo::test {

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

void check_layer(const LayerFactory<float>& make_float,
                 const LayerFactory<double>& make_double,
                 const Shape& input_shape,
                 const LayerExpectations& expected);

/// @param make         `[]<class T>() { return Dense<T>({.units = 3}); }`, with every option in use
/// @param input_shape  with the batch axis
template <class Make>
void run_layer_test(const Make& make, const Shape& input_shape, const LayerExpectations& expected) {
  const auto factory = [&]<class T>(std::type_identity<T>) -> LayerFactory<T> {
    return [&make] {
      auto layer = make.template operator()<T>();
      return std::make_unique<decltype(layer)>(std::move(layer));
    };
  };
  check_layer(factory(std::type_identity<float>()),
              factory(std::type_identity<double>()),
              input_shape,
              expected);
}

}  // namespace rondo::test
