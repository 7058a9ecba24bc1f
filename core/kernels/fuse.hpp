/// Programs of element-wise formulas over several arrays, run tile by tile (D98).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "rondo/core/kernels/dispatch.hpp"

namespace rondo::kernels {

/// Where F is in a list of formulas.
template <class F, class Formulas>
inline constexpr std::uint8_t index_of = 0;

template <class F, class... Rest>
inline constexpr std::uint8_t index_of<F, std::tuple<F, Rest...>> = 0;

template <class F, class Other, class... Rest>

requires(!std::is_same_v<F, Other>) inline constexpr std::uint8_t
    index_of<F, std::tuple<Other, Rest...>> = 1 + index_of<F, std::tuple<Rest...>>;

/// The members of a formula, as they lie in memory.
using FormulaParameters = std::array<double, 3>;

enum class Primitive : std::uint8_t {
  value,             // f(a)
  slope,             // c·f'(a), with b = f(a)
  binary,            // f(a, b)
  left_slope,        // d·∂f/∂a, with c = f(a, b)
  right_slope,       // d·∂f/∂b, with c = f(a, b)
  multiply_add,      // a·b + c
  subtract_product,  // c - a·b
};

/// Operands are places: first the inputs of a program, then its values.
struct Instruction {
  Primitive primitive = Primitive::value;
  std::uint8_t formula = 0;  // its index in UnaryFormulas or BinaryFormulas
  std::uint8_t to = 0;
  std::array<std::uint8_t, 4> from{};
  std::uint32_t wanted = 0;  // bit i: output i needs it
  FormulaParameters parameters{};
};

/// Inputs and values of a program.
constexpr std::size_t max_places = 64;

/// An array [rows, columns] as a program sees it: element (i, j) at data[i·row_step + j·column_step],
/// where a step of 0 repeats it.
template <class T>
struct Grid {
  T* data = nullptr;
  std::size_t row_step = 0;
  std::size_t column_step = 0;  // 0 or 1
};

/// Where the value at `place` goes: it overwrites, or is added; along steps of 0 it is summed up.
template <class T>
struct FusedOutput {
  Grid<T> grid;
  std::uint8_t place = 0;
  bool overwrite = false;
};

template <class T>
struct FusedCall {
  const Instruction* code;
  std::size_t code_size;
  std::size_t num_places;
  std::uint32_t wanted;  // outputs; what none of them needs is not computed
  std::size_t rows;
  std::size_t columns;
  const Grid<const T>* inputs;
  std::size_t num_inputs;
  const FusedOutput<T>* outputs;  // those that are wanted
  std::size_t num_outputs;
};

template <class T>
struct FuseTable {
  void (*run)(const FusedCall<T>& call);

  template <InstructionSet set>
  static const FuseTable& of() noexcept;
};

/// Inputs and outputs must not overlap. Sums run in an order that the sizes alone decide.
template <class T>
void run_fused(const FusedCall<T>& call) {
  chosen<FuseTable<T>>().run(call);
}

}  // namespace rondo::kernels
