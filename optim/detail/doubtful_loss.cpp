#include "rondo/optim/detail/doubtful_loss.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace rondo::detail {

template <Real T>
std::string doubtful_loss(const Tape<T>& tape) {
  for (const Node<T>& node : tape.nodes()) {
    const std::string_view name = node.name;
    if (node.num_inputs != 1 || name.find("crossentropy") == std::string_view::npos) {
      continue;
    }
    const Node<T>& input = tape.nodes()[node.inputs[0]];
    const std::array<std::string_view, 3> normalised{"softmax", "sigmoid", "log_softmax"};
    const bool from_logits = name.ends_with("_from_logits");
    if (from_logits &&
        std::find(normalised.begin(), normalised.end(), input.name) != normalised.end()) {
      return fmt::format(
          "the loss has from_logits, and its predictions come from {}: leave one of them out",
          input.name);
    }
    const auto is_no_probability = [](T p) { return p < T{0} || p > T{1}; };
    if (!from_logits &&
        std::any_of(input.value, input.value + input.shape.size(), is_no_probability)) {
      return fmt::format(
          "{} takes probabilities, and there are predictions outside [0, 1]: give the last layer "
          "a softmax or sigmoid, or the loss from_logits",
          name);
    }
  }
  return {};
}

template std::string doubtful_loss(const Tape<float>&);
template std::string doubtful_loss(const Tape<double>&);

}  // namespace rondo::detail
