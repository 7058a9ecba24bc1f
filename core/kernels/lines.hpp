/// Reductions along one axis of [outer, n, inner], written once for both memory orders: a `Row` is
/// one line of neighbouring elements, `Columns` are neighbouring lines, one in each lane.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <cstddef>

#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels::simd {

/// For a fold of the elements as they are.
struct Itself {
  auto operator()(auto v) const { return v; }
};

/// One line of n neighbouring elements. Results per line are in all lanes.
template <class V>
struct Row {
  using T = typename V::value_type;

  std::size_t n;

  V load(const T* per_line) const { return V(*per_line); }

  void store(V v, T* per_line) const { *per_line = v.get(0); }

  /// Combines f(x...) over the line.
  template <class Combine, class F, class... X>
  V fold(Combine combine, F f, const X*... x) const {
    return simd::fold<V>(n, combine, f, Array<V>{x}...);
  }

  /// y = f(x...) along the line; y may be an operand.
  template <class F, class... X>
  void map(T* y, F f, const X*... x) const {
    transform<V>(n, y, f, Array<V>{x}...);
  }
};

/// `count` neighbouring lines of n elements that are `stride` apart; 0 < count ≤ V::size.
template <class V>
struct Columns {
  using T = typename V::value_type;

  std::size_t n;
  std::size_t stride;
  std::size_t count;

  V load(const T* per_line) const {
    return count == V::size ? V::load(per_line) : V::load_part(per_line, count);
  }

  void store(V v, T* per_line) const {
    if (count == V::size) {
      v.store(per_line);
    } else {
      v.store_part(per_line, count);
    }
  }

  template <class Combine, class F, class... X>
  V fold(Combine combine, F f, const X*... x) const {
    return fold_terms<V>(
        n, combine, [=, this](std::size_t j) { return f(load(x + j * stride)...); });
  }

  template <class F, class... X>
  void map(T* y, F f, const X*... x) const {
    for (std::size_t j = 0; j < n; ++j) {
      store(f(load(x + j * stride)...), y + j * stride);
    }
  }
};

/// Calls body(lines, start, index) for all lines of [outer, n, inner]: `start` is the offset of the
/// first element, `index` that of the line in [outer, inner].
template <class V, class Body>
void for_each_line(std::size_t outer, std::size_t n, std::size_t inner, Body body) {
  if (inner == 1) {
    for (std::size_t o = 0; o < outer; ++o) {
      body(Row<V>{n}, o * n, o);
    }
    return;
  }
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; i += V::size) {
      const std::size_t count = inner - i < V::size ? inner - i : V::size;
      body(Columns<V>{n, inner, count}, o * n * inner + i, o * inner + i);
    }
  }
}

}  // namespace rondo::kernels::simd
