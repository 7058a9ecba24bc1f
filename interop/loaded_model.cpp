#include "rondo/interop/loaded_model.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/layers/sequential.hpp"

namespace rondo {

namespace {

constexpr const char* op = "predict";
constexpr std::size_t most_names = 12;

/// A copy of `from` in which axis i is axis `axes[i]` of `from`.
template <Real T>
Tensor<T> permuted(const Tensor<T>& from, const std::vector<std::size_t>& axes) {
  Shape shape;
  for (const std::size_t axis : axes) {
    shape.append(from.shape()[axis]);
  }
  Tensor<T> to(shape);
  std::vector<std::size_t> strides(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    strides[i] = from.shape().product(axes[i] + 1, from.shape().rank());
  }
  for (std::size_t n = 0; n < to.size(); ++n) {
    std::size_t at = 0, rest = n;
    for (std::size_t i = axes.size(); i-- > 0; rest /= shape[i]) {
      at += rest % shape[i] * strides[i];
    }
    to.data()[n] = from.data()[at];
  }
  return to;
}

template <Real T>
Tensor<T> reshaped(const Tensor<T>& from, const Shape& shape) {
  Tensor<T> to(shape);
  std::copy_n(from.data(), from.size(), to.data());
  return to;
}

/// Of the program's input, as the layers take it.
template <Real T>
Tensor<T> to_layers(const Tensor<T>& inputs, const TensorOrder& order) {
  if (order.axes.empty()) {
    return inputs;
  }
  if (inputs.shape().rank() != order.axes.size()) {
    throw_shape_error(op,
                      fmt::format("expected inputs of rank {}", order.axes.size()),
                      {{"inputs", inputs.shape()}});
  }
  return permuted(inputs, order.axes);
}

/// [N, S, ..] with the last step first.
template <Real T>
Tensor<T> reversed_in_time(const Tensor<T>& from) {
  Tensor<T> to(from.shape());
  const std::size_t steps = from.shape()[1], step = from.size() / (from.shape()[0] * steps);
  for (std::size_t n = 0; n < from.shape()[0]; ++n) {
    for (std::size_t t = 0; t < steps; ++t) {
      std::copy_n(from.data() + (n * steps + t) * step,
                  step,
                  to.data() + (n * steps + steps - 1 - t) * step);
    }
  }
  return to;
}

/// Of the layers' output, as the program gives it.
template <Real T>
Tensor<T> from_layers(Tensor<T> output, const TensorOrder& order) {
  if (order.reversed_time && output.size() > 0) {
    output = reversed_in_time(output);
  }
  if (!order.axes.empty()) {
    std::vector<std::size_t> back(order.axes.size());
    for (std::size_t i = 0; i < back.size(); ++i) {
      back.at(order.axes[i]) = i;
    }
    output = permuted(output, back);
  }
  if (order.unit_axes.empty()) {
    return output;
  }
  Shape shape = output.shape();
  for (const std::size_t axis : order.unit_axes) {
    shape = shape.insert(axis, 1);
  }
  return reshaped(output, shape);
}

template <Real T>
std::vector<std::size_t> lengths_of(const Tensor<T>& values, std::size_t most) {
  std::vector<std::size_t> lengths;
  for (const T value : values.view()) {
    if (!(value >= 0) || value > static_cast<T>(most) || value != std::floor(value)) {
      throw_argument_error(
          op, fmt::format("a length must be a whole number up to {}, got {}", most, value));
    }
    lengths.push_back(static_cast<std::size_t>(value));
  }
  return lengths;
}

/// [N, steps], true up to each sample's length.
Tensor<bool> mask_of(const std::vector<std::size_t>& lengths, const Shape& inputs) {
  if (inputs.rank() < 2 || lengths.size() != inputs[0]) {
    throw_argument_error(
        op, fmt::format("{} lengths for inputs {}", lengths.size(), to_string(inputs)));
  }
  Tensor<bool> mask(Shape{inputs[0], inputs[1]});
  for (std::size_t n = 0; n < inputs[0]; ++n) {
    for (std::size_t t = 0; t < inputs[1]; ++t) {
      mask.data()[n * inputs[1] + t] = t < lengths[n];
    }
  }
  return mask;
}

/// A mask that is given holds behind an Embedding too, which alone would make its own or none.
template <Real T>
Variable<T> run_masked(Layer<T>& layers, Variable<T> value, TensorView<const bool> mask) {
  if (dynamic_cast<Sequential<T>*>(&layers) == nullptr) {
    return layers(value, {.mask = mask});
  }
  for (const auto& layer : layers.children()) {
    const Variable<T> output = (*layer)(value, {.mask = mask});
    if (layer->type_name() != "Embedding") {
      mask = layer->compute_mask(value, mask);
    }
    value = output;
  }
  return value;
}

template <class Layers, class Visit>
void each_layer(Layers& root, Visit visit) {
  for (const auto& child : root.children()) {
    visit(*child);
    each_layer(*child, visit);
  }
}

}  // namespace

template <Real T>
LoadedModel<T>::LoadedModel(std::unique_ptr<Layer<T>> layers, StoredModel about)
    : layers_(std::move(layers)), about_(std::move(about)) {
  about_.config.clear();
  about_.weights.clear();
}

template <Real T>
Layer<T>& LoadedModel<T>::find(const std::string& name) {
  Layer<T>* found = nullptr;
  std::vector<std::string> known;
  bool twice = false;
  each_layer(*layers_, [&](Layer<T>& layer) {
    known.push_back(layer.path());
    if (layer.path() == name) {
      found = &layer;
      twice = false;
    } else if (layer.name() == name && (found == nullptr || found->path() != name)) {
      twice = found != nullptr;
      found = &layer;
    }
  });
  if (found == nullptr || twice) {
    throw_argument_error("layer",
                         fmt::format("{} {}, there are {}",
                                     twice ? "several layers are called" : "no layer is called",
                                     in_quotes(name),
                                     listed(known, most_names)));
  }
  return *found;
}

template <Real T>
std::vector<Tensor<T>> LoadedModel<T>::predict(std::span<const Tensor<T>> inputs) {
  if (inputs.empty() || inputs.size() > 2 || (inputs.size() == 2 && !about_.lengths.empty())) {
    throw_argument_error(op, fmt::format("the model takes no {} inputs", inputs.size()));
  }
  const Tensor<T> x = to_layers(inputs[0], about_.input);
  std::vector<std::size_t> lengths = about_.lengths;
  if (inputs.size() == 2) {
    lengths = lengths_of(inputs[1], x.shape().rank() > 1 ? x.shape()[1] : 0);
  }
  const Tensor<bool> mask = lengths.empty() ? Tensor<bool>() : mask_of(lengths, x.shape());
  Tape<T> tape({.recording = false});
  const auto inputs_on_tape = tape.borrow(x);
  const auto output = (lengths.empty() ? (*layers_)(inputs_on_tape)
                                       : run_masked(*layers_, inputs_on_tape, mask.view()))
                          .value();
  Tensor<T> copy(output.shape());
  std::copy_n(output.data(), copy.size(), copy.data());
  std::vector<Tensor<T>> outputs;
  outputs.push_back(from_layers(std::move(copy), about_.output));
  return outputs;
}

template class LoadedModel<float>;
template class LoadedModel<double>;

}  // namespace rondo
