#include "rondo/interop/detail/torch_layers.hpp"

#include <fmt/format.h>

namespace rondo::detail {

GateOrder torch_order(std::string_view cell_class) {
  return cell_class == "GRU"    ? GateOrder{1, 0, 2}
         : cell_class == "LSTM" ? GateOrder{0, 1, 2, 3}
                                : GateOrder{0};
}

std::string suffix_of(std::size_t layer, bool reverse) {
  return fmt::format("_l{}{}", layer, reverse ? "_reverse" : "");
}

std::string problem_of_options(const ChainLayer& layer) {
  const std::string& cell = layer.cell_class();
  if (layer.class_name == "Bidirectional" &&
      option<std::string>(layer.options, "merge_mode", "concat") != "concat") {
    return "merges its directions by another way than 'concat'";
  }
  if (!layer.is_recurrent()) {
    return "";
  }
  for (const bool reverse : {false, true}) {
    const Json& o = layer.direction(reverse);
    const std::string activation = activation_of(o, "activation");
    if (cell == "GRU" && !option(o, "reset_after", true)) {
      return "has reset_after = false: PyTorch resets after the product";
    }
    if (activation != "tanh" && !(cell == "SimpleRNN" && activation == "relu")) {
      return fmt::format("has the activation '{}', PyTorch's {} has tanh", activation, cell);
    }
    if (cell != "SimpleRNN" && activation_of(o, "recurrent_activation") != "sigmoid") {
      return fmt::format("has the recurrent_activation '{}', PyTorch has sigmoid",
                         activation_of(o, "recurrent_activation"));
    }
  }
  if (layer.class_name != "Bidirectional" && option(layer.options, "go_backwards", false)) {
    return "has go_backwards, which PyTorch does not have";
  }
  return "";
}

}  // namespace rondo::detail
