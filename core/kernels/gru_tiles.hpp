/// What both directions of the GRU's kernels share: rows to and from panels, activations in place,
/// and where things are. For kernel sources only (D9).
#pragma once

#include "rondo/core/kernels/exponential.hpp"
#include "rondo/core/kernels/formulas_activations.hpp"
#include "rondo/core/kernels/gru.hpp"
#include "rondo/core/kernels/panels.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

using simd::Factors;
using simd::ProductSum;

template <class T>
constexpr std::size_t panel_width = simd::width<simd::Vector<T>>;

/// f(i) for the starts of vectors in [0, n); n is a multiple of panel_width.
template <class T, class F>
[[gnu::always_inline]] inline void for_vectors(std::size_t n, F f) {
  for (std::size_t i = 0; i < n; i += simd::Vector<T>::size) {
    f(i);
  }
}

template <class T>
[[gnu::always_inline]] inline simd::Vector<T> load(const T* x) {
  return simd::Vector<T>::load(x);
}

template <class T>
void fill(T* x, std::size_t n, T value) {
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = value;
  }
}

template <class T>
void copy(const T* from, T* to, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    to[i] = from[i];
  }
}

/// Columns of panel j that a matrix with `cols` columns fills.
template <class T>
[[gnu::always_inline]] inline std::size_t panel_columns(std::size_t cols, std::size_t j) {
  const std::size_t left = cols - j * panel_width<T>;
  return left < panel_width<T> ? left : panel_width<T>;
}

/// x[0, count), padded with 0.
template <class T>
[[gnu::always_inline]] inline simd::Vector<T> load_padded(const T* x, std::size_t count) {
  using V = simd::Vector<T>;
  if (count >= V::size) {
    return load(x);
  }
  return count == 0 ? V(T{0}) : select(V::first(count), V::load_part(x, count), V(T{0}));
}

/// Row `index` of a matrix [rows, cols] in panels = row · factor; factor may be null. The padding
/// becomes 0.
template <class T>
void to_panels(const T* row,
               const T* factor,
               std::size_t cols,
               T* panels,
               std::size_t rows,
               std::size_t index) {
  using V = simd::Vector<T>;
  constexpr std::size_t w = panel_width<T>;
  for (std::size_t c = 0; c < cols; c += w) {
    T* const to = panels + c * rows + index * w;
    for (std::size_t i = 0; i < w; i += V::size) {
      const std::size_t at = c + i;
      const std::size_t count = at < cols ? cols - at : 0;
      V value = load_padded(row + at, count);
      if (factor != nullptr) {
        value = value * load_padded(factor + at, count);
      }
      value.store(to + i);
    }
  }
}

/// to[0, count) += from[0, count); count ≤ panel_width
template <class T>
[[gnu::always_inline]] inline void add_row(const T* from, T* to, std::size_t count) {
  if (count == panel_width<T>) {
    for_vectors<T>(count, [=](std::size_t k) { (load(to + k) + load(from + k)).store(to + k); });
    return;
  }
  for (std::size_t k = 0; k < count; ++k) {
    to[k] += from[k];
  }
}

template <class T>
void zero_in_panels(std::size_t cols, T* panels, std::size_t rows, std::size_t index) {
  for (std::size_t c = 0; c < cols; c += panel_width<T>) {
    fill(panels + c * rows + index * panel_width<T>, panel_width<T>, T{0});
  }
}

/// How the kernels cut n rows of one task.
template <class T>
[[gnu::always_inline]] inline Tiling tiling(std::size_t n) {
  return {n, simd::max_rows<simd::Vector<T>>};
}

/// How they cut n samples, as GruTable::tiling.
template <class T>
[[gnu::always_inline]] inline Tiling sample_tiling(std::size_t n) {
  return {n, simd::max_rows<simd::Vector<T>>, /*even=*/true};
}

/// The same sum for the samples from n on.
template <class T>
ProductSum<T> from_sample(ProductSum<T> sum, std::size_t n) {
  sum.start += n * sum.start_step;
  sum.out += n * panel_width<T>;
  for (std::size_t i = 0; i < sum.count; ++i) {
    sum.factors[i].a += n * panel_width<T>;
  }
  return sum;
}

