/// The whole time loop of a gated recurrent unit over a batch of sequences, and its rule: what the
/// op `gru_sequence` runs. Formulas and letters as in layers/recurrent/gru_cell.hpp:
///
///   z = ρ(x K_z + b_z + h U_z + c_z)          r = ρ(x K_r + b_r + h U_r + c_r)
///   ĥ = φ(x K_h + b_h + r ∘ q),  q = h U_h + c_h     with reset_after
///   ĥ = φ(x K_h + b_h + (r ∘ h) U_h)                 without
///   h' = z ∘ h + (1 − z) ∘ ĥ
///
/// Letters: N batch, S steps, F features, H units. All matrices inside are in panels (panels.hpp),
/// rows in the order (step, sample), steps in the order of processing. Samples do not depend on one
/// another: every function takes a range of them, cut at multiples of tiles, and gives the same
/// bits however the batch is cut.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rondo/core/gate_function.hpp"
#include "rondo/core/kernels/dispatch.hpp"
#include "rondo/core/kernels/tiling.hpp"
#include "rondo/core/masked_output.hpp"

namespace rondo::kernels {

/// Number of gates in a weight; their order in it is z, r, candidate.
constexpr std::size_t gru_gates = 3;

/// What is saved of a step, and the gradients of that. The gates have their places in a weight; q
/// is the candidate's recurrent part with reset_after, and its bias.
struct Slot {
  static constexpr std::size_t z = 0, r = 1, candidate = 2, q = 3, count = 4;
};

/// Number of masks in use: none, one for all gates, or one for each. Always inlined as in
/// tiling.hpp.
template <class T>
[[nodiscard, gnu::always_inline]] inline std::size_t count_masks(
    const std::array<const T*, gru_gates>& masks) {
  std::size_t count = 0;
  while (count < gru_gates && masks[count] != nullptr) {
    ++count;
  }
  return count;
}

/// The weights in panels. Made by `pack`, valid until a weight changes.
template <class T>
struct GruPanels {
  std::array<T*, gru_gates> kernel;     // [F, H] each
  std::array<T*, gru_gates> recurrent;  // [H, H] each
  std::array<T*, Slot::count> bias;     // [H] in panels: of z and r in all, b_h, c_h
};

/// The transposed weights, which the rule needs.
template <class T>
struct GruTransposedPanels {
  std::array<T*, gru_gates> kernel;     // [H, F] each
  std::array<T*, gru_gates> recurrent;  // [H, H] each
};

/// A tensor of the caller with an axis of samples and one of steps: [.., features] in any order.
template <class T>
struct Steps {
  T* data = nullptr;
  std::size_t sample = 0;  // elements from one sample to the next
  std::size_t step = 0;    // elements from one step to the next

