#include "rondo/core/graph.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// `parameter dense/kernel`, or the op's name.
template <Real T>
std::string label_of(const Node<T>& node) {
  return node.parameter != nullptr ? "parameter " + node.parameter->path() : std::string(node.name);
}

/// As a string of Graphviz.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return result + '"';
}

/// `gru`, or `step 3`.
std::string label_of(const TapeScope& scope) {
  return scope.number == TapeScope::none ? scope.name
                                         : fmt::format("{} {}", scope.name, scope.number);
}

/// The parts that a node belongs to, from node to node.
class ScopeWalk {
 public:
  explicit ScopeWalk(std::span<const TapeScope> scopes) : scopes_(scopes) {}

  /// Calls end() for each part that ended before `node`, begin(part) for each that begins with it.
  template <class Begin, class End>
  void advance(std::size_t node, const Begin& begin, const End& end) {
    for (; !open_.empty() && open_.back()->last <= node; open_.pop_back()) {
      end();
    }
    for (; next_ < scopes_.size() && scopes_[next_].first <= node; ++next_) {
      if (scopes_[next_].last > node) {
        open_.push_back(&scopes_[next_]);
        begin(*open_.back());
      }
    }
  }

  /// From the outermost to the innermost.
  [[nodiscard]] std::span<const TapeScope* const> open() const { return open_; }

 private:
  std::span<const TapeScope> scopes_;
  std::size_t next_ = 0;
  std::vector<const TapeScope*> open_;
};

/// `[gru / step 3]`
std::string heading(std::span<const TapeScope* const> open) {
  std::string text;
  for (const TapeScope* const scope : open) {
    text += (text.empty() ? "" : " / ") + label_of(*scope);
  }
  return text.empty() ? "[outside]" : '[' + text + ']';
}

template <Real T>
std::string dot_node(const Node<T>& node, std::size_t index) {
  return fmt::format("n{} [label={}, shape={}{}];\n",
                     index,
                     quoted(label_of(node)),
                     node.rule != nullptr ? "ellipse" : "box",
                     node.parameter != nullptr ? ", style=filled, fillcolor=lightblue"
                     : node.requires_grad      ? ""
                                               : ", color=grey, fontcolor=grey");
}

/// All nodes in the groups of their parts; parameters, which all parts share, stand outside.
template <Real T>
std::string dot_nodes(const Tape<T>& tape) {
  const auto nodes = tape.nodes();
  std::string parameters;
  std::string others;
  ScopeWalk walk(tape.scopes());
  const auto indent = [&] { return std::string(2 * walk.open().size(), ' '); };
  std::size_t groups = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    walk.advance(
        i,
        [&](const TapeScope& scope) {
          others += fmt::format("{}subgraph cluster_{} {{\n  {}label={};\n",
                                indent(),
                                groups++,
                                indent(),
                                quoted(label_of(scope)));
        },
        [&] { others += indent() + "}\n"; });
    (nodes[i].parameter != nullptr ? parameters += "  " : others += indent() + "  ") +=
        dot_node(nodes[i], i);
  }
  walk.advance(
      TapeScope::none, [](const TapeScope&) {}, [&] { others += indent() + "}\n"; });
  return parameters + others;
}

template <Real T>
bool is_finite(const Node<T>& node) {
  return std::all_of(
      node.value, node.value + node.shape.size(), [](T value) { return std::isfinite(value); });
}

}  // namespace

template <Real T>
std::string to_string(const Tape<T>& tape) {
  std::string out =
      fmt::format("{:>6}  {:<22} {:<20} {:>9}  inputs\n", "node", "op", "shape", "bytes");
  const auto line = std::back_inserter(out);
  ScopeWalk walk(tape.scopes());
  std::size_t memory = 0;
  const auto nodes = tape.nodes();
  for (std::size_t index = 0; index < nodes.size(); ++index) {
    const Node<T>& node = nodes[index];
    const std::size_t end = node.parameter != nullptr ? memory : node.stamp;
    bool other_part = false;
    const auto changed = [&](const auto&...) { other_part = true; };
    walk.advance(index, changed, changed);
    if (other_part) {
      fmt::format_to(line, "        {}\n", heading(walk.open()));
    }
    fmt::format_to(line,
                   "{:>6}  {:<22} {:<20} {:>9}  ",
                   index,
                   node.parameter != nullptr ? node.parameter->path() : std::string(node.name),
                   to_string(node.shape),
                   end - std::exchange(memory, end));
    for (std::uint32_t i = 0; i < node.num_inputs; ++i) {
      fmt::format_to(line, "{}{}", i > 0 ? " " : "", node.inputs[i]);
    }
    out += node.requires_grad ? "\n" : "(no gradient)\n";
  }
  const std::size_t total = tape.values().bytes_in_use();
  if (total > memory) {
    fmt::format_to(line, "        {:<43} {:>9}\n", "buffers for ops to come", total - memory);
  }
  fmt::format_to(line,
                 "{} nodes, {} bytes of values, {} bytes of gradients\n",
                 nodes.size(),
                 total,
                 tape.gradients().bytes_in_use());
  return out;
}

