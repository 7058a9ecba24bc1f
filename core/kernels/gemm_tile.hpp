/// A tile of a product of matrices that are not in panels: [rows, columns] of sums in registers.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <cstddef>
#include <type_traits>

#include "rondo/core/kernels/panels.hpp"

namespace rondo::kernels::simd {

/// Element (r, k) of a left factor at data[r·row + k·inner].
template <class T>
struct Left {
  const T* data;
  std::size_t row;
  std::size_t inner;

  [[nodiscard]] Left from(std::size_t r, std::size_t k) const {
    return {data + r * row + k * inner, row, inner};
  }
};

/// Rows of neighbouring columns of a right factor: row k at data[k·step].
template <class T>
struct Right {
  const T* data;
  std::size_t step;
};

/// c = alpha·sum + beta·c for `columns` columns; beta 0 overwrites.
template <class T>
struct Update {
  T alpha;
  T beta;
  T* c;
  std::size_t ldc;
  std::size_t columns;
};

/// Sums that an element is split into, so that eight multiply-adds are under way.
constexpr std::size_t chains_of_tile(std::size_t accumulators) {
  return accumulators >= 8 ? 1 : accumulators >= 4 ? 2 : 4;
}

/// A left factor in packed tiles: the rows of a tile are neighbours, `max_rows` apart in k.
struct PackedRows {};

/// A left factor as it lies in memory.
struct StridedRows {};

/// @tparam vectors  2: all columns of a panel; 1: at most a vector of them
template <class V, class Rows, std::size_t rows, std::size_t vectors>
class GemmTile {
 public:
  using T = typename V::value_type;

  [[gnu::always_inline]] GemmTile(Left<T> a, Right<T> b, std::size_t inner, std::size_t columns)
      : columns_(columns) {
    for (auto& chain : sum_) {
      for (auto& row : chain) {
        for (V& sum : row) {
          sum = V(T{0});
        }
      }
    }
    std::size_t k = 0;
    for (; k + chains <= inner; k += chains) {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < chains; ++c) {
        add_product(c, at(a, k + c), a.row, b.data + (k + c) * b.step);
      }
    }
    for (; chains > 1 && k < inner; ++k) {
      add_product(0, at(a, k), a.row, b.data + k * b.step);
    }
  }

  [[gnu::always_inline]] void store(const Update<T>& to) const {
    for (std::size_t r = 0; r < rows; ++r) {
      T* const c = to.c + r * to.ldc;
      if (vectors == 2) {
        updated(r, 0, to, [c] { return V::load(c); }).store(c);
        updated(r, vectors - 1, to, [c] { return V::load(c + V::size); }).store(c + V::size);
      } else {
        updated(r, 0, to, [c, this] { return V::load_part(c, columns_); }).store_part(c, columns_);
      }
    }
  }

 private:
  static constexpr std::size_t chains = chains_of_tile(rows * vectors);
  static constexpr bool packed = std::is_same_v<Rows, PackedRows>;

  [[gnu::always_inline]] static const T* at(const Left<T>& a, std::size_t k) {
    return a.data + k * (packed ? max_rows<V> : a.inner);
  }

  /// Adds a[r·row]·b[v] to element (r, v) of one chain.
  [[gnu::always_inline]] void add_product(std::size_t chain,
                                          const T* a,
                                          std::size_t row,
                                          const T* b) {
    const V left = vectors == 2 ? V::load(b) : V::load_part(b, columns_);
    const V right = vectors == 2 ? V::load(b + V::size) : left;
#pragma GCC unroll 12
    for (std::size_t r = 0; r < rows; ++r) {
      const V factor(a[packed ? r : r * row]);
      sum_[chain][r][0] = multiply_add(factor, left, sum_[chain][r][0]);
      if constexpr (vectors == 2) {
        sum_[chain][r][1] = multiply_add(factor, right, sum_[chain][r][1]);
      }
    }
  }

  template <class Load>
  [[gnu::always_inline]] V updated(std::size_t r,
                                   std::size_t v,
                                   const Update<T>& to,
                                   Load load) const {
    V sum = sum_[0][r][v];
    for (std::size_t c = 1; c < chains; ++c) {
      sum = sum + sum_[c][r][v];
    }
    sum = V(to.alpha) * sum;
    return to.beta == T{0} ? sum : multiply_add(V(to.beta), load(), sum);
  }

  std::size_t columns_;
  V sum_[chains][rows][vectors];  // NOLINT(modernize-avoid-c-arrays): as in Tile
};

/// The tile of `wanted` rows, 0 < wanted ≤ rows.
template <class V, class Rows, std::size_t vectors, std::size_t rows = max_rows<V>>
void multiply_tile(std::size_t wanted,
                   Left<typename V::value_type> a,
                   Right<typename V::value_type> b,
                   std::size_t inner,
                   const Update<typename V::value_type>& to) {
  if constexpr (rows > 1) {
    if (wanted < rows) {
      return multiply_tile<V, Rows, vectors, rows - 1>(wanted, a, b, inner, to);
    }
  }
  GemmTile<V, Rows, rows, vectors>(a, b, inner, to.columns).store(to);
}

}  // namespace rondo::kernels::simd
