/// Products of matrices of any size, compiled once per instruction set.
#include "rondo/core/kernels/gemm.hpp"

#include <algorithm>
#include <array>

#include "rondo/core/kernels/gemm_tile.hpp"
#include "rondo/core/kernels/lines.hpp"
#include "rondo/core/kernels/tiling.hpp"
#include "rondo/core/kernels/transposition.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

using simd::Left;
using simd::Right;
using simd::Update;

template <class T>
constexpr std::size_t panel_width = simd::width<simd::Vector<T>>;

template <class T>
constexpr std::size_t tile_rows = simd::max_rows<simd::Vector<T>>;

/// Cuts of a large product: a panel of the right factor (16 KB) stays in the first-level cache, the
/// rows of the left factor that go over it (128 KB) in the second.
constexpr std::size_t inner_of_block = 128;

template <class T>
constexpr std::size_t rows_of_block = 960 / sizeof(T) / tile_rows<T>* tile_rows<T>;

template <class T>
Left<T> left_factor(const Factor<T>& a) {
  return a.transpose == Transpose::yes ? Left<T>{a.data, 1, a.ld} : Left<T>{a.data, a.ld, 1};
}

/// c[i, j] for a block of rows, columns and inner indices.
template <class T>
class Block {
 public:
  Block(const Gemm<T>& call, std::size_t row, std::size_t k)
      : call_(call),
        rows_(std::min(call.m - row, rows_of_block<T>)),
        k_(k),
        inner_(std::min(call.k - k, inner_of_block)),
        a_(left_factor(call.a).from(row, k)),
        c_(call.c + row * call.ldc) {}

  void run() {
    if (packs_left()) {
      pack_left();
    }
    for (std::size_t column = 0; column < call_.n; column += panel_width<T>) {
      run_panel(column, std::min(call_.n - column, panel_width<T>));
    }
  }

 private:
  using V = simd::Vector<T>;

  /// Rows far apart fall on the same places of the cache.
  [[nodiscard]] bool packs_left() const {
    return std::max(a_.row, a_.inner) * sizeof(T) >= 2048 && call_.n >= 4 * panel_width<T>;
  }

  void pack_left() {
    constexpr std::size_t high = tile_rows<T>;
    for (std::size_t row = 0; row < rows_; row += high) {
      const std::size_t rows = std::min(rows_ - row, high);
      T* const to = left_.data() + row * inner_of_block;
      const Left<T> from = a_.from(row, 0);
      if (a_.inner == 1) {
        simd::copy_transposed<V>(from.data, a_.row, rows, inner_, to, high, high);
      } else {
        for (std::size_t k = 0; k < inner_; ++k) {
          std::copy_n(from.data + k * a_.inner, rows, to + k * high);
        }
      }
    }
    packed_ = true;
  }

  /// The left factor of the tile that begins at `row`.
  [[nodiscard]] Left<T> left(std::size_t row) const {
    return packed_ ? Left<T>{left_.data() + row * inner_of_block, 1, tile_rows<T>}
                   : a_.from(row, 0);
  }

  void run_panel(std::size_t column, std::size_t columns) {
    const T beta = k_ == 0 ? call_.beta : T{1};
    const Update<T> update{call_.alpha, beta, c_ + column, call_.ldc, columns};
    if (call_.b.transpose == Transpose::yes || rows_ >= 4 * tile_rows<T>) {
      pack_right(column, columns);
      run_tiles({right_.data(), panel_width<T>}, update);
    } else {
      run_tiles({call_.b.data + k_ * call_.b.ld + column, call_.b.ld}, update);
    }
  }

  void pack_right(std::size_t column, std::size_t columns) {
    constexpr std::size_t w = panel_width<T>;
    const Factor<T>& b = call_.b;
    if (b.transpose == Transpose::yes) {
      simd::copy_transposed<V>(
          b.data + column * b.ld + k_, b.ld, columns, inner_, right_.data(), w, w);
      return;
    }
    const T* from = b.data + k_ * b.ld + column;
    T* to = right_.data();
    for (std::size_t k = 0; k < inner_; ++k, from += b.ld, to += w) {
      if (columns == w) {
        V::load(from).store(to);
        V::load(from + V::size).store(to + V::size);
      } else {
        std::fill_n(std::copy_n(from, columns, to), w - columns, T{0});
      }
    }
  }

