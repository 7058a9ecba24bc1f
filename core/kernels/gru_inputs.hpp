/// The gradient of the GRU's inputs from a chunk of steps:
///
///   dx = d_z K_zᵀ + d_r K_rᵀ + d_ĥ K_hᵀ
///
/// No step waits for it, so all rows of the chunk make one product. For kernel sources only (D9).
#pragma once

#include "rondo/core/kernels/gru_tiles.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

/// dx += part ∘ mask for the chunk's rows of panel `panel`; part: [rows, w], mask may be null.
template <class T>
void add_inputs(const GruCall<T>& call,
                const Steps<T>& dx,
                std::size_t begin,
                std::size_t end,
                std::size_t panel,
                const T* part,
                const T* mask) {
  constexpr std::size_t w = panel_width<T>;
  const std::size_t cols = panel_columns<T>(call.features, panel);
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t n = 0; n < call.batch; ++n, part += w) {
      T* const to = dx.at(n, time_of(call, i)) + panel * w;
      if (mask == nullptr) {
        add_row(part, to, cols);
        continue;
      }
      const T* const factor = mask + n * call.features + panel * w;
      for (std::size_t k = 0; k < cols; ++k) {
        to[k] += part[k] * factor[k];
      }
    }
  }
}

template <class T>
void input_gradients(const GruCall<T>& call,
                     const GruRule<T>& rule,
                     std::size_t begin,
                     std::size_t end,
                     std::size_t panel) {
  constexpr std::size_t w = panel_width<T>;
  static constexpr std::array<T, w> zeros{};
  const std::size_t rows = (end - begin) * call.batch;
  T* const product = rule.dx_panels + panel * rows * w;
  std::array<Factors<T>, gru_gates> factors{};
  for (std::size_t g = 0; g < gru_gates; ++g) {
    const T* const transposed = rule.weights.kernel[g] + panel * call.units * w;
    factors[g] = {rule.d_gates[g], rows, transposed, call.units};
  }
  const bool gate_masks = call.input_masks[1] != nullptr;  // then each gate's part has its own
  for (std::size_t p = 0; p < (gate_masks ? gru_gates : 1); ++p) {
    ProductSum<T> sum{zeros.data(), 0, product, gate_masks ? 1 : gru_gates, factors};
    sum.factors[0] = factors[p];
    multiply<simd::Chains::one>(tiling<T>(rows), 0, rows, std::array{sum});
    add_inputs<T>(call, rule.dx, begin, end, panel, product, call.input_masks[p]);
  }
}

}  // namespace vectorized

}  // namespace

}  // namespace rondo::kernels