/// One factor after another, in blocks that stay in the first-level cache for all tiles.
template <simd::Chains order, class T>
void multiply_in_blocks(const Tiling& tiles,
                        std::size_t first,
                        std::size_t last,
                        std::size_t block,
                        ProductSum<T> sum) {
  constexpr std::size_t w = panel_width<T>;
  for (std::size_t i = 0; i < sum.count; ++i) {
    const Factors<T>& f = sum.factors[i];
    for (std::size_t k = 0; k < f.inner; k += block) {
      const std::size_t inner = f.inner - k < block ? f.inner - k : block;
      const ProductSum<T> part{sum.start,
                               sum.start_step,
                               sum.out,
                               1,
                               {Factors<T>{f.a + k * f.a_rows, f.a_rows, f.b + k * w, inner}}};
      tiles.for_each(first, last, [&](std::size_t n, std::size_t rows) {
        const ProductSum<T> tile = from_sample(part, n);
        simd::sum_products<simd::Vector<T>, order>(rows, &tile, 1);
      });
      sum.start = sum.out;
      sum.start_step = w;
    }
  }
}

/// Sums of products, each for one panel of its result and the samples [first, last): row n of a
/// result is `out + n·w`, that of a left factor `a + n·w`. How a sum is ordered depends on the
/// sizes alone, not on first and last.
template <simd::Chains order = simd::Chains::by_rows, class T, std::size_t count>
void multiply(const Tiling& tiles,
              std::size_t first,
              std::size_t last,
              const std::array<ProductSum<T>, count>& sums) {
  constexpr std::size_t w = panel_width<T>;
  constexpr std::size_t block = 16384 / (w * sizeof(T)) / w * w;  // half of a first-level cache
  std::size_t inner = 0;
  for (const ProductSum<T>& sum : sums) {
    for (std::size_t i = 0; i < sum.count; ++i) {
      inner += sum.factors[i].inner;
    }
  }
  if (tiles.count() > 1 && inner > block) {
    for (const ProductSum<T>& sum : sums) {
      multiply_in_blocks<order>(tiles, first, last, block, sum);
    }
    return;
  }
  tiles.for_each(first, last, [&](std::size_t n, std::size_t rows) {
    std::array<ProductSum<T>, count> tile;
    for (std::size_t i = 0; i < count; ++i) {
      tile[i] = from_sample(sums[i], n);
    }
    simd::sum_products<simd::Vector<T>, order>(rows, tile.data(), count);
  });
}

// ---- activations ----

/// The slope of f where its result is y. At the bounds of the piecewise linear ones, where Keras 2
/// and 3 differ, it is 0.
template <class F, class V>
V slope(const F& f, V y) {
  return f.derivative(y, y);  // has the sign of x, which is all that these formulas ask for
}

template <class V>
V slope(const HardSigmoid&, V y) {
  return indicator(y > 0 && y < 1, y) / 6;
}

template <class V>
V slope(const HardSigmoidKeras2&, V y) {
  return like(y, 0.2) * indicator(y > 0 && y < 1, y);
}

template <class V>
V slope(const Softsign&, V y) {
  return Square{}.value(1 - abs(y));
}

/// One activation in place, and the rule: d *= slope.
template <class T>
struct Function {
  void (*apply)(T* x, std::size_t n);
  void (*scale)(const T* y, T* d, std::size_t n);
};

// Flattened, or the constants of a formula are loaded again for each vector.

template <class F, class T>
[[gnu::flatten]] void apply_function(T* x, std::size_t n) {
  for_vectors<T>(n, [=](std::size_t i) { F{}.value(load(x + i)).store(x + i); });
}

template <class F, class T>
[[gnu::flatten]] void scale_by_slope(const T* y, T* d, std::size_t n) {
  for_vectors<T>(n, [=](std::size_t i) { (load(d + i) * slope(F{}, load(y + i))).store(d + i); });
}

template <class F, class T>
constexpr Function<T> function_of{apply_function<F, T>, scale_by_slope<F, T>};

template <class T>
Function<T> function(GateFunction f) {
  switch (f) {
#define RONDO_CASE(name, formula, ...) \
  case GateFunction::name:             \
    return function_of<formula, T>;
    RONDO_GATE_FUNCTIONS(RONDO_CASE)
#undef RONDO_CASE
    case GateFunction::linear:
      break;
  }
  return {[](T*, std::size_t) {}, [](const T*, T*, std::size_t) {}};
}

// ---- places ----

