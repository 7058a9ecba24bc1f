#include <algorithm>
#include <array>
#include <string_view>

#include "rondo/layers/recurrent/gru_sequence.hpp"

namespace rondo {

std::optional<GateFunction> gate_function(const Activation& activation) {
  struct Entry {
    std::string_view name;
    GateFunction function;
  };

  constexpr std::array entries{Entry{"tanh", GateFunction::tanh},
                               Entry{"sigmoid", GateFunction::sigmoid},
                               Entry{"linear", GateFunction::linear},
                               Entry{"hard_sigmoid", GateFunction::hard_sigmoid},
                               Entry{"hard_sigmoid_keras3", GateFunction::hard_sigmoid},
                               Entry{"hard_sigmoid_keras2", GateFunction::hard_sigmoid_keras2},
                               Entry{"hard_sigmoid_tfjs", GateFunction::hard_sigmoid_keras2},
                               Entry{"relu", GateFunction::relu},
                               Entry{"relu6", GateFunction::relu6},
                               Entry{"elu", GateFunction::elu},
                               Entry{"selu", GateFunction::selu},
                               Entry{"softsign", GateFunction::softsign}};
  if (!activation) {
    return GateFunction::linear;
  }
  const auto* const found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return activation.name() == entry.name;
  });
  return found == entries.end() ? std::nullopt : std::optional(found->function);
}

}  // namespace rondo
