/// The interpreter of element-wise programs, compiled once per instruction set.
///
/// A tile is some whole rows, or a part of one, that fits into the first-level cache with all values
/// of a program; each instruction is a loop over it.
#include "rondo/core/kernels/fuse.hpp"

#include <algorithm>
#include <cstring>

#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/core/kernels/exponential.hpp"
#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

using simd::Array;

/// Elements of a tile; and from one to the next, which is no power of two: values would fall on the
/// same lines of the cache.
constexpr std::size_t tile_size = 256;
constexpr std::size_t tile_step = tile_size + 16;

/// Rows of a tile in memory.
template <class T>
struct Lines {
  T* data;
  std::size_t step;
};

template <class T>
struct Tile {
  std::size_t rows;
  std::size_t columns;
  std::array<Lines<T>, max_places> at;
};

/// y = f(x...) row by row; as one row where the rows of all follow one another.
template <class T, class F, class... X>
[[gnu::always_inline]] inline void map(const Tile<T>& tile, std::uint8_t to, F f, X... from) {
  using V = simd::Vector<T>;
  const Lines<T>& y = tile.at[to];
  const bool dense = y.step == tile.columns && ((tile.at[from].step == tile.columns) && ...);
  const std::size_t rows = dense ? 1 : tile.rows;
  const std::size_t n = dense ? tile.rows * tile.columns : tile.columns;
  for (std::size_t r = 0; r < rows; ++r) {
    simd::transform<V>(
        n, y.data + r * y.step, f, Array<V>{tile.at[from].data + r * tile.at[from].step}...);
  }
}

template <class F>
F formula_of(const Instruction& i) {
  F f;
  if constexpr (!std::is_empty_v<F>) {
    std::memcpy(static_cast<void*>(&f), i.parameters.data(), sizeof(F));
  }
  return f;
}

/// Formulas that most programs consist of have loops here; the others take those of elementwise.cpp,
/// a row at a time.
template <class F>
constexpr bool is_frequent =
    std::is_same_v<F, ScaleShift> || std::is_same_v<F, Tanh> || std::is_same_v<F, Sigmoid> ||
    std::is_same_v<F, Relu> || std::is_same_v<F, Square>;

/// f(n, pointers of a row...)
template <class T, class F, class... X>
void for_each_row(const Tile<T>& tile, F f, X... place) {
  for (std::size_t r = 0; r < tile.rows; ++r) {
    f(tile.columns, tile.at[place].data + r * tile.at[place].step...);
  }
}

template <class F, class T>
[[gnu::flatten]] void value(const Tile<T>& tile, const Instruction& i) {
  const F f = formula_of<F>(i);
  if constexpr (is_frequent<F>) {
    map(
        tile, i.to, [f](auto x) { return f.value(x); }, i.from[0]);
  } else {
    const UnaryKernels<F, T>& k = ElementwiseTable<T>::template of<simd::this_set>();
    const auto row = [&](std::size_t n, T* y, const T* x) { k.forward(f, x, y, n); };
    for_each_row(tile, row, i.to, i.from[0]);
  }
}

template <class F, class T>
[[gnu::flatten]] void slope(const Tile<T>& tile, const Instruction& i) {
  const F f = formula_of<F>(i);
  if constexpr (is_frequent<F>) {
    const auto rule = [f](auto x, auto y, auto dy) { return dy * f.derivative(x, y); };
    map(tile, i.to, rule, i.from[0], i.from[1], i.from[2]);
  } else {
    const UnaryKernels<F, T>& k = ElementwiseTable<T>::template of<simd::this_set>();
    const auto row = [&](std::size_t n, T* dx, const T* x, const T* y, const T* dy) {
      std::fill_n(dx, n, T{0});
      k.backward(f, x, y, dy, dx, n);
    };
    for_each_row(tile, row, i.to, i.from[0], i.from[1], i.from[2]);
  }
}

