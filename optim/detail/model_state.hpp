/// What a model remembers beside its weights, as a list; for the sources of this folder.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo::detail {

/// [N, sample_shape..], or empty
template <Real T>
struct CarriedTensor {
  std::string path;
  Tensor<T>* values;
  Shape sample_shape;
};

template <Real T>
struct ModelState {
  std::vector<CarriedTensor<T>> tensors;
  std::vector<std::pair<std::string, Rng*>> streams;  // of random numbers
};

template <Real T>
ModelState<T> state_of(Layer<T>& model) {
  struct Collector : StateVisitor<T> {
    ModelState<T> state;

    void visit(const std::string& path, Tensor<T>& values, const Shape& sample_shape) override {
      state.tensors.push_back({path, &values, sample_shape});
    }

    void visit(const std::string& path, Rng& stream) override {
      state.streams.emplace_back(path, &stream);
    }
  };

  Collector collector;
  model.visit_states(collector);
  return collector.state;
}

}  // namespace rondo::detail
