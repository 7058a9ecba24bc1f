#include "rondo/layers/masking.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

namespace {

void check_features(const std::string& layer, const Shape& shape, std::size_t smallest_rank) {
  if (shape.rank() < smallest_rank) {
    throw_shape_error(layer, "inputs need a feature axis: [N, .., F]");
  }
}

}  // namespace

template <Real T>
Masking<T>::Masking(MaskingOptions options) : Masking<T>::LayerWith(std::move(options)) {
  if (!std::isfinite(options_.mask_value)) {
    throw_argument_error("Masking",
                         fmt::format("mask_value must be finite, got {}", options_.mask_value));
  }
}

template <Real T>
Shape Masking<T>::output_shape(const Shape& sample_shape) const {
  check_features(this->type_name(), sample_shape, 1);
  return sample_shape;
}

template <Real T>
TensorView<const bool> Masking<T>::compute_mask(const Variable<T>& inputs,
                                                TensorView<const bool>) const {
  check_features(this->type_name(), inputs.shape(), 2);
  const auto values = inputs.value();
  const std::size_t features = values.shape().back();
  const Shape steps = values.shape().erase(values.shape().rank() - 1);
  const auto mask = inputs.tape().template array<bool>(steps.size());
  const auto mask_value = static_cast<T>(options_.mask_value);
  for (std::size_t i = 0; i < mask.size(); ++i) {
    const T* const step = values.data() + i * features;
    mask[i] = std::any_of(step, step + features, [&](T x) { return x != mask_value; });
  }
  return {mask.data(), steps};
}

template <Real T>
void Masking<T>::create_weights(const Shape& sample_shape) {
  check_features(this->path(), sample_shape, 1);
}

template <Real T>
Variable<T> Masking<T>::call(const Variable<T>& inputs, const CallOptions<T>&) {
  const auto mask = compute_mask(inputs, {});
  const TensorView<const bool> per_feature(mask.data(),
                                           mask.shape().insert(mask.shape().rank(), 1));
  return where(per_feature, inputs, inputs.tape().constant(T{0}));
}

template class Masking<float>;
template class Masking<double>;

}  // namespace rondo