/// Where the values of step i are in the saved matrices.
template <class T>
struct Places {
  explicit Places(const GruCall<T>& call)
      : state_rows(call.recording ? (call.steps + 1) * call.batch : 2 * call.batch),
        gate_rows(call.recording ? call.steps * call.batch : call.batch),
        batch(call.batch),
        recording(call.recording) {}

  /// First element of row n at the start of step i, panel j, in the matrix of states.
  [[nodiscard]] std::size_t state(std::size_t i, std::size_t n, std::size_t j) const {
    const std::size_t slab = recording ? i : i % 2;
    return (j * state_rows + slab * batch + n) * panel_width<T>;
  }

  [[nodiscard]] std::size_t gate(std::size_t i, std::size_t n, std::size_t j) const {
    return (j * gate_rows + (recording ? i : 0) * batch + n) * panel_width<T>;
  }

  std::size_t state_rows;
  std::size_t gate_rows;
  std::size_t batch;
  bool recording;
};

template <class T>
std::size_t panels_of(std::size_t cols) {
  return (cols + panel_width<T> - 1) / panel_width<T>;
}

/// Elements of a matrix [rows, cols] in panels.
template <class T>
std::size_t size_in_panels(std::size_t rows, std::size_t cols) {
  return panels_of<T>(cols) * panel_width<T> * rows;
}

/// The step of the caller's tensors that step i of the loop reads.
template <class T>
std::size_t time_of(const GruCall<T>& call, std::size_t i) {
  return call.go_backwards ? call.steps - 1 - i : i;
}

template <class T>
bool is_masked(const GruCall<T>& call, std::size_t n, std::size_t i) {
  return call.mask.data != nullptr && !*call.mask.at(n, time_of(call, i));
}

/// Whether the output of step i is the state after it, and not 0.
template <class T>
bool shows_state(const GruCall<T>& call, std::size_t n, std::size_t i) {
  if (call.mask.data == nullptr) {
    return true;
  }
  const bool previous_state = call.masked_output == MaskedOutput::previous_state;
  return (previous_state || i >= call.first_valid[n]) &&
         !(call.zero_output_for_mask && is_masked(call, n, i));
}

/// Index of the mask, and so of the masked matrix, of gate g.
template <class T>
std::size_t variant(const std::array<const T*, gru_gates>& masks, std::size_t g) {
  return masks[1] != nullptr ? g : 0;
}

/// x of step i, masked, as rows `row + n` of matrices [rows, F] in panels, one for each variant.
template <class T>
void pack_inputs(const GruCall<T>& call,
                 std::size_t i,
                 std::size_t first,
                 std::size_t last,
                 T* panels,
                 std::size_t rows,
                 std::size_t row) {
  const std::size_t variants = call.input_masks[1] != nullptr ? gru_gates : 1;
  const std::size_t f = call.features;
  for (std::size_t v = 0; v < variants; ++v) {
    T* const to = panels + v * size_in_panels<T>(rows, f);
    const T* const factors = call.input_masks[v];
    for (std::size_t n = first; n < last; ++n) {
      if (is_masked(call, n, i)) {  // NaN · 0 would be NaN in the gradient of the kernel
        zero_in_panels(f, to, rows, row + n);
      } else {
        to_panels(call.x.at(n, time_of(call, i)),
                  factors == nullptr ? nullptr : factors + n * f,
                  f,
                  to,
                  rows,
                  row + n);
      }
    }
  }
}

/// The state before step i times each state mask, as rows `row + n` of matrices [rows, H].
template <class T>
void mask_states(const GruCall<T>& call,
                 std::size_t i,
                 std::size_t first,
                 std::size_t last,
                 T* panels,
                 std::size_t rows,
                 std::size_t row) {
  constexpr std::size_t w = panel_width<T>;
  const Places<T> places(call);
  for (std::size_t v = 0; v < count_masks(call.state_masks); ++v) {
    T* const to = panels + v * size_in_panels<T>(rows, call.units);
    for (std::size_t j = 0; j < panels_of<T>(call.units); ++j) {
      const T* const h = call.states + places.state(i, first, j);
      const T* const mask = call.state_masks[v] + (j * call.batch + first) * w;
      T* const masked = to + (j * rows + row + first) * w;
      for_vectors<T>((last - first) * w,
                     [=](std::size_t k) { (load(h + k) * load(mask + k)).store(masked + k); });
    }
  }
}

}  // namespace vectorized

}  // namespace

}  // namespace rondo::kernels
