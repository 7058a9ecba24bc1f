#include "rondo/core/ops_activation.hpp"

#include "rondo/core/error.hpp"
#include "rondo/core/kernels/softmax.hpp"
#include "rondo/core/ops_elementwise.hpp"
#include "rondo/core/ops_shape.hpp"

namespace rondo {

namespace {

/// The tensor seen as [outer, n, inner] around one axis.
struct AxisView {
  std::size_t outer;
  std::size_t n;
  std::size_t inner;
};

/// A function over one axis whose rule needs only the result: forward and backward are kernels.
template <auto forward, auto backward, Real T>
Variable<T> over_axis(OpName name, const Variable<T>& x, int axis) {
  const Shape& shape = x.shape();
  const std::size_t k = resolve_axis(name.text(), axis, shape.rank());
  const AxisView view{shape.product(0, k), shape[k], shape.product(k + 1, shape.rank())};
  return x.tape().record(
      name,
      std::span(&x, 1),
      shape,
      [&](TensorView<T> y) { forward(x.value().data(), view.outer, view.n, view.inner, y.data()); },
      view,
      [](const Gradients<T>& g, const AxisView& v) {
        if (const auto dx = g.of(0)) {
          backward(g.value().data(), g.grad().data(), v.outer, v.n, v.inner, dx.data());
        }
      });
}

}  // namespace

template <Real T>
Variable<T> softmax(const Variable<T>& x, int axis) {
  return over_axis<kernels::softmax<T>, kernels::softmax_backward<T>>("softmax", x, axis);
}

template <Real T>
Variable<T> log_softmax(const Variable<T>& x, int axis) {
  return over_axis<kernels::log_softmax<T>, kernels::log_softmax_backward<T>>(
      "log_softmax", x, axis);
}

template <Real T>
Variable<T> sparsemax(const Variable<T>& x, int axis) {
  return over_axis<kernels::sparsemax<T>, kernels::sparsemax_backward<T>>("sparsemax", x, axis);
}

template <Real T>
Variable<T> glu(const Variable<T>& x, int axis) {
  const std::size_t k = resolve_axis("glu", axis, x.shape().rank());
  if (x.shape()[k] % 2 != 0) {
    throw_shape_error("glu", "the axis must have an even size", {{"x", x.shape()}});
  }
  const auto halves = split(x, 2, axis);
  return halves[0] * sigmoid(halves[1]);
}

#define RONDO_INSTANTIATE(T)                                 \
  template Variable<T> softmax(const Variable<T>&, int);     \
  template Variable<T> log_softmax(const Variable<T>&, int); \
  template Variable<T> sparsemax(const Variable<T>&, int);   \
  template Variable<T> glu(const Variable<T>&, int);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
