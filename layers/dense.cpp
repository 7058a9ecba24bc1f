#include "rondo/layers/dense.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"
#include "rondo/core/ops.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

namespace {

void check_feature_axis(const std::string& layer, const Shape& sample_shape) {
  if (sample_shape.rank() == 0) {
    throw_shape_error(layer, "inputs need a feature axis: [N, .., F]");
  }
}

}  // namespace

template <Real T>
Dense<T>::Dense(DenseOptions options) : Dense<T>::LayerWith(std::move(options)) {
  if (options_.units == 0) {
    throw_argument_error("Dense", "units must be positive, got 0");
  }
}

template <Real T>
Shape Dense<T>::output_shape(const Shape& sample_shape) const {
  check_feature_axis(this->type_name(), sample_shape);
  return sample_shape.with_dim(sample_shape.rank() - 1, options_.units);
}

template <Real T>
void Dense<T>::create_weights(const Shape& sample_shape) {
  check_feature_axis(this->path(), sample_shape);
  kernel_ = &this->add_weight({.name = "kernel",
                               .shape = {sample_shape.back(), options_.units},
                               .initializer = options_.kernel_initializer,
                               .regularizer = options_.kernel_regularizer,
                               .constraint = options_.kernel_constraint});
  if (options_.use_bias) {
    bias_ = &this->add_weight({.name = "bias",
                               .shape = {options_.units},
                               .initializer = options_.bias_initializer,
                               .regularizer = options_.bias_regularizer,
                               .constraint = options_.bias_constraint});
  }
}

template <Real T>
Variable<T> Dense<T>::call(const Variable<T>& inputs, const CallOptions<T>&) {
  this->check_inputs(inputs, std::max<std::size_t>(inputs.shape().rank(), 2));
  Tape<T>& tape = inputs.tape();
  const auto kernel = tape.parameter(*kernel_);
  const auto linear =
      bias_ != nullptr ? affine(inputs, kernel, tape.parameter(*bias_)) : matmul(inputs, kernel);
  const auto output = options_.activation(linear);
  this->record_activity(options_.activity_regularizer, output, inputs.shape()[0]);
  return output;
}

template class Dense<float>;
template class Dense<double>;

}  // namespace rondo