  void run_tiles(Right<T> b, const Update<T>& update) const {
    if (update.columns == panel_width<T>) {
      packed_ ? run_tiles<simd::PackedRows, 2>(b, update)
              : run_tiles<simd::StridedRows, 2>(b, update);
      return;
    }
    for (std::size_t column = 0; column < update.columns; column += V::size) {
      Update<T> part = update;
      part.c += column;
      part.columns = std::min(update.columns - column, V::size);
      run_tiles<simd::StridedRows, 1>({b.data + column, b.step}, part);
    }
  }

  template <class Rows, std::size_t vectors>
  void run_tiles(Right<T> b, Update<T> update) const {
    T* const c = update.c;
    const auto tile = [&](std::size_t row, std::size_t rows) {
      update.c = c + row * update.ldc;
      simd::multiply_tile<V, Rows, vectors>(rows, left(row), b, inner_, update);
    };
    if (rows_ <= tile_rows<T>) {
      tile(0, rows_);
    } else if (packed_) {
      for (std::size_t row = 0; row < rows_; row += tile_rows<T>) {
        tile(row, std::min(rows_ - row, tile_rows<T>));
      }
    } else {
      Tiling(rows_, tile_rows<T>).for_each(0, rows_, tile);
    }
  }

  const Gemm<T>& call_;
  std::size_t rows_;
  std::size_t k_;
  std::size_t inner_;
  Left<T> a_;
  T* c_;
  bool packed_ = false;
  alignas(64) std::array<T, inner_of_block * panel_width<T>> right_;
  alignas(64) std::array<T, inner_of_block * rows_of_block<T>> left_;
};

/// c = beta·c
template <class T>
void scale(const Gemm<T>& call) {
  for (std::size_t i = 0; i < call.m; ++i) {
    T* const row = call.c + i * call.ldc;
    std::transform(
        row, row + call.n, row, [beta = call.beta](T c) { return beta == T{0} ? T{0} : beta * c; });
  }
}

/// y[i·step] = alpha·(row i of the matrix)·x + beta·y[i·step]
template <class T>
struct RowProducts {
  std::size_t rows;
  std::size_t inner;
  const T* matrix;
  std::size_t ld;
  const T* x;
  T alpha;
  T beta;
  T* y;
  std::size_t step;
};

template <class T>
void multiply_rows(const RowProducts<T>& p) {
  using V = simd::Vector<T>;
  const auto product = [](V a, V b) { return a * b; };
  for (std::size_t i = 0; i < p.rows; ++i) {
    const T sum =
        p.alpha * simd::Row<V>{p.inner}.fold(simd::Sum{}, product, p.matrix + i * p.ld, p.x).get(0);
    T& y = p.y[i * p.step];
    y = p.beta == T{0} ? sum : p.beta * y + sum;
  }
}

/// c[j] = alpha·Σ_k x[k]·b[k, j] + beta·c[j] for the columns of `vectors` vectors; one may be a part.
template <class V, std::size_t vectors>
void multiply_columns(const Gemm<typename V::value_type>& call,
                      std::size_t column,
                      std::size_t columns) {
  using T = typename V::value_type;
  constexpr std::size_t chains = simd::chains_of_tile(vectors);
  const auto load = [columns](const T* from) {
    return vectors > 1 || columns == V::size ? V::load(from) : V::load_part(from, columns);
  };
  std::array<std::array<V, vectors>, chains> sum;
  for (auto& chain : sum) {
    chain.fill(V(T{0}));
  }
  const Left<T> x = left_factor(call.a);
  const T* b = call.b.data + column;
  const auto add_row = [&](std::size_t chain, std::size_t k) {
    const V factor(x.data[k * x.inner]);
    for (std::size_t v = 0; v < vectors; ++v) {
      sum[chain][v] = multiply_add(factor, load(b + v * V::size), sum[chain][v]);
    }
    b += call.b.ld;
  };
  std::size_t k = 0;
  for (; k + chains <= call.k; k += chains) {
    for (std::size_t chain = 0; chain < chains; ++chain) {
      add_row(chain, k + chain);
    }
  }
  for (; k < call.k; ++k) {
    add_row(0, k);
  }
  for (std::size_t v = 0; v < vectors; ++v) {
    V total = sum[0][v];
    for (std::size_t chain = 1; chain < chains; ++chain) {
      total = total + sum[chain][v];
    }
    T* const c = call.c + column + v * V::size;
    total = V(call.alpha) * total;
    total = call.beta == T{0} ? total : multiply_add(V(call.beta), load(c), total);
    vectors > 1 || columns == V::size ? total.store(c) : total.store_part(c, columns);
  }
}

