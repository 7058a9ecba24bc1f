#include "rondo/layers/layer_normalization.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops_normalization.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

template <Real T>
LayerNormalization<T>::LayerNormalization(LayerNormalizationOptions options)
    : LayerNormalization<T>::LayerWith(std::move(options)) {
  if (!(options_.epsilon > 0.0)) {
    throw_argument_error("LayerNormalization",
                         fmt::format("epsilon must be positive, got {}", options_.epsilon));
  }
  if (options_.axis.empty()) {
    throw_argument_error("LayerNormalization", "axis must name at least one axis");
  }
}

/// The batch is axis 0 and no part of a row.
template <Real T>
void LayerNormalization<T>::check_axes(const Shape& sample_shape) const {
  const std::size_t rank = sample_shape.rank() + 1;
  std::vector<std::size_t> axes;
  for (const int axis : options_.axis) {
    axes.push_back(resolve_axis("LayerNormalization", axis, rank));
  }
  std::sort(axes.begin(), axes.end());
  bool are_last = axes.size() < rank;
  for (std::size_t i = 0; are_last && i < axes.size(); ++i) {
    are_last = axes[i] == rank - axes.size() + i;
  }
  if (!are_last) {
    throw_argument_error("LayerNormalization",
                         fmt::format("axis must name the last axes of the {} that inputs have, "
                                     "without the batch, got {}",
                                     rank,
                                     fmt::join(options_.axis, ", ")));
  }
}

template <Real T>
Shape LayerNormalization<T>::output_shape(const Shape& sample_shape) const {
  check_axes(sample_shape);
  return sample_shape;
}

template <Real T>
void LayerNormalization<T>::create_weights(const Shape& sample_shape) {
  check_axes(sample_shape);
  const std::size_t axes = options_.axis.size();
  const Shape row(std::span(sample_shape.end() - axes, axes));
  if (options_.scale) {
    gamma_ = &this->add_weight({.name = "gamma",
                                .shape = row,
                                .initializer = options_.gamma_initializer,
                                .regularizer = options_.gamma_regularizer,
                                .constraint = options_.gamma_constraint});
  }
  if (options_.center) {
    beta_ = &this->add_weight({.name = "beta",
                               .shape = row,
                               .initializer = options_.beta_initializer,
                               .regularizer = options_.beta_regularizer,
                               .constraint = options_.beta_constraint});
  }
}

template <Real T>
Variable<T> LayerNormalization<T>::call(const Variable<T>& inputs, const CallOptions<T>&) {
  this->check_inputs(inputs, this->sample_shape().rank() + 1);
  Tape<T>& tape = inputs.tape();
  const auto leaf = [&](Parameter<T>* parameter) {
    return parameter != nullptr ? tape.parameter(*parameter) : Variable<T>();
  };
  return layer_normalization(
      inputs, leaf(gamma_), leaf(beta_), options_.epsilon, options_.axis.size());
}

template class LayerNormalization<float>;
template class LayerNormalization<double>;

}  // namespace rondo
