// What a layer tells about itself: its table, and shapes before there are inputs.
#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/layer.hpp"

namespace rondo {

namespace {

std::string with_batch_axis(const Shape& shape) {
  std::string text = "(None";
  for (const std::size_t dim : shape) {
    text += fmt::format(", {}", dim);
  }
  return text + ')';
}

template <Real T>
std::string summary_row(const Layer<T>& layer, const Shape& output) {
  const std::string title = fmt::format("{} ({})", layer.name(), layer.type_name());
  return fmt::format(
      "{:<36}{:<24}{:>12}\n", title, with_batch_axis(output), layer.count_parameters());
}

}  // namespace

template <Real T>
std::string Layer<T>::summary() const {
  const auto parameters = weights();
  std::string out = fmt::format("{:<36}{:<24}{:>12}\n", "Layer (type)", "Output shape", "Params");
  const std::string line(72, '-');
  out += line + '\n';
  if (is_model()) {
    for (const auto& child : children_) {
      out += summary_row(*child, child->output_shape(child->sample_shape_));
    }
  } else {
    out += summary_row(*this, output_shape(sample_shape_));
  }
  std::size_t trainable = 0;
  for (const Parameter<T>* parameter : parameters) {
    trainable += parameter->trainable ? parameter->shape().size() : 0;
  }
  const std::size_t total = count_parameters();
  return out + line + '\n' +
         fmt::format(
             "Total params: {} (trainable {}, frozen {})\n", total, trainable, total - trainable);
}

template <Real T>
std::string Layer<T>::output_shape_json() const {
  const DeclaredInputs& inputs = declared();
  if (inputs.sample_shape.empty()) {
    throw_state_error(type_name(), "output_shape_json: no input_shape is declared");
  }
  const auto output_with = [&](std::size_t open_size) {
    Shape shape;
    for (const auto& size : inputs.sample_shape) {
      shape.append(size.value_or(open_size));
    }
    return output_shape(shape);
  };
  const Shape output = output_with(1);
  const Shape other = output_with(2);
  PartialShape sizes(output.begin(), output.end());
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if (output[axis] != other[axis]) {
      sizes[axis].reset();  // follows an open size of the inputs
    }
  }
  return shape_json(sizes, inputs.batch_size);
}

#define RONDO_INSTANTIATE(T)                      \
  template std::string Layer<T>::summary() const; \
  template std::string Layer<T>::output_shape_json() const;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
