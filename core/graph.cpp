#include "rondo/core/graph.hpp"

#include <iterator>

#include <fmt/format.h>

namespace rondo {

template <Real T>
std::string to_string(const Tape<T>& tape) {
  std::string out =
      fmt::format("{:>6}  {:<22} {:<20} {:>9}  inputs\n", "node", "op", "shape", "bytes");
  std::size_t index = 0;
  for (const Node<T>& node : tape.nodes()) {
    const std::string name =
        node.parameter != nullptr ? node.parameter->path() : std::string(node.name);
    fmt::format_to(std::back_inserter(out),
                   "{:>6}  {:<22} {:<20} {:>9}  ",
                   index++,
                   name,
                   to_string(node.shape),
                   node.shape.size() * sizeof(T));
    for (std::uint32_t i = 0; i < node.num_inputs; ++i) {
      fmt::format_to(std::back_inserter(out), "{}{}", i > 0 ? " " : "", node.inputs[i]);
    }
    out += node.requires_grad ? "\n" : "(no gradient)\n";
  }
  fmt::format_to(std::back_inserter(out),
                 "{} nodes, {} bytes of values, {} bytes of gradients\n",
                 tape.nodes().size(),
                 tape.values().bytes_in_use(),
                 tape.gradients().bytes_in_use());
  return out;
}

template std::string to_string(const Tape<float>&);
template std::string to_string(const Tape<double>&);

}  // namespace rondo
