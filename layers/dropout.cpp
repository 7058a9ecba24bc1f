#include "rondo/layers/dropout.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/draw_dropout_mask.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

template <Real T>
Dropout<T>::Dropout(DropoutOptions options) : Dropout<T>::LayerWith(std::move(options)) {
  if (!(options_.rate >= 0.0 && options_.rate <= 1.0)) {
    throw_argument_error("Dropout", fmt::format("rate must lie in [0, 1], got {}", options_.rate));
  }
  if (options_.noise_shape.size() > Shape::max_rank) {
    throw_argument_error("Dropout",
                         fmt::format("noise_shape must have at most {} entries, got {}",
                                     Shape::max_rank,
                                     options_.noise_shape.size()));
  }
  for (const auto& size : options_.noise_shape) {
    if (size == std::size_t{0}) {
      throw_argument_error("Dropout", "every size in noise_shape must be positive, got 0");
    }
  }
}

template <Real T>
void Dropout<T>::create_weights(const Shape&) {
  stream_ = options_.seed ? Rng(*options_.seed) : this->random_stream("dropout");
}

template <Real T>
Shape Dropout<T>::mask_shape(const Shape& inputs) const {
  if (options_.noise_shape.empty()) {
    return inputs;
  }
  Shape shape;
  for (std::size_t i = 0; i < options_.noise_shape.size(); ++i) {
    const std::size_t own = i < inputs.rank() ? inputs[i] : 1;
    shape.append(options_.noise_shape[i].value_or(own));
  }
  const auto fits = [](std::size_t noise, std::size_t own) { return noise == 1 || noise == own; };
  if (shape.rank() != inputs.rank() ||
      !std::equal(shape.begin(), shape.end(), inputs.begin(), fits)) {
    throw_shape_error(this->path(),
                      "noise_shape must have the size of the inputs or 1 in every axis",
                      {{"noise_shape", shape}, {"inputs", inputs}});
  }
  return shape;
}

template <Real T>
Variable<T> Dropout<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  if (!options.training || options_.rate == 0.0) {
    return inputs;
  }
  const Shape shape = mask_shape(inputs.shape());
  const auto mask = inputs.tape().template array<T>(shape.size());
  draw_dropout_mask(mask, options_.rate, stream_);
  return inputs * inputs.tape().borrow(TensorView<const T>(mask.data(), shape));
}

template <Real T>
void Dropout<T>::visit_state(StateVisitor<T>& visitor) {
  visitor.visit(this->path() + "/dropout", stream_);
}

template class Dropout<float>;
template class Dropout<double>;

}  // namespace rondo
