#include "rondo/layers/embedding.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

template <Real T>
Embedding<T>::Embedding(EmbeddingOptions options) : Embedding<T>::LayerWith(std::move(options)) {
  if (options_.input_dim == 0) {
    throw_argument_error("Embedding", "input_dim must be positive, got 0");
  }
  if (options_.output_dim == 0) {
    throw_argument_error("Embedding", "output_dim must be positive, got 0");
  }
}

template <Real T>
Shape Embedding<T>::output_shape(const Shape& sample_shape) const {
  return sample_shape.insert(sample_shape.rank(), options_.output_dim);
}

template <Real T>
TensorView<const bool> Embedding<T>::compute_mask(const Variable<T>& inputs,
                                                  TensorView<const bool>) const {
  if (!options_.mask_zero) {
    return {};
  }
  const auto ids = inputs.value();
  const auto mask = inputs.tape().template array<bool>(ids.size());
  std::transform(ids.begin(), ids.end(), mask.begin(), [](T id) { return id != T{0}; });
  return {mask.data(), ids.shape()};
}

template <Real T>
void Embedding<T>::create_weights(const Shape&) {
  embeddings_ = &this->add_weight({.name = "embeddings",
                                   .shape = {options_.input_dim, options_.output_dim},
                                   .initializer = options_.embeddings_initializer,
                                   .regularizer = options_.embeddings_regularizer,
                                   .constraint = options_.embeddings_constraint});
}

template <Real T>
Variable<T> Embedding<T>::call(const Variable<T>& inputs, const CallOptions<T>&) {
  const auto output = gather(inputs.tape().parameter(*embeddings_), inputs.value());
  this->record_activity(options_.activity_regularizer, output, inputs.shape()[0]);
  return output;
}

template class Embedding<float>;
template class Embedding<double>;

}  // namespace rondo
