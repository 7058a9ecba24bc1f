/// Matrices turned over in registers.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <cstddef>

#include "rondo/core/kernels/vector.hpp"

namespace rondo::kernels::simd {

/// Turns the [size, size] block of these rows over: blocks of `distance` change places, then those
/// of half the distance within them.
template <class V, std::size_t distance = V::size / 2>
[[gnu::always_inline]] inline void transpose(std::array<V, V::size>& rows) {
#pragma GCC unroll 16
  for (std::size_t i = 0; i < V::size; ++i) {
    if ((i & distance) == 0) {
      const V upper = rows[i];
      const V lower = rows[i | distance];
      rows[i] = upper.template with_left_of<distance>(lower);
      rows[i | distance] = lower.template with_right_of<distance>(upper);
    }
  }
  if constexpr (distance > 1) {
    transpose<V, distance / 2>(rows);
  }
}

/// to[k·to_step + i] = from[i·ld + k] for i < rows, k < columns; for `rows` ≤ i < padded: 0.
template <class V>
void copy_transposed(const typename V::value_type* from,
                     std::size_t ld,
                     std::size_t rows,
                     std::size_t columns,
                     typename V::value_type* to,
                     std::size_t to_step,
                     std::size_t padded) {
  for (std::size_t i = 0; i < padded; i += V::size) {
    const std::size_t height = padded - i < V::size ? padded - i : V::size;
    for (std::size_t k = 0; k < columns; k += V::size) {
      const std::size_t width = columns - k < V::size ? columns - k : V::size;
      std::array<V, V::size> block;
      for (std::size_t r = 0; r < V::size; ++r) {
        const auto* const row = from + (i + r) * ld + k;
        block[r] = i + r >= rows      ? V(0)
                   : width == V::size ? V::load(row)
                                      : V::load_part(row, width);
      }
      transpose(block);
      for (std::size_t c = 0; c < width; ++c) {
        auto* const place = to + (k + c) * to_step + i;
        height == V::size ? block[c].store(place) : block[c].store_part(place, height);
      }
    }
  }
}

}  // namespace rondo::kernels::simd
