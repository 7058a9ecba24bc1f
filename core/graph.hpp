/// Looking at a tape (D18): as a table, as a picture, by cost, and for values that are not finite.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rondo/core/tape.hpp"

namespace rondo {

/// One line per op with shape and bytes, and the totals; a heading where another part begins
/// (`Tape::scope`). The bytes are those of the tape: result, what the rule needs, buffers of the
/// op; they add up to the total of values.
template <Real T>
[[nodiscard]] std::string to_string(const Tape<T>& tape);

/// A picture in the language of Graphviz: `dot -Tsvg tape.dot -o tape.svg`. Ops are ovals,
/// parameters boxes with their path, other leaves boxes; arrows carry shapes; what gradients do not
/// reach is grey. Parts of the tape are groups. What was recorded without gradients has no arrows:
/// such nodes do not know their inputs.
template <Real T>
[[nodiscard]] std::string to_dot(const Tape<T>& tape);

/// All ops of one name. Leaves that were copied onto the tape have a line for their bytes.
struct OpProfile {
  std::string name;
  std::size_t count = 0;
  double forward = 0.0;   // seconds
  double backward = 0.0;  // seconds
  std::size_t bytes = 0;  // of the tape: values and gradients; the total is that of the tape
};

/// The costs of this pass by op, the most expensive one first.
/// @throws StateError if the pass is not measured (`TapeOptions{.profile = true}`)
template <Real T>
[[nodiscard]] std::vector<OpProfile> profile(const Tape<T>& tape);

/// A table: op, count, microseconds forward and backward, bytes, share of the time; and the totals.
[[nodiscard]] std::string to_string(std::span<const OpProfile> profile);

/// The first node in the order of recording with a value that is not finite, as
/// `node 7, log (32, 8), made from node 5, exp, and node 6, parameter dense/kernel`.
template <Real T>
[[nodiscard]] std::optional<std::string> first_not_finite(const Tape<T>& tape);

struct GradientNorm {
  std::string path;
  /// The Euclidean norm; none if no gradient has arrived.
  std::optional<double> norm;
};

/// One for each parameter, in their order.
template <Real T>
[[nodiscard]] std::vector<GradientNorm> gradient_norms(std::span<Parameter<T>* const> parameters);

template <Real T>
[[nodiscard]] std::vector<GradientNorm> gradient_norms(
    const std::vector<Parameter<T>*>& parameters) {
  return gradient_norms(std::span<Parameter<T>* const>(parameters));
}

/// One line per parameter.
[[nodiscard]] std::string to_string(std::span<const GradientNorm> norms);

}  // namespace rondo
