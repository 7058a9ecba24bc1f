#include "rondo/core/ops_unary.hpp"

#include "rondo/core/kernels/elementwise.hpp"

namespace rondo::detail {

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

namespace {

/// Instantiates `unary` for a list of formulas: who takes the address of a function needs it.
template <Real T, class Formulas>
struct Ops;

template <Real T, class... F>
struct Ops<T, std::tuple<F...>> {
  std::tuple<Variable<T> (*)(OpName, const Variable<T>&, const F&)...> of{&unary<T, F>...};
};

[[gnu::used]] const Ops<float, kernels::UnaryFormulas> float_ops;
[[gnu::used]] const Ops<double, kernels::UnaryFormulas> double_ops;

}  // namespace

}  // namespace rondo::detail
