/// Element-wise arithmetic of any number of inputs as one op with its derivative (D98).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "rondo/core/ops_activation.hpp"
#include "rondo/core/ops_elementwise.hpp"
#include "rondo/core/trace.hpp"

namespace rondo {

/// Some columns of x's last axis, without a copy: an input of `fuse`.
template <Real T>
struct Columns {
  using value_type = T;

  Columns() = default;

  /// All of them.
  Columns(const Variable<T>& variable) : x(variable) {}  // NOLINT: implicit on purpose

  /// @throws ArgumentError unless [first, first + count) are columns of x and count > 0
  Columns(const Variable<T>& variable, std::size_t first_column, std::size_t number);

  Variable<T> x;
  std::size_t first = 0;
  std::size_t count = 0;  // 0: all
};

/// The columns as a variable of their own: a copy, unless they are all of x's.
template <Real T>
[[nodiscard]] Variable<T> variable_of(const Columns<T>& columns);

/// x's columns as n equal blocks, without copies. @throws ArgumentError if n does not divide them
template <std::size_t n, Real T>
[[nodiscard]] std::array<Columns<T>, n> parts(const Variable<T>& x);

namespace detail {

/// The program of a function of symbols.
template <std::size_t n, class F>
[[nodiscard]] FusedProgram trace(const F& f) {
  Trace trace(n);
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return trace.program(f(trace.input(i)...));
  }
  (std::make_index_sequence<n>{});
}

/// @param program  lives as long as the pass
/// @param inputs   as many as it has
template <Real T>
[[nodiscard]] Variable<T> run_fused(const FusedProgram& program,
                                    std::span<const Columns<T>> inputs);

/// How many columns each of n blocks of x has. @throws ArgumentError if n does not divide them
template <Real T>
[[nodiscard]] std::size_t columns_of_part(const Variable<T>& x, std::size_t n);

/// Inputs that an argument of `fuse` stands for.
template <class X>
inline constexpr std::size_t inputs_of = 1;

template <class T, std::size_t n>
inline constexpr std::size_t inputs_of<std::array<Columns<T>, n>> = n;

template <class X>
struct ElementOf {
  using Type = typename X::value_type;
};

template <class T, std::size_t n>
struct ElementOf<std::array<Columns<T>, n>> {
  using Type = T;
};

/// Arguments of `fuse` one after another.
template <Real T, std::size_t n>
class InputList {
 public:
  template <class... X>
  explicit InputList(const X&... x) {
    (append(x), ...);
  }

  [[nodiscard]] std::span<const Columns<T>> list() const { return list_; }

 private:
  void append(const Columns<T>& x) { list_[size_++] = x; }

  template <std::size_t k>
  void append(const std::array<Columns<T>, k>& blocks) {
    for (const Columns<T>& block : blocks) {
      append(block);
    }
  }

  std::array<Columns<T>, n> list_;
  std::size_t size_ = 0;
};

template <std::size_t, class X>
using Repeat = X;

template <class F, class Indices>
inline constexpr bool takes_symbols = false;

template <class F, std::size_t... i>
inline constexpr bool takes_symbols<F, std::index_sequence<i...>> =
    std::is_invocable_r_v<Expression, const F&, Repeat<i, Expression>...>;

/// `fuse` with a program that its caller keeps.
template <class First, class... Rest>
auto fuse_with(const FusedProgram& program, const First& first, const Rest&... rest) {
  using T = typename ElementOf<First>::Type;
  constexpr std::size_t n = (inputs_of<First> + ... + inputs_of<Rest>);
  return run_fused<T>(program, InputList<T, n>(first, rest...).list());
}

}  // namespace detail

/// f(inputs...), element by element, as one op: nothing but the result is stored, and the derivative
/// is found from the formulas. Inputs are variables, `Columns` and lists of them (`parts`); they are
/// broadcast together.
///
///   fuse([](auto z, auto candidate, auto h) { return sigmoid(z) * (h - candidate) + candidate; },
///        parts<2>(gates), h)
///
/// @param f  captures nothing; is called once, with symbols (expression.hpp), one for each input. It
///           has their arithmetic and the functions of ops_elementwise.hpp and ops_activation.hpp.
/// @throws ShapeError if the shapes cannot be broadcast together
template <class F, class... Inputs>
auto fuse(const F&, const Inputs&... inputs) {
  static_assert(std::is_empty_v<F> && std::is_default_constructible_v<F>,
                "a lambda given to fuse captures nothing: it is run once for all calls; hand over "
                "what it needs as inputs");
  static_assert(sizeof...(Inputs) > 0, "fuse needs an input behind the lambda");
  constexpr std::size_t n = (std::size_t{0} + ... + detail::inputs_of<Inputs>);
  static_assert(n <= detail::max_fused_inputs, "fuse takes at most 31 inputs");
  constexpr bool fits = detail::takes_symbols<F, std::make_index_sequence<n>>;
  static_assert(
      fits,
      "a lambda given to fuse takes one `auto` for each input (a list of parts is as many "
      "as it has) and returns what it makes of them");
  if constexpr (fits && sizeof...(Inputs) > 0) {
    static const detail::FusedProgram program = detail::trace<n>(F{});
    return detail::fuse_with(program, inputs...);
  }
}

template <std::size_t n, Real T>
std::array<Columns<T>, n> parts(const Variable<T>& x) {
  static_assert(n > 0, "there are no parts");
  std::array<Columns<T>, n> result;
  const std::size_t count = detail::columns_of_part(x, n);
  for (std::size_t i = 0; i < n; ++i) {
    result[i].x = x;
    result[i].first = i * count;
    result[i].count = count;
  }
  return result;
}

}  // namespace rondo
