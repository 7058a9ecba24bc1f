// A layer as a table.
#include <fmt/format.h>

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

template std::string Layer<float>::summary() const;
template std::string Layer<double>::summary() const;

}  // namespace rondo