  [[nodiscard]] T* at(std::size_t n, std::size_t s) const { return data + n * sample + s * step; }
};

/// What both directions know.
template <class T>
struct GruCall {
  std::size_t batch;
  std::size_t steps;
  std::size_t features;
  std::size_t units;
  GateFunction recurrent_activation;  // ρ
  GateFunction activation;            // φ
  bool reset_after;
  /// Step i of the loop reads x and mask at S − 1 − i.
  bool go_backwards;
  /// Outputs of masked steps are 0, whatever masked_output says.
  bool zero_output_for_mask;
  MaskedOutput masked_output;
  Steps<const T> x;
  Steps<const bool> mask;  // null: every step is valid
  /// [N]: the first step of the loop that is valid, S if none; null without mask.
  const std::size_t* first_valid;
  const T* initial_state;  // [N, H]; null: zeros
  /// Factors of the inputs [N, F]: none, one for all gates in [0], or one for each gate.
  std::array<const T*, gru_gates> input_masks;
  /// Factors of the state, likewise, but [N, H] in panels.
  std::array<const T*, gru_gates> state_masks;
  /// The only state mask also acts on the state that z keeps.
  bool legacy_masked_carry;
  /// The inputs' products of all steps come before the loop: those of a step would have few rows.
  /// Needs recording.
  bool inputs_first;
  GruPanels<T> weights;
  // Saved for the rule; without recording `states` has 2 slabs of N rows, and the others 1.
  T* states;                          // [(S + 1)·N, H] in panels
  std::array<T*, Slot::count> gates;  // z, r, ĥ, q, each [S·N, H] in panels
  bool recording;
  // Workspace, in panels.
  T* x_panels;  // [N, F], or [S·N, F] with inputs_first, for each input mask
  T* h_panels;  // [N, H], for each state mask, and one more without reset_after
};

/// Results of the forward loop.
template <class T>
struct GruResult {
  Steps<T> outputs;  // every output, if data is not null
  T* last_output;    // [N, H] or null
  T* last_state;     // [N, H] or null
};

/// Gradients that arrive and leave, and the workspace of a chunk of C steps.
template <class T>
struct GruRule {
  Steps<const T> d_outputs;  // null if only the last output or state has a gradient
  const T* d_last_output;    // [N, H] or null
  const T* d_last_state;     // [N, H] or null
  GruTransposedPanels<T> weights;
  // Accumulated; null where no gradient is wanted.
  Steps<T> dx;
  T* d_initial_state;  // [N, H]
  T* d_kernel;         // [F, 3·H]
  T* d_recurrent;      // [H, 3·H]
  T* d_bias;           // [2, 3·H] with reset_after, else [3·H]
  // Workspace, in panels.
  T* carry;                             // [N, H]
  T* part;                              // [N, width]
  std::array<T*, Slot::count> d_gates;  // d_z, d_r, d_ĥ, d_q before ρ and φ, each [C·N, H]
  T* x_panels;                          // [C·N, F], for each input mask
  T* dx_panels;                         // [C·N, F]
  T* h_panels;  // [C·N, H], for each state mask, and one more without reset_after
};

/// The kernels of this file for one element type.
template <class T>
struct GruTable {
  /// Columns of a panel and largest number of rows of a tile.
  std::size_t width;
  std::size_t max_rows;

  /// panels = m, or its transpose; m: [rows, cols] of a matrix with leading dimension ld.
  void (*pack)(const T* m, std::size_t ld, std::size_t rows, std::size_t cols, T* panels);
  void (*pack_transposed)(
      const T* m, std::size_t ld, std::size_t rows, std::size_t cols, T* panels);

  /// x[i] = f(x[i]); x: [n], n a multiple of width.
  void (*apply)(GateFunction f, T* x, std::size_t n);

  /// All steps for the samples [first, last).
  void (*forward)(const GruCall<T>& call,
                  const GruResult<T>& result,
                  std::size_t first,
                  std::size_t last);

  /// The steps [begin, end) of the loop, last to first, for the samples [first, last): gradients of
  /// gates and state. Chunks come from the last step to the first.
  void (*backward)(const GruCall<T>& call,
                   const GruRule<T>& rule,
                   std::size_t begin,
                   std::size_t end,
                   std::size_t first,
                   std::size_t last);

  /// Adds the gradients of the weights from the chunk [begin, end): those of panel `panel` of gate
  /// gradient `slot`. Panels and slots do not depend on one another.
  void (*weights)(const GruCall<T>& call,
                  const GruRule<T>& rule,
                  std::size_t begin,
                  std::size_t end,
                  std::size_t slot,
                  std::size_t panel);

  /// Adds the gradient of the inputs from the chunk [begin, end): that of panel `panel` of the
  /// features.
  void (*inputs)(const GruCall<T>& call,
                 const GruRule<T>& rule,
                 std::size_t begin,
                 std::size_t end,
                 std::size_t panel);

  /// As compiled for one instruction set; defined in gru.cpp.
  template <InstructionSet set>
  static const GruTable& of() noexcept;

  [[nodiscard]] std::size_t panels(std::size_t cols) const { return (cols + width - 1) / width; }

  /// Elements of a matrix [rows, cols] in panels.
  [[nodiscard]] std::size_t size(std::size_t rows, std::size_t cols) const {
    return panels(cols) * width * rows;
  }

  /// How the kernels cut n samples: two threads get equal shares.
  [[nodiscard]] Tiling tiling(std::size_t n) const { return {n, max_rows, /*even=*/true}; }
};

/// The kernels for so many units: a panel of AVX-512 (32 numbers in float) would be half empty with
/// few of them.
template <class T>
const GruTable<T>& gru_table(std::size_t units) noexcept {
  const GruTable<T>& table = chosen<GruTable<T>>();
  return instruction_set() == InstructionSet::avx512 && 2 * units <= table.width
             ? table_for<GruTable<T>>(InstructionSet::avx2)
             : table;
}

}  // namespace rondo::kernels