/// A row times a matrix.
template <class T>
void multiply_row(const Gemm<T>& call) {
  using V = simd::Vector<T>;
  std::size_t column = 0;
  for (; column + 8 * V::size <= call.n; column += 8 * V::size) {
    multiply_columns<V, 8>(call, column, V::size);
  }
  for (; column + 2 * V::size <= call.n; column += 2 * V::size) {
    multiply_columns<V, 2>(call, column, V::size);
  }
  for (; column < call.n; column += V::size) {
    multiply_columns<V, 1>(call, column, std::min(call.n - column, V::size));
  }
}

/// c += a·b for a column a and a row b.
template <class T>
void multiply_outer(const Gemm<T>& call) {
  using V = simd::Vector<T>;
  const Left<T> a = left_factor(call.a);
  for (std::size_t i = 0; i < call.m; ++i) {
    T* const c = call.c + i * call.ldc;
    const V factor(call.alpha * a.data[i * a.row]);
    if (call.beta == T{0}) {
      simd::transform<V>(
          call.n, c, [=](V b) { return factor * b; }, simd::Array<V>{call.b.data});
    } else {
      const V beta(call.beta);
      simd::transform<V>(
          call.n,
          c,
          [=](V c_j, V b) { return multiply_add(factor, b, beta * c_j); },
          simd::Array<V>{c},
          simd::Array<V>{call.b.data});
    }
  }
}

template <class T>
void multiply_blocks(const Gemm<T>& call) {
  for (std::size_t k = 0; k < call.k; k += inner_of_block) {
    for (std::size_t row = 0; row < call.m; row += rows_of_block<T>) {
      Block<T>(call, row, k).run();
    }
  }
}

template <class T>
void gemm(const Gemm<T>& call) {
  const auto& [m, n, k, alpha, a, b, beta, c, ldc] = call;
  if (m == 0 || n == 0) {
    return;
  }
  if (k == 0) {
    return scale(call);
  }
  const bool row_of_b = b.transpose == Transpose::no || b.ld == 1;
  const bool row_of_a = a.transpose == Transpose::no || a.ld == 1;
  if (k == 1 && row_of_b) {
    return multiply_outer(call);
  }
  if (m == 1 && b.transpose == Transpose::no) {
    return multiply_row(call);
  }
  if (m == 1 && row_of_a) {
    return multiply_rows<T>({n, k, b.data, b.ld, a.data, alpha, beta, c, 1});
  }
  if (n == 1 && a.transpose == Transpose::no && (b.transpose == Transpose::yes || b.ld == 1)) {
    return multiply_rows<T>({m, k, a.data, a.ld, b.data, alpha, beta, c, ldc});
  }
  if (n == 1 && a.transpose == Transpose::yes && ldc == 1) {  // the product turned over
    const Transpose turned = b.transpose == Transpose::yes ? Transpose::no : Transpose::yes;
    return multiply_row<T>(
        {1, m, k, alpha, {turned, b.data, b.ld}, {Transpose::no, a.data, a.ld}, beta, c, m});
  }
  multiply_blocks(call);
}

}  // namespace vectorized

}  // namespace

template <class T>
template <InstructionSet>
const GemmTable<T>& GemmTable<T>::of() noexcept {
  static constexpr GemmTable table{vectorized::gemm<T>};
  return table;
}

template const GemmTable<float>& GemmTable<float>::of<simd::this_set>() noexcept;
template const GemmTable<double>& GemmTable<double>::of<simd::this_set>() noexcept;

}  // namespace rondo::kernels
