/// A GRU over a whole batch of sequences as one tape op: the numbers of `RNN` over `GRUCell`, with
/// a rule of its own. It uses nothing but the public tape and the kernels.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "rondo/core/gate_function.hpp"
#include "rondo/core/masked_output.hpp"
#include "rondo/layers/recurrent/cell.hpp"

namespace rondo {

/// The part of a GRU's options that the op needs.
struct GruSequenceOptions {
  GateFunction activation = GateFunction::tanh;
  GateFunction recurrent_activation = GateFunction::sigmoid;
  bool reset_after = true;
  bool return_sequences = false;
  bool go_backwards = false;
  bool zero_output_for_mask = false;
  /// Inputs, outputs and mask with the steps first: [S, N, ..].
  bool time_major = false;
  MaskedOutput masked_output = MaskedOutput::previous_output;
  /// The single state mask also acts on the state that the update gate keeps.
  bool legacy_masked_carry = false;
};

/// The kernel's function for an activation; empty for a user's own and for those whose derivative
/// is not a function of the result alone.
[[nodiscard]] std::optional<GateFunction> gate_function(const Activation& activation);

/// `linear, tanh, …`: the activations that it knows.
[[nodiscard]] std::string gate_function_names();

template <Real T>
struct GruSequenceInputs {
  Variable<T> inputs;              // [N, S, F]
  Variable<T> kernel;              // [F, 3·H]
  Variable<T> recurrent_kernel;    // [H, 3·H]
  Variable<T> bias = {};           // [2, 3·H] with reset_after, else [3·H]; optional
  Variable<T> initial_state = {};  // [N, H]; optional: zeros
  /// [N, S], true = valid; empty: every step is valid. Copied.
  TensorView<const bool> mask = {};
  /// Dropout masks [N, F] and [N, H]: none, one, or one each for z, r and the candidate.
  std::span<const Variable<T>> input_masks = {};
  std::span<const Variable<T>> state_masks = {};
};

/// @return output [N, H], or [N, S, H] in the order of processing with return_sequences, and the
///         final state [N, H]
/// @throws ShapeError    if the shapes do not fit one another
/// @throws ArgumentError if there is no sample or no step, a number of masks is not 0, 1 or 3, or
///         the buffers would not fit into memory
/// Saves 5·N·S·H values.
template <Real T>
RecurrentOutput<T> gru_sequence(const GruSequenceInputs<T>& inputs,
                                const GruSequenceOptions& options);

}  // namespace rondo
