/// What a tape keeps: one node per op or leaf, the cost of an op, and the named parts of a pass.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rondo/core/parameter.hpp"
#include "rondo/core/shape.hpp"

namespace rondo {

template <Real T>
class Gradients;

/// One recorded op or leaf. All pointers lead into the tape's arenas or into a parameter.
template <Real T>
struct Node {
  using Rule = void (*)(const Gradients<T>&, const void* saved);

  const char* name;
  T* value;
  T* grad;  // null until a gradient arrives
  Shape shape;
  const std::uint32_t* inputs;
  std::uint32_t num_inputs;
  bool requires_grad;
  Rule rule;  // null for leaves and for what needs no gradient
  const void* saved;
  Parameter<T>* parameter;  // of a parameter's leaf
  /// Of a parameter's leaf: its version when it was recorded. Of all others: the bytes of values on
  /// the tape, this node's included. One word for both: a larger node is felt in a batch of 1.
  std::uint64_t stamp;
};

/// Where a gradient goes; if it is fresh, its memory is uninitialised.
template <Real T>
struct GradientPlace {
  TensorView<T> view;
  bool fresh = false;
};

/// What an op cost, if the tape measures it.
struct OpCost {
  double forward = 0.0;            // seconds
  double backward = 0.0;           // seconds
  std::size_t bytes = 0;           // of values: result, saved values and buffers
  std::size_t gradient_bytes = 0;  // of the last backward: gradients of the inputs, workspace
};

/// A named part of a pass (`Tape::scope`): the nodes [first, last). Parts nest; they are listed in
/// the order of their beginning.
struct TapeScope {
  static constexpr std::uint32_t none = 0xffffffff;

  const char* name;
  std::uint32_t number;  // such as that of a time step, or none
  std::uint32_t first;
  std::uint32_t last;  // none: not ended yet
};

}  // namespace rondo