template <Real T>
std::string to_dot(const Tape<T>& tape) {
  std::string out =
      "digraph tape {\n  rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=10];\n" +
      dot_nodes(tape);
  std::size_t index = 0;
  for (const Node<T>& node : tape.nodes()) {  // outside the groups, or these took the inputs in
    for (std::uint32_t i = 0; i < node.num_inputs; ++i) {
      fmt::format_to(std::back_inserter(out),
                     "  n{} -> n{} [label={}, fontsize=8];\n",
                     node.inputs[i],
                     index,
                     quoted(to_string(tape.nodes()[node.inputs[i]].shape)));
    }
    ++index;
  }
  return out + "}\n";
}

template <Real T>
std::vector<OpProfile> profile(const Tape<T>& tape) {
  const auto costs = tape.costs();
  if (costs.empty()) {
    throw_state_error("profile", "this pass is not measured: make the tape with profile = true");
  }
  std::vector<OpProfile> result;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (costs[i].forward == 0.0 && costs[i].bytes == 0) {
      continue;  // a leaf without a copy
    }
    const char* const name = tape.nodes()[i].name;
    auto entry = std::find_if(
        result.begin(), result.end(), [&](const OpProfile& each) { return each.name == name; });
    if (entry == result.end()) {
      entry = result.insert(result.end(), OpProfile{.name = name});
    }
    ++entry->count;
    entry->forward += costs[i].forward;
    entry->backward += costs[i].backward;
    entry->bytes += costs[i].bytes + costs[i].gradient_bytes;
  }
  std::stable_sort(result.begin(), result.end(), [](const OpProfile& a, const OpProfile& b) {
    return a.forward + a.backward > b.forward + b.backward;
  });
  return result;
}

std::string to_string(std::span<const OpProfile> profile) {
  OpProfile total{.name = "total"};
  for (const OpProfile& op : profile) {
    total.count += op.count;
    total.forward += op.forward;
    total.backward += op.backward;
    total.bytes += op.bytes;
  }
  std::string out = fmt::format("{:<28} {:>7} {:>12} {:>12} {:>12} {:>7}\n",
                                "op",
                                "count",
                                "forward us",
                                "backward us",
                                "bytes",
                                "share");
  const double seconds = total.forward + total.backward;
  const auto add_line = [&](const OpProfile& op) {
    fmt::format_to(std::back_inserter(out),
                   "{:<28} {:>7} {:>12.1f} {:>12.1f} {:>12} {:>6.1f}%\n",
                   op.name,
                   op.count,
                   1e6 * op.forward,
                   1e6 * op.backward,
                   op.bytes,
                   seconds > 0.0 ? 100.0 * (op.forward + op.backward) / seconds : 0.0);
  };
  for (const OpProfile& op : profile) {
    add_line(op);
  }
  add_line(total);
  return out;
}

template <Real T>
std::optional<std::string> first_not_finite(const Tape<T>& tape) {
  const auto nodes = tape.nodes();
  const auto found =
      std::find_if_not(nodes.begin(), nodes.end(), [](const Node<T>& n) { return is_finite(n); });
  if (found == nodes.end()) {
    return std::nullopt;
  }
  std::string text = fmt::format(
      "node {}, {} {}", found - nodes.begin(), label_of(*found), to_string(found->shape));
  for (std::uint32_t i = 0; i < found->num_inputs; ++i) {
    const std::uint32_t input = found->inputs[i];
    text += fmt::format(
        "{} node {}, {}", i == 0 ? ", made from" : ", and", input, label_of(nodes[input]));
  }
  return text;
}

template <Real T>
std::vector<GradientNorm> gradient_norms(std::span<Parameter<T>* const> parameters) {
  std::vector<GradientNorm> result;
  for (const Parameter<T>* const parameter : parameters) {
    double sum = 0.0;
    for (const T value : parameter->grad()) {
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    result.push_back(
        {parameter->path(), parameter->has_grad() ? std::optional(std::sqrt(sum)) : std::nullopt});
  }
  return result;
}

std::string to_string(std::span<const GradientNorm> norms) {
  std::string out = fmt::format("{:<40} {:>12}\n", "parameter", "gradient");
  for (const GradientNorm& each : norms) {
    out += fmt::format(
        "{:<40} {:>12}\n", each.path, each.norm ? fmt::format("{:.4g}", *each.norm) : "none");
  }
  return out;
}

#define RONDO_INSTANTIATE(T)                                            \
  template std::string to_string(const Tape<T>&);                       \
  template std::string to_dot(const Tape<T>&);                          \
  template std::vector<OpProfile> profile(const Tape<T>&);              \
  template std::optional<std::string> first_not_finite(const Tape<T>&); \
  template std::vector<GradientNorm> gradient_norms(std::span<Parameter<T>* const>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