template <class F, class T>
void binary(const Tile<T>& tile, const Instruction& i) {
  if constexpr (std::is_same_v<F, Power>) {
    const BinaryKernels<F, T>& k = ElementwiseTable<T>::template of<simd::this_set>();
    const auto row = [&](std::size_t n, T* y, const T* a, const T* b) {
      k.forward(F{}, a, 1, b, 1, y, n);
    };
    for_each_row(tile, row, i.to, i.from[0], i.from[1]);
  } else {
    map(
        tile, i.to, [](auto a, auto b) { return F{}.value(a, b); }, i.from[0], i.from[1]);
  }
}

template <class F, class T, bool left>
void binary_slope(const Tile<T>& tile, const Instruction& i) {
  const BinaryKernels<F, T>& k = ElementwiseTable<T>::template of<simd::this_set>();
  const auto row = [&](std::size_t n, T* dx, const T* a, const T* b, const T* y, const T* dy) {
    std::fill_n(dx, n, T{0});
    (left ? k.backward_left : k.backward_right)(F{}, a, 1, b, 1, y, dy, dx, n);
  };
  for_each_row(tile, row, i.to, i.from[0], i.from[1], i.from[2], i.from[3]);
}

template <class T>
using Run = void (*)(const Tile<T>&, const Instruction&);

/// One function for each formula of a list.
template <class T, class Formulas>
struct Loops;

template <class T, class... F>
struct Loops<T, std::tuple<F...>> {
  static constexpr std::array<Run<T>, sizeof...(F)> values{value<F, T>...};
  static constexpr std::array<Run<T>, sizeof...(F)> slopes{slope<F, T>...};
};

template <class T, class Formulas>
struct BinaryLoops;

template <class T, class... F>
struct BinaryLoops<T, std::tuple<F...>> {
  static constexpr std::array<Run<T>, sizeof...(F)> values{binary<F, T>...};
  static constexpr std::array<Run<T>, sizeof...(F)> left{binary_slope<F, T, true>...};
  static constexpr std::array<Run<T>, sizeof...(F)> right{binary_slope<F, T, false>...};
};

template <class T>
void run_instruction(const Tile<T>& tile, const Instruction& i) {
  using Unary = Loops<T, UnaryFormulas>;
  using Binary = BinaryLoops<T, BinaryFormulas>;
  switch (i.primitive) {
    case Primitive::value:
      return Unary::values[i.formula](tile, i);
    case Primitive::slope:
      return Unary::slopes[i.formula](tile, i);
    case Primitive::binary:
      return Binary::values[i.formula](tile, i);
    case Primitive::left_slope:
      return Binary::left[i.formula](tile, i);
    case Primitive::right_slope:
      return Binary::right[i.formula](tile, i);
    case Primitive::multiply_add:
      return map(
          tile,
          i.to,
          [](auto a, auto b, auto c) { return multiply_add(a, b, c); },
          i.from[0],
          i.from[1],
          i.from[2]);
    case Primitive::subtract_product:
      return map(
          tile,
          i.to,
          [](auto a, auto b, auto c) { return multiply_add(-a, b, c); },
          i.from[0],
          i.from[1],
          i.from[2]);
  }
}

/// One run of a program: the places of a tile, memory or scratch, and what becomes of its values.
template <class T>
class Program {
 public:
  explicit Program(const FusedCall<T>& call) : call_(call) {}

  void run() {
    const std::size_t width = std::min(call_.columns, tile_size);
    const std::size_t height =
        std::max<std::size_t>(1, tile_size / std::max<std::size_t>(1, width));
    for (std::size_t row = 0; row < call_.rows; row += height) {
      tile_.rows = std::min(call_.rows - row, height);
      for (std::size_t column = 0; column < call_.columns; column += width) {
        tile_.columns = std::min(call_.columns - column, width);
        run_tile(row, column);
      }
    }
  }

 private:
  using V = simd::Vector<T>;

