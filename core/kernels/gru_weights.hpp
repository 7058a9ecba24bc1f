/// The gradients of the GRU's weights from a chunk of steps. For kernel sources only (D9).
#pragma once

#include "rondo/core/kernels/gru_tiles.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

/// grad[i, column + c] += (Aᵀ d)[i, c] for a panel d [inner, w] with `cols` columns in use.
///
/// a: row 0 of a matrix [a_rows, rows] in panels; grad: [rows, ld]
template <class T>
void add_transposed_product(const T* a,
                            std::size_t a_rows,
                            std::size_t rows,
                            const T* d,
                            std::size_t inner,
                            T* grad,
                            std::size_t ld,
                            std::size_t cols) {
  using V = simd::Vector<T>;
  constexpr std::size_t w = panel_width<T>;
  std::array<T, simd::max_rows<V> * w> part;
  for (std::size_t p = 0; p < rows; p += w) {
    const std::size_t columns = panel_columns<T>(rows, p / w);
    tiling<T>(columns).for_each(0, columns, [&](std::size_t i, std::size_t count) {
      simd::transposed_product<V>(count, a + p * a_rows + i, d, inner, part.data());
      for (std::size_t r = 0; r < count; ++r) {
        add_row(part.data() + r * w, grad + (p + i + r) * ld, cols);
      }
    });
  }
}

/// sums[c] += Σ_rows d[row, c] for a panel d.
template <class T>
void add_column_sums(const T* d, std::size_t rows, T* sums, std::size_t cols) {
  using V = simd::Vector<T>;
  constexpr std::size_t w = panel_width<T>;
  V left(T{0});
  V right(T{0});
  for (std::size_t row = 0; row < rows; ++row) {
    left = left + load(d + row * w);
    right = right + load(d + row * w + V::size);
  }
  std::array<T, w> total;
  left.store(total.data());
  right.store(total.data() + V::size);
  add_row(total.data(), sums, cols);
}

template <class T>
void weight_gradients(const GruCall<T>& call,
                      const GruRule<T>& rule,
                      std::size_t begin,
                      std::size_t end,
                      std::size_t slot,
                      std::size_t panel) {
  constexpr std::size_t w = panel_width<T>;
  const std::size_t h = call.units;
  const std::size_t g = slot == 3 ? 2 : slot;  // both d_ĥ and d_q belong to the candidate
  const std::size_t rows = (end - begin) * call.batch;
  const std::size_t column = g * h + panel * w;
  const std::size_t cols = panel_columns<T>(h, panel);
  const T* const d = rule.d_gates[slot] + panel * rows * w;
  if (rule.d_kernel != nullptr && slot < gru_gates) {
    const std::size_t v = variant(call.input_masks, g);
    add_transposed_product(rule.x_panels + v * size_in_panels<T>(rows, call.features),
                           rows,
                           call.features,
                           d,
                           rows,
                           rule.d_kernel + column,
                           3 * h,
                           cols);
  }
  const bool recurrent = slot == 2 ? !call.reset_after : true;
  if (rule.d_recurrent != nullptr && recurrent) {
    const Places<T> places(call);
    const T* a = call.states + places.state(begin, 0, 0);
    std::size_t a_rows = places.state_rows;
    if (slot == 2 || call.state_masks[0] != nullptr) {
      // r ∘ h stands behind the masked states
      const std::size_t v =
          slot == 2 ? count_masks(call.state_masks) : variant(call.state_masks, g);
      a = rule.h_panels + v * size_in_panels<T>(rows, h);
      a_rows = rows;
    }
    add_transposed_product(a, a_rows, h, d, rows, rule.d_recurrent + column, 3 * h, cols);
  }
  if (rule.d_bias != nullptr) {
    if (slot < gru_gates) {
      add_column_sums(d, rows, rule.d_bias + column, cols);
    }
    if (call.reset_after && slot != 2) {
      add_column_sums(d, rows, rule.d_bias + 3 * h + column, cols);
    }
  }
}

}  // namespace vectorized

}  // namespace

}  // namespace rondo::kernels
