// GRUWeights out of a cell and into it, and the checks that all conversions share.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/blocks.hpp"

namespace rondo {

namespace {

std::string function_name(const Config& function) {
  if (function.is_null()) {
    return "linear";
  }
  return (function.is_string() ? function : function.at("class_name")).get<std::string>();
}

/// The tensors of `value(parameter)`, with what the cell's config says about them.
template <Real T, class Value>
GRUWeights<T> collect(const GRUCell<T>& cell, Value value) {
  const auto parameters = cell.weights();
  const Config config = cell.config()["config"];
  const auto tensor = [&](std::size_t i) {
    return Tensor<T>::copy_of(value(static_cast<const Parameter<T>&>(*parameters[i])));
  };
  return {.kernel = tensor(0),
          .recurrent_kernel = tensor(1),
          .bias = parameters.size() > 2 ? tensor(2) : Tensor<T>(),
          .reset_after = config["reset_after"],
          .activation = function_name(config["activation"]),
          .recurrent_activation = function_name(config["recurrent_activation"])};
}

void check_activation(const char* option, const std::string& given, const std::string& own) {
  if (!given.empty() && given != own) {
    throw_argument_error(
        "set_gru_weights",
        fmt::format("the weights are for {} '{}', the cell has '{}'", option, given, own));
  }
}

}  // namespace

template <Real T>
GRUWeights<T> gru_weights(const GRUCell<T>& cell) {
  return collect(cell, [](const Parameter<T>& parameter) { return parameter.value(); });
}

template <Real T>
GRUWeights<T> gru_gradients(const GRUCell<T>& cell) {
  return collect(cell, [](const Parameter<T>& parameter) { return parameter.grad(); });
}

template <Real T>
void set_gru_weights(GRUCell<T>& cell, const GRUWeights<T>& weights) {
  constexpr const char* op = "set_gru_weights";
  convert::check_shapes(op, weights);
  const GRUWeights<T> own = gru_weights(cell);
  convert::check_reset(op, weights, own.reset_after, "the cell");
  check_activation("activation", weights.activation, own.activation);
  check_activation("recurrent_activation", weights.recurrent_activation, own.recurrent_activation);
  const bool has_bias = own.bias.size() > 0;
  if (!has_bias && weights.bias.size() > 0) {
    throw_argument_error(op, "the weights have a bias, the cell has use_bias = false");
  }
  std::vector<Tensor<T>> values{weights.kernel, weights.recurrent_kernel};
  if (has_bias) {
    values.push_back(convert::bias_or_zeros(weights));
  }
  cell.set_weights(values);
}

namespace convert {

template <Real T>
void check_shapes(const char* op, const GRUWeights<T>& weights) {
  check_rank(op, "kernel", weights.kernel, 2);
  check_rank(op, "recurrent_kernel", weights.recurrent_kernel, 2);
  const std::size_t columns = 3 * weights.units();
  check_shape(op, "kernel", weights.kernel, {weights.features(), columns});
  check_shape(op, "recurrent_kernel", weights.recurrent_kernel, {weights.units(), columns});
  if (weights.bias.size() > 0) {
    check_shape(op, "bias", weights.bias, weights.reset_after ? Shape{2, columns} : Shape{columns});
  }
}

template <Real T>
void check_reset(const char* op, const GRUWeights<T>& weights, bool needed, const char* system) {
  if (weights.reset_after != needed) {
    throw_argument_error(
        op,
        fmt::format("{} resets {} the recurrent product, the weights are for reset_after = {}: "
                    "there is no exact conversion, r ∘ (h U) is not (r ∘ h) U",
                    system,
                    needed ? "after" : "before",
                    weights.reset_after));
  }
}

template <Real T>
void check_activations(const char* op,
                       const GRUWeights<T>& weights,
                       Fixed fixed,
                       const char* system) {
  const auto check = [&](const char* option, const std::string& name, const char* wanted) {
    if (!name.empty() && name != wanted) {
      throw_argument_error(
          op,
          fmt::format("{} fixes {} to {}, the weights are for '{}'", system, option, wanted, name));
    }
  };
  check("recurrent_activation", weights.recurrent_activation, "sigmoid");
  if (fixed == Fixed::both) {
    check("activation", weights.activation, "tanh");
  }
}

template <Real T>
Tensor<T> bias_or_zeros(const GRUWeights<T>& weights) {
  const std::size_t columns = 3 * weights.units();
  return weights.bias.size() > 0
             ? weights.bias
             : Tensor<T>::zeros(weights.reset_after ? Shape{2, columns} : Shape{columns});
}

template <Real T>
const Tensor<T>& find(const char* op, const NamedTensors<T>& tensors, std::string_view name) {
  const auto found = tensors.find(std::string(name));
  if (found == tensors.end()) {
    const auto name_of = [](const auto& tensor) { return tensor.first; };
    throw_argument_error(op, unknown_name("tensor", name, tensors, name_of));
  }
  return found->second;
}

template <Real T>
void check_shape(const char* op,
                 const std::string& name,
                 const Tensor<T>& tensor,
                 const Shape& expected) {
  if (tensor.shape() != expected) {
    throw_shape_error(op,
                      fmt::format("'{}' has another shape", name),
                      {{"expected", expected}, {"found", tensor.shape()}});
  }
}

template <Real T>
void check_rank(const char* op,
                const std::string& name,
                const Tensor<T>& tensor,
                std::size_t expected) {
  if (tensor.shape().rank() != expected) {
    throw_shape_error(
        op, fmt::format("'{}' must have rank {}", name, expected), {{"found", tensor.shape()}});
  }
}

}  // namespace convert

#define RONDO_INSTANTIATE(T)                                                                       \
  template GRUWeights<T> gru_weights(const GRUCell<T>&);                                           \
  template GRUWeights<T> gru_gradients(const GRUCell<T>&);                                         \
  template void set_gru_weights(GRUCell<T>&, const GRUWeights<T>&);                                \
  template void convert::check_shapes(const char*, const GRUWeights<T>&);                          \
  template void convert::check_reset(const char*, const GRUWeights<T>&, bool, const char*);        \
  template void convert::check_activations(const char*, const GRUWeights<T>&, Fixed, const char*); \
  template Tensor<T> convert::bias_or_zeros(const GRUWeights<T>&);                                 \
  template const Tensor<T>& convert::find(const char*, const NamedTensors<T>&, std::string_view);  \
  template void convert::check_shape(                                                              \
      const char*, const std::string&, const Tensor<T>&, const Shape&);                            \
  template void convert::check_rank(const char*, const std::string&, const Tensor<T>&, std::size_t);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
