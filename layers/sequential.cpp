#include "rondo/layers/sequential.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/bidirectional.hpp"

namespace rondo {

namespace {

template <Real T>
bool is_recurrent(const Layer<T>& layer) {
  return dynamic_cast<const RNN<T>*>(&layer) != nullptr ||
         dynamic_cast<const Bidirectional<T>*>(&layer) != nullptr;
}

}  // namespace

template <Real T>
void Sequential<T>::check_open() const {
  if (this->built()) {
    throw_state_error("Sequential", "add: the model is built already");
  }
}

template <Real T>
Shape Sequential<T>::output_shape(const Shape& sample_shape) const {
  Shape shape = sample_shape;
  for (const auto& layer : this->children()) {
    shape = layer->output_shape(shape);
  }
  return shape;
}

template <Real T>
const DeclaredInputs& Sequential<T>::declared() const {
  const DeclaredInputs& own = Layer<T>::declared();
  return own.sample_shape.empty() && !this->children().empty() ? this->children()[0]->declared()
                                                               : own;
}

template <Real T>
void Sequential<T>::create_weights(const Shape& sample_shape) {
  if (this->children().empty()) {
    throw_state_error("Sequential", "the model has no layers");
  }
  Shape shape = sample_shape;
  const Layer<T>* before = nullptr;
  for (const auto& layer : this->children()) {
    try {
      this->build_child(*layer, shape);
    } catch (const ShapeError& error) {
      if (before != nullptr && shape.rank() == 1 && is_recurrent(*before)) {
        throw ShapeError(fmt::format(
            "{}: set return_sequences of {} in front of it", error.what(), before->name()));
      }
      throw;
    }
    shape = layer->output_shape(shape);
    before = layer.get();
  }
}

template <Real T>
Variable<T> Sequential<T>::call(const Variable<T>& inputs, const CallOptions<T>& options) {
  if (!options.initial_state.empty()) {
    throw_argument_error("Sequential",
                         "initial_state belongs to a recurrent layer, not to a model");
  }
  if (!options.constants.empty()) {
    throw_argument_error("Sequential", "constants belong to a recurrent layer, not to a model");
  }
  Variable<T> x = inputs;
  CallOptions<T> each = options;
  for (const auto& layer : this->children()) {
    const auto y = (*layer)(x, each);
    each.mask = layer->compute_mask(x, each.mask);  // after the call: a nested model needs it
    x = y;
  }
  last_call_ = {inputs.tape().pass(), inputs.value().data(), options.mask.data(), each.mask};
  return x;
}

template <Real T>
TensorView<const bool> Sequential<T>::compute_mask(const Variable<T>& inputs,
                                                   TensorView<const bool> mask) const {
  if (last_call_.pass == inputs.tape().pass() && last_call_.inputs == inputs.value().data() &&
      last_call_.mask == mask.data()) {
    return last_call_.result;
  }
  for (const auto& layer : this->children()) {
    mask = layer->compute_mask(inputs, mask);
  }
  return mask;
}

template <Real T>
Config Sequential<T>::config() const {
  Config result = Layer<T>::config();
  Config& layers = result["config"]["layers"] = Config::array();
  for (const auto& layer : this->children()) {
    layers.push_back(layer->config());
  }
  return result;
}

template <Real T>
std::unique_ptr<Layer<T>> Sequential<T>::clone() const {
  auto copy = std::make_unique<Sequential>(given_name_);
  copy->set_trainable(this->trainable());  // before the layers come: each keeps its own
  for (const auto& layer : this->children()) {
    copy->add(layer->clone());
  }
  return copy;
}

template class Sequential<float>;
template class Sequential<double>;

}  // namespace rondo
