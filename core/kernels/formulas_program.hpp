/// Programs of element-wise formulas: what `fuse` writes down and kernels/fuse.hpp runs (D98).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

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

}  // namespace rondo::kernels
