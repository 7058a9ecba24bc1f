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

template <class T>
void input_gradients(const GruCall<T>& call,
                     const GruRule<T>& rule,
                     std::size_t begin,
                     std::size_t end,
                     std::size_t panel) {
  constexpr std::size_t w = panel_width<T>;
  static constexpr std::array<T, w> zeros{};
  const std::size_t rows = (end - begin) * call.batch;
  const std::size_t cols = panel_columns<T>(call.features, panel);
  T* const product = rule.dx_panels + panel * rows * w;
  std::array<Factors<T>, gru_gates> factors{};
  for (std::size_t g = 0; g < gru_gates; ++g) {
    const T* const transposed = rule.weights.kernel[g] + panel * call.units * w;
    factors[g] = {rule.d_gates[g], rows, transposed, call.units};
  }
  const auto add = [&](const T* mask) {
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t n = row % call.batch;
      T* const dx = rule.dx.at(n, time_of(call, begin + row / call.batch)) + panel * w;
      const T* const part = product + row * w;
      if (mask == nullptr) {
        add_row(part, dx, cols);
        continue;
      }
      const T* const factor = mask + n * call.features + panel * w;
      for (std::size_t k = 0; k < cols; ++k) {
        dx[k] += part[k] * factor[k];
      }
    }
  };
  if (call.input_masks[1] == nullptr) {
    multiply<simd::Chains::one>(
        tiling<T>(rows),
        0,
        rows,
        std::array{ProductSum<T>{zeros.data(), 0, product, gru_gates, factors}});
    add(call.input_masks[0]);
    return;
  }
  for (std::size_t g = 0; g < gru_gates; ++g) {  // a mask of its own for each gate
    multiply<simd::Chains::one>(
        tiling<T>(rows),
        0,
        rows,
        std::array{ProductSum<T>{zeros.data(), 0, product, 1, {factors[g]}}});
    add(call.input_masks[g]);
  }
}

}  // namespace vectorized

}  // namespace

}  // namespace rondo::kernels
