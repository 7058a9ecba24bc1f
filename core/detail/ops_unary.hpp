/// How every function of one variable becomes an op; for the .cpp files of core only.
#pragma once

#include "rondo/core/kernels/elementwise.hpp"
#include "rondo/core/tape.hpp"

namespace rondo::detail {

/// @param f  a formula of core/kernels/formulas.hpp; it is kept on the tape with its parameters
template <Real T, class Formula>
Variable<T> unary(OpName name, const Variable<T>& x, const Formula& f) {
  return x.tape().record(
      name,
      std::span(&x, 1),
      x.shape(),
      [&](TensorView<T> y) { kernels::unary(f, x.value().data(), y.data(), y.size()); },
      f,
      [](const Gradients<T>& g, const Formula& formula) {
        if (const auto dx = g.of(0)) {
          kernels::unary_backward(
              formula, g.input(0).data(), g.value().data(), g.grad().data(), dx.data(), dx.size());
        }
      });
}

}  // namespace rondo::detail
