/// Element-wise ops. Two operands are broadcast as in NumPy; a plain number counts as a scalar.
/// The formulas and their derivatives are in core/kernels/formulas.hpp.
#pragma once

#include <type_traits>

#include "rondo/core/ops_unary.hpp"

namespace rondo {

// ---- arithmetic: shapes [..], broadcast; @throws ShapeError if they do not fit ----

template <Real T>
Variable<T> operator+(const Variable<T>& a, const Variable<T>& b);
template <Real T>
Variable<T> operator-(const Variable<T>& a, const Variable<T>& b);
template <Real T>
Variable<T> operator*(const Variable<T>& a, const Variable<T>& b);
template <Real T>
Variable<T> operator/(const Variable<T>& a, const Variable<T>& b);

/// Equal elements share the gradient.
template <Real T>
Variable<T> maximum(const Variable<T>& a, const Variable<T>& b);
template <Real T>
Variable<T> minimum(const Variable<T>& a, const Variable<T>& b);

/// a^b; the gradient of b is taken as 0 where a is 0.
template <Real T>
Variable<T> pow(const Variable<T>& a, const Variable<T>& b);

/// scale * x + shift
template <Elementwise X>
X scale_shift(const X& x, double scale, double shift) {
  return detail::unary("scale_shift", x, kernels::ScaleShift{scale, shift});
}

template <Real T>
Variable<T> pow(const Variable<T>& a, std::type_identity_t<T> b) {
  return pow(a, a.tape().constant(b));
}

template <Real T>
Variable<T> operator-(const Variable<T>& x) {
  return scale_shift(x, -1.0, 0.0);
}

template <Real T>
Variable<T> operator+(const Variable<T>& a, std::type_identity_t<T> b) {
  return scale_shift(a, 1.0, static_cast<double>(b));
}

template <Real T>
Variable<T> operator+(std::type_identity_t<T> a, const Variable<T>& b) {
  return b + a;
}

template <Real T>
Variable<T> operator-(const Variable<T>& a, std::type_identity_t<T> b) {
  return a + (-b);
}

template <Real T>
Variable<T> operator-(std::type_identity_t<T> a, const Variable<T>& b) {
  return scale_shift(b, -1.0, static_cast<double>(a));
}

template <Real T>
Variable<T> operator*(const Variable<T>& a, std::type_identity_t<T> b) {
  return scale_shift(a, static_cast<double>(b), 0.0);
}

template <Real T>
Variable<T> operator*(std::type_identity_t<T> a, const Variable<T>& b) {
  return b * a;
}

template <Real T>
Variable<T> operator/(const Variable<T>& a, std::type_identity_t<T> b) {
  return a / a.tape().constant(b);
}

template <Real T>
Variable<T> operator/(std::type_identity_t<T> a, const Variable<T>& b) {
  return b.tape().constant(a) / b;
}

// ---- functions of one variable ----

template <Elementwise X>
X exp(const X& x) {
  return detail::unary("exp", x, kernels::Exp{});
}

template <Elementwise X>
X log(const X& x) {
  return detail::unary("log", x, kernels::Log{});
}

template <Elementwise X>
X sqrt(const X& x) {
  return detail::unary("sqrt", x, kernels::Sqrt{});
}

template <Elementwise X>
X square(const X& x) {
  return detail::unary("square", x, kernels::Square{});
}

/// The derivative at 0 is 0.
template <Elementwise X>
X abs(const X& x) {
  return detail::unary("abs", x, kernels::Abs{});
}

template <Elementwise X>
X sin(const X& x) {
  return detail::unary("sin", x, kernels::Sin{});
}

template <Elementwise X>
X cos(const X& x) {
  return detail::unary("cos", x, kernels::Cos{});
}

/// -1, 0 or 1; no gradient passes.
template <Elementwise X>
X sign(const X& x) {
  return detail::unary("sign", x, kernels::Sign{});
}

template <Elementwise X>
X tanh(const X& x) {
  return detail::unary("tanh", x, kernels::Tanh{});
}

template <Elementwise X>
X sigmoid(const X& x) {
  return detail::unary("sigmoid", x, kernels::Sigmoid{});
}

/// min(max(x, low), high); the gradient passes where low ≤ x ≤ high.
/// @throws ArgumentError if low > high
template <Real T>
Variable<T> clip(const Variable<T>& x, double low, double high);

/// condition ? a : b, element by element: what is not chosen does not matter, even if it is NaN.
/// All three are broadcast together; the condition is copied.
template <Real T>
Variable<T> where(TensorView<const bool> condition, const Variable<T>& a, const Variable<T>& b);

/// x repeated along new axes or axes of size 1. @throws ShapeError if it does not fit
template <Real T>
Variable<T> broadcast_to(const Variable<T>& x, const Shape& shape);

}  // namespace rondo
