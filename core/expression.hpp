/// A symbol in a lambda given to `fuse` (fuse.hpp): it has no value; arithmetic on it is written down.
/// The functions of one variable in ops_elementwise.hpp and ops_activation.hpp take it, too.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>

#include "rondo/core/backward_rule.hpp"
#include "rondo/core/kernels/formulas.hpp"
#include "rondo/core/kernels/formulas_program.hpp"

namespace rondo {

namespace detail {
class Trace;
}  // namespace detail

class Expression {
 public:
  /// A function of this one, or of two; for the functions below and those of one variable.
  [[nodiscard]] Expression apply(kernels::Primitive primitive,
                                 std::uint8_t formula,
                                 const kernels::FormulaParameters& parameters) const;
  [[nodiscard]] Expression apply(kernels::Primitive primitive,
                                 std::uint8_t formula,
                                 const Expression& right) const;

  template <class X>

  requires(std::is_same_v<X, bool>) explicit operator X() const { return refuse_branch<X>(); }

  template <class X>
  friend std::partial_ordering operator<=>(const Expression&, const X&) {
    return refuse_branch<X>(), std::partial_ordering::unordered;
  }

  template <class X>
  friend bool operator==(const Expression&, const X&) {
    return refuse_branch<X>();
  }

 private:
  friend class detail::Trace;

  Expression(detail::Trace* trace, std::uint16_t index) : trace_(trace), index_(index) {}

  template <class X>
  static bool refuse_branch() {
    static_assert(detail::never<X>,
                  "a lambda given to fuse is run once, on symbols without values: it cannot branch "
                  "on them; use maximum, minimum, relu, sign or the like");
    return false;
  }

  detail::Trace* trace_;
  std::uint16_t index_;
};

namespace detail {

/// Each formula of one variable that has an op; all of them can be fused.
template <class Formula>
[[nodiscard]] Expression unary(const char*, const Expression& x, const Formula& f) {
  kernels::FormulaParameters parameters{};
  if constexpr (!std::is_empty_v<Formula>) {
    static_assert(sizeof(Formula) <= sizeof(parameters) && std::is_trivially_copyable_v<Formula>);
    std::memcpy(parameters.data(), &f, sizeof(Formula));
  }
  return x.apply(
      kernels::Primitive::value, kernels::index_of<Formula, kernels::UnaryFormulas>, parameters);
}

template <class Formula>
[[nodiscard]] Expression binary(const Expression& a, const Expression& b) {
  return a.apply(
      kernels::Primitive::binary, kernels::index_of<Formula, kernels::BinaryFormulas>, b);
}

[[nodiscard]] inline Expression scaled(const Expression& x, double scale, double shift) {
  return unary("scale_shift", x, kernels::ScaleShift{scale, shift});
}

}  // namespace detail

// ---- arithmetic, as of variables ----

inline Expression operator+(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Add>(a, b);
}

inline Expression operator-(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Subtract>(a, b);
}

inline Expression operator*(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Multiply>(a, b);
}

inline Expression operator/(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Divide>(a, b);
}

inline Expression maximum(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Maximum>(a, b);
}

inline Expression minimum(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Minimum>(a, b);
}

inline Expression pow(const Expression& a, const Expression& b) {
  return detail::binary<kernels::Power>(a, b);
}

inline Expression operator-(const Expression& x) {
  return detail::scaled(x, -1, 0);
}

inline Expression operator+(const Expression& a, double b) {
  return detail::scaled(a, 1, b);
}

inline Expression operator+(double a, const Expression& b) {
  return detail::scaled(b, 1, a);
}

inline Expression operator-(const Expression& a, double b) {
  return detail::scaled(a, 1, -b);
}

inline Expression operator-(double a, const Expression& b) {
  return detail::scaled(b, -1, a);
}

inline Expression operator*(const Expression& a, double b) {
  return detail::scaled(a, b, 0);
}

inline Expression operator*(double a, const Expression& b) {
  return detail::scaled(b, a, 0);
}

inline Expression operator/(const Expression& a, double b) {
  return detail::scaled(a, 1 / b, 0);
}

inline Expression operator/(double a, const Expression& b) {
  return detail::scaled(detail::unary("reciprocal", b, kernels::Reciprocal{}), a, 0);
}

}  // namespace rondo