  void run_tile(std::size_t row, std::size_t column) {
    for (std::size_t p = 0; p < call_.num_places; ++p) {
      tile_.at[p] = {scratch_.data() + p * tile_step, tile_.columns};
    }
    for (std::size_t p = 0; p < call_.num_inputs; ++p) {
      place_input(p, row, column);
    }
    std::uint64_t placed = 0;
    for (std::size_t o = 0; o < call_.num_outputs; ++o) {
      const FusedOutput<T>& out = call_.outputs[o];
      const std::uint64_t bit = std::uint64_t{1} << out.place;
      if (out.overwrite && out.place >= call_.num_inputs && (placed & bit) == 0 &&
          out.grid.column_step == 1 && can_be_read(out.grid.row_step)) {
        tile_.at[out.place] = {at(out.grid, row, column), step(out.grid.row_step)};
        placed |= bit;
      }
    }
    for (std::size_t i = 0; i < call_.code_size; ++i) {
      if ((call_.code[i].wanted & call_.wanted) != 0) {
        run_instruction(tile_, call_.code[i]);
      }
    }
    for (std::size_t o = 0; o < call_.num_outputs; ++o) {
      hand_over(call_.outputs[o], row, column);
    }
  }

  template <class U>
  static U* at(const Grid<U>& grid, std::size_t row, std::size_t column) {
    return grid.data + row * grid.row_step + column * grid.column_step;
  }

  /// A single row is dense, whatever its step.
  [[nodiscard]] std::size_t step(std::size_t row_step) const {
    return tile_.rows == 1 ? tile_.columns : row_step;
  }

  /// Rows with gaps between them are used in place unless they are short.
  [[nodiscard]] bool can_be_read(std::size_t row_step) const {
    return tile_.rows == 1 || row_step == tile_.columns ||
           (tile_.columns % V::size == 0 && tile_.columns >= 4 * V::size);
  }

  void place_input(std::size_t p, std::size_t row, std::size_t column) {
    const Grid<const T>& grid = call_.inputs[p];
    const T* const from = at(grid, row, column);
    if (grid.column_step == 1 && can_be_read(grid.row_step)) {
      tile_.at[p] = {const_cast<T*>(from), step(grid.row_step)};  // never written
      return;
    }
    for (std::size_t r = 0; r < tile_.rows; ++r) {
      T* const to = tile_.at[p].data + r * tile_.columns;
      if (grid.column_step == 1) {
        std::copy_n(from + r * grid.row_step, tile_.columns, to);
      } else {
        std::fill_n(to, tile_.columns, from[r * grid.row_step]);
      }
    }
  }

  void hand_over(const FusedOutput<T>& out, std::size_t row, std::size_t column) {
    T* const to = at(out.grid, row, column);
    const Lines<T>& from = tile_.at[out.place];
    if (from.data == to) {
      return;
    }
    for (std::size_t r = 0; r < tile_.rows; ++r) {
      const T* const x = from.data + r * from.step;
      T* const y = to + r * out.grid.row_step;
      if (out.grid.column_step == 0) {
        *y += simd::fold<V>(
                  tile_.columns, simd::Sum{}, [](V v) { return v; }, Array<V>{x})
                  .get(0);
      } else if (out.overwrite) {
        std::copy_n(x, tile_.columns, y);
      } else {
        simd::transform<V>(
            tile_.columns, y, [](V a, V b) { return a + b; }, Array<V>{y}, Array<V>{x});
      }
    }
  }

  const FusedCall<T>& call_;
  Tile<T> tile_;
  alignas(64) std::array<T, max_places * tile_step> scratch_;
};

template <class T>
void run(const FusedCall<T>& call) {
  Program<T>(call).run();
}

}  // namespace vectorized

}  // namespace

template <class T>
template <InstructionSet>
const FuseTable<T>& FuseTable<T>::of() noexcept {
  static constexpr FuseTable table{vectorized::run<T>};
  return table;
}

template const FuseTable<float>& FuseTable<float>::of<simd::this_set>() noexcept;
template const FuseTable<double>& FuseTable<double>::of<simd::this_set>() noexcept;

}  // namespace rondo::kernels
