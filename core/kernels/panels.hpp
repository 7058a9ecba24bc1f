/// Products of matrices stored in panels: the layout in which a small product comes close to the
/// peak of the multiply-add units, because nothing is packed again at every step (D28).
///
/// A matrix [rows, cols] in panels is cut into strips of `width<V>` columns, the last one padded;
/// each strip is stored as [rows, width], one after the other:
///
///   element (i, j) at data[(j / width · rows + i) · width + j % width]
///
/// The same matrix serves as left factor, right factor and transposed left factor.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <array>
#include <cstddef>

#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels::simd {

/// Columns of a panel: two vectors.
template <class V>
constexpr std::size_t width = 2 * V::size;

/// Rows of a tile: as many as its accumulators leave registers for a row of the panel.
template <class V>
constexpr std::size_t max_rows = sizeof(V) == 64 ? 12 : 6;

/// Sums that a tile of few rows splits each of its elements into, so that enough multiply-adds are
/// under way to hide their latency.
constexpr std::size_t chains_of(std::size_t rows) {
  return rows == 1 ? 4 : rows <= 3 ? 2 : 1;
}

/// [rows, width] of sums in registers. The order of summation depends on `chains` and on the length
/// alone.
template <class V, std::size_t rows, std::size_t chains = chains_of(rows)>
class Tile {
 public:
  using T = typename V::value_type;

  /// start: [width] if step is 0, else [rows, step]
  [[gnu::always_inline]] Tile(const T* start, std::size_t step) {
    for (std::size_t r = 0; r < rows; ++r) {
      sum_[0][r][0] = V::load(start + r * step);
      sum_[0][r][1] = V::load(start + r * step + V::size);
    }
    for (std::size_t c = 1; c < chains; ++c) {
      for (std::size_t r = 0; r < rows; ++r) {
        sum_[c][r][0] = sum_[c][r][1] = V(T{0});
      }
    }
  }

  /// += A B. a: the first of `rows` rows of A [a_rows, inner] in panels; b: a panel of B
  /// [inner, width].
  [[gnu::always_inline]] void multiply(const T* a,
                                       std::size_t a_rows,
                                       const T* b,
                                       std::size_t inner) {
    std::size_t k = 0;
    for (; k + width<V> <= inner; k += width<V>) {
      add_products<width<V>, 1>(a + k * a_rows, b + k * width<V>, width<V>);
    }
    add_products<width<V>, 1>(a + k * a_rows, b + k * width<V>, inner - k);
  }

  /// += Aᵀ B. a: the first of `rows` columns in a panel of A [inner, width]; b: a panel of B
  /// [inner, width].
  [[gnu::always_inline]] void multiply_transposed(const T* a, const T* b, std::size_t inner) {
    add_products<1, width<V>>(a, b, inner);
  }

  /// y: [rows, width]
  [[gnu::always_inline]] void store(T* y) const {
    for (std::size_t r = 0; r < rows; ++r) {
      total(r, 0).store(y + r * width<V>);
      total(r, 1).store(y + r * width<V> + V::size);
    }
  }

 private:
  /// Adds a[r·row_step]·b[c] to element (r, c) of one chain.
  template <std::size_t row_step>
  [[gnu::always_inline]] void add_product(std::size_t chain, const T* a, const T* b) {
    const V left = V::load(b);
    const V right = V::load(b + V::size);
#pragma GCC unroll 12
    for (std::size_t r = 0; r < rows; ++r) {
      const V factor(a[r * row_step]);
      sum_[chain][r][0] = multiply_add(factor, left, sum_[chain][r][0]);
      sum_[chain][r][1] = multiply_add(factor, right, sum_[chain][r][1]);
    }
  }

  /// The same for `count` values of k, a and b advancing by k_step and width.
  template <std::size_t row_step, std::size_t k_step>
  [[gnu::always_inline]] void add_products(const T* a, const T* b, std::size_t count) {
    std::size_t k = 0;
    for (; k + chains <= count; k += chains) {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < chains; ++c) {
        add_product<row_step>(c, a + (k + c) * k_step, b + (k + c) * width<V>);
      }
    }
    for (; chains > 1 && k < count; ++k) {
      add_product<row_step>(0, a + k * k_step, b + k * width<V>);
    }
  }

  [[gnu::always_inline]] V total(std::size_t r, std::size_t half) const {
    V result = sum_[0][r][half];
    for (std::size_t c = 1; c < chains; ++c) {
      result = result + sum_[c][r][half];
    }
    return result;
  }

  V sum_[chains][rows]
        [2];  // NOLINT(modernize-avoid-c-arrays): std::array hides the indices from GCC
};

/// One factor pair of a sum of products: rows of a left matrix in panels, a panel of a right one.
template <class T>
struct Factors {
  const T* a;
  std::size_t a_rows;
  const T* b;
  std::size_t inner;
};

/// out[r, c] = start[r·start_step + c] + Σ_i (A_i B_i)[r, c]; out: [rows, width], may be start.
template <class T>
struct ProductSum {
  const T* start;
  std::size_t start_step;
  T* out;
  std::size_t count;
  std::array<Factors<T>, 3> factors;
};

/// How a tile orders its sums: in as many chains as its rows call for, or in one, so that a row's
/// sum does not depend on how many rows there are.
enum class Chains { by_rows, one };

/// Each of `count` sums for a tile of `wanted` rows, 0 < wanted ≤ rows.
template <class V, Chains order = Chains::by_rows, std::size_t rows = max_rows<V>>
void sum_products(std::size_t wanted,
                  const ProductSum<typename V::value_type>* sums,
                  std::size_t count) {
  if constexpr (rows > 1) {
    if (wanted < rows) {
      return sum_products<V, order, rows - 1>(wanted, sums, count);
    }
  }
  if constexpr (order == Chains::one && chains_of(rows) == 1) {
    return sum_products<V, Chains::by_rows, rows>(wanted, sums, count);
  }
  for (std::size_t s = 0; s < count; ++s) {
    Tile<V, rows, order == Chains::one ? 1 : chains_of(rows)> tile(sums[s].start,
                                                                   sums[s].start_step);
    for (std::size_t i = 0; i < sums[s].count; ++i) {
      const auto& f = sums[s].factors[i];
      tile.multiply(f.a, f.a_rows, f.b, f.inner);
    }
    tile.store(sums[s].out);
  }
}

/// out = Aᵀ B for `wanted` columns in a panel of A [inner, width] and a panel of B [inner, width];
/// out: [wanted, width], overwritten.
template <class V, std::size_t rows = max_rows<V>>
void transposed_product(std::size_t wanted,
                        const typename V::value_type* a,
                        const typename V::value_type* b,
                        std::size_t inner,
                        typename V::value_type* out) {
  if constexpr (rows > 1) {
    if (wanted < rows) {
      return transposed_product<V, rows - 1>(wanted, a, b, inner, out);
    }
  }
  static constexpr std::array<typename V::value_type, width<V>> zeros{};
  Tile<V, rows> tile(zeros.data(), 0);
  tile.multiply_transposed(a, b, inner);
  tile.store(out);
}

}  // namespace rondo::kernels::simd
