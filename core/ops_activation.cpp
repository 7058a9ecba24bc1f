#include "rondo/core/ops_activation.hpp"

#include "rondo/core/detail/ops_unary.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/formulas.hpp"
#include "rondo/core/kernels/softmax.hpp"
#include "rondo/core/ops_elementwise.hpp"
#include "rondo/core/ops_shape.hpp"

namespace rondo {

template <Real T>
Variable<T> relu(const Variable<T>& x, const ReluOptions& options) {
  return detail::unary(
      "relu", x, kernels::Relu{options.negative_slope, options.max_value, options.threshold});
}

template <Real T>
Variable<T> relu6(const Variable<T>& x) {
  return detail::unary("relu6", x, kernels::Relu6{});
}

template <Real T>
Variable<T> leaky_relu(const Variable<T>& x, double negative_slope) {
  return detail::unary("leaky_relu", x, kernels::LeakyRelu{negative_slope});
}

template <Real T>
Variable<T> elu(const Variable<T>& x, double alpha) {
  return detail::unary("elu", x, kernels::Elu{alpha});
}

template <Real T>
Variable<T> selu(const Variable<T>& x) {
  return detail::unary("selu", x, kernels::Selu{});
}

template <Real T>
Variable<T> celu(const Variable<T>& x, double alpha) {
  return detail::unary("celu", x, kernels::Celu{alpha});
}

template <Real T>
Variable<T> gelu(const Variable<T>& x, bool approximate) {
  return approximate ? detail::unary("gelu", x, kernels::GeluTanh{})
                     : detail::unary("gelu", x, kernels::Gelu{});
}

template <Real T>
Variable<T> silu(const Variable<T>& x) {
  return detail::unary("silu", x, kernels::Silu{});
}

template <Real T>
Variable<T> hard_silu(const Variable<T>& x) {
  return detail::unary("hard_silu", x, kernels::HardSilu{});
}

template <Real T>
Variable<T> hard_sigmoid(const Variable<T>& x) {
  return detail::unary("hard_sigmoid", x, kernels::HardSigmoid{});
}

template <Real T>
Variable<T> hard_sigmoid_keras2(const Variable<T>& x) {
  return detail::unary("hard_sigmoid_keras2", x, kernels::HardSigmoidKeras2{});
}

template <Real T>
Variable<T> log_sigmoid(const Variable<T>& x) {
  return detail::unary("log_sigmoid", x, kernels::LogSigmoid{});
}

template <Real T>
Variable<T> hard_tanh(const Variable<T>& x) {
  return detail::unary("hard_tanh", x, kernels::HardTanh{});
}

template <Real T>
Variable<T> tanh_shrink(const Variable<T>& x) {
  return detail::unary("tanh_shrink", x, kernels::TanhShrink{});
}

template <Real T>
Variable<T> softplus(const Variable<T>& x) {
  return detail::unary("softplus", x, kernels::Softplus{});
}

template <Real T>
Variable<T> softsign(const Variable<T>& x) {
  return detail::unary("softsign", x, kernels::Softsign{});
}

template <Real T>
Variable<T> soft_shrink(const Variable<T>& x, double threshold) {
  return detail::unary("soft_shrink", x, kernels::SoftShrink{threshold});
}

template <Real T>
Variable<T> hard_shrink(const Variable<T>& x, double threshold) {
  return detail::unary("hard_shrink", x, kernels::HardShrink{threshold});
}

template <Real T>
Variable<T> threshold(const Variable<T>& x, double threshold, double default_value) {
  return detail::unary("threshold", x, kernels::Threshold{threshold, default_value});
}

template <Real T>
Variable<T> sparse_plus(const Variable<T>& x) {
  return detail::unary("sparse_plus", x, kernels::SparsePlus{});
}

template <Real T>
Variable<T> sparse_sigmoid(const Variable<T>& x) {
  return detail::unary("sparse_sigmoid", x, kernels::SparseSigmoid{});
}

template <Real T>
Variable<T> squareplus(const Variable<T>& x, double b) {
  return detail::unary("squareplus", x, kernels::Squareplus{b});
}

template <Real T>
Variable<T> mish(const Variable<T>& x) {
  return detail::unary("mish", x, kernels::Mish{});
}

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

#define RONDO_INSTANTIATE(T)                                          \
  template Variable<T> relu(const Variable<T>&, const ReluOptions&);  \
  template Variable<T> relu6(const Variable<T>&);                     \
  template Variable<T> leaky_relu(const Variable<T>&, double);        \
  template Variable<T> elu(const Variable<T>&, double);               \
  template Variable<T> selu(const Variable<T>&);                      \
  template Variable<T> celu(const Variable<T>&, double);              \
  template Variable<T> gelu(const Variable<T>&, bool);                \
  template Variable<T> silu(const Variable<T>&);                      \
  template Variable<T> hard_silu(const Variable<T>&);                 \
  template Variable<T> hard_sigmoid(const Variable<T>&);              \
  template Variable<T> hard_sigmoid_keras2(const Variable<T>&);       \
  template Variable<T> log_sigmoid(const Variable<T>&);               \
  template Variable<T> hard_tanh(const Variable<T>&);                 \
  template Variable<T> tanh_shrink(const Variable<T>&);               \
  template Variable<T> softplus(const Variable<T>&);                  \
  template Variable<T> softsign(const Variable<T>&);                  \
  template Variable<T> soft_shrink(const Variable<T>&, double);       \
  template Variable<T> hard_shrink(const Variable<T>&, double);       \
  template Variable<T> threshold(const Variable<T>&, double, double); \
  template Variable<T> sparse_plus(const Variable<T>&);               \
  template Variable<T> sparse_sigmoid(const Variable<T>&);            \
  template Variable<T> squareplus(const Variable<T>&, double);        \
  template Variable<T> mish(const Variable<T>&);                      \
  template Variable<T> softmax(const Variable<T>&, int);              \
  template Variable<T> log_softmax(const Variable<T>&, int);          \
  template Variable<T> sparsemax(const Variable<T>&, int);            \
  template Variable<T> glu(const Variable<T>&, int);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
