#include "rondo/layers/input.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/layer_config.hpp"

namespace rondo {

template <Real T>
Input<T>::Input(InputOptions options) : Input<T>::LayerWith(std::move(options)) {
  if (options_.shape.empty()) {
    throw_argument_error("Input", "shape must have at least one axis");
  }
  this->declare_inputs(declared_inputs("Input", options_.shape, {}, options_.batch_size));
}

template <Real T>
Variable<T> Input<T>::call(const Variable<T>& inputs, const CallOptions<T>&) {
  const Shape shape = inputs.shape();
  const bool right_batch = !options_.batch_size || *options_.batch_size == shape[0];
  if (!right_batch || !fits(shape.erase(0), options_.shape)) {
    throw_shape_error(this->path(),
                      fmt::format("expected inputs {}, found {}",
                                  shape_json(options_.shape, options_.batch_size),
                                  shape_json(shape.erase(0), shape[0])));
  }
  return inputs;
}

template <Real T>
Config Input<T>::config() const {
  Config result = Layer<T>::config();
  result["config"].erase("batch_input_shape");
  result["config"]["batch_shape"] = parse_json(shape_json(options_.shape, options_.batch_size));
  return result;
}

template class Input<float>;
template class Input<double>;

}  // namespace rondo
