#include "rondo/layers/model.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
const Variable<T>& ModelCall<T>::input(std::size_t i) const {
  if (i >= num_inputs()) {
    throw_argument_error(model_.op_name(),
                         fmt::format("there is no input {}: the call has {}", i, num_inputs()));
  }
  return i == 0 ? inputs_ : options_.extra_inputs[i - 1];
}

template <Real T>
Variable<T> ModelCall<T>::operator()(std::string_view layer,
                                     const Variable<T>& x,
                                     CallOptions<T> options) {
  Layer<T>& child = model_.child(layer);
  options.training = options_.training;
  options.mask = options.mask ? options.mask : mask_of(x);
  const Variable<T> y = child(x, options);
  if (const auto mask = child.compute_mask(x, options.mask)) {
    model_.masks_.push_back({y.value().data(), y.shape(), mask});
  }
  return y;
}

template <Real T>
TensorView<const bool> ModelCall<T>::mask_of(const Variable<T>& x) const {
  const auto found =
      std::find_if(model_.masks_.rbegin(), model_.masks_.rend(), [&](const auto& known) {
        return known.value == x.value().data() && known.shape == x.shape();
      });
  return found == model_.masks_.rend() ? TensorView<const bool>{} : found->mask;
}

template <Real T>
Model<T>::Model(std::string name, Function function, std::vector<std::unique_ptr<Layer<T>>> layers)
    : Layer<T>(name), given_name_(std::move(name)), function_(std::move(function)) {
  if (!function_) {
    throw_argument_error("Model", "there is no function");
  }
  for (auto& layer : layers) {
    this->add_child(std::move(layer));
  }
}

template <Real T>
Layer<T>& Model<T>::child(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& layer : this->children()) {
    if (layer->name() == name) {
      return *layer;
    }
  }
  for (const auto& layer : this->children()) {
    known.push_back(layer->name());
  }
  throw_argument_error(this->op_name(),
                       fmt::format("no layer is named '{}'{}: known are {}",
                                   name,
                                   did_you_mean(name, known),
                                   fmt::join(known, ", ")));
}

template <Real T>
Variable<T> Model<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  if (!options.initial_state.empty() || !options.constants.empty()) {
    throw_argument_error(this->op_name(),
                         "initial_state and constants belong to a recurrent layer, not to a model: "
                         "give the function extra_inputs");
  }
  masks_.clear();
  if (options.mask) {
    masks_.push_back({inputs.value().data(), inputs.shape(), options.mask});
  }
  ModelCall<T> model_call(*this, inputs, options);
  const Variable<T> output = function_(model_call);
  if (!called_) {
    finish_first_call(inputs, output);
  }
  last_call_ = {
      inputs.tape().pass(), inputs.value().data(), options.mask.data(), model_call.mask_of(output)};
  return output;
}

template <Real T>
void Model<T>::finish_first_call(const Variable<T>& inputs, const Variable<T>& output) {
  for (const auto& layer : this->children()) {
    if (!layer->built()) {
      throw_state_error(
          this->op_name(),
          fmt::format("the function does not call '{}': each layer must be called in each call",
                      layer->name()));
    }
  }
  if (output.shape().rank() == 0 || output.shape()[0] != inputs.shape()[0]) {
    throw_shape_error(this->op_name(),
                      "the function must return [N, ..] for inputs [N, ..]",
                      {{"inputs", inputs.shape()}, {"output", output.shape()}});
  }
  called_ = inputs.shape().erase(0) == this->sample_shape();
  output_shape_ = output.shape().erase(0);
}

template <Real T>
Shape Model<T>::output_shape(const Shape& sample_shape) const {
  if (called_ && sample_shape == this->sample_shape()) {
    return output_shape_;
  }
  std::vector<Shape> shapes{sample_shape};
  shapes.insert(shapes.end(), this->extra_shapes().begin(), this->extra_shapes().end());
  const auto copy = clone();
  copy->build_for(std::span<const Shape>(shapes));
  return copy->output_shape(sample_shape);
}

template <Real T>
TensorView<const bool> Model<T>::compute_mask(const Variable<T>& inputs,
                                              TensorView<const bool> mask) const {
  const bool last = last_call_.pass == inputs.tape().pass() &&
                    last_call_.inputs == inputs.value().data() && last_call_.mask == mask.data();
  return last ? last_call_.result : TensorView<const bool>{};
}

template <Real T>
Config Model<T>::config() const {
  Config result = Layer<T>::config();
  Config& layers = result["config"]["layers"] = Config::array();
  for (const auto& layer : this->children()) {
    layers.push_back(layer->config());
  }
  result["config"]["function"] = "custom";
  return result;
}

template <Real T>
std::unique_ptr<Layer<T>> Model<T>::clone() const {
  auto copy = std::make_unique<Model>(given_name_, function_);
  copy->set_trainable(this->trainable());  // before the layers come: each keeps its own
  for (const auto& layer : this->children()) {
    copy->add_child(layer->clone());
  }
  return copy;
}

template class ModelCall<float>;
template class ModelCall<double>;
template class Model<float>;
template class Model<double>;

}  // namespace rondo
