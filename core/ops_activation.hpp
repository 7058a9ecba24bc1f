/// Activations under Keras' names and with Keras' defaults (Keras 3). The formulas and derivatives
/// of the element-wise ones are in core/kernels/formulas.hpp; `tanh` and `sigmoid` in
/// ops_elementwise.hpp.
#pragma once

#include <limits>

#include "rondo/core/ops_unary.hpp"

namespace rondo {

struct ReluOptions {
  double negative_slope = 0.0;
  double max_value = std::numeric_limits<double>::infinity();
  double threshold = 0.0;
};

template <Elementwise X>
X relu(const X& x, const ReluOptions& options = {}) {
  return detail::unary(
      "relu", x, kernels::Relu{options.negative_slope, options.max_value, options.threshold});
}

template <Elementwise X>
X relu6(const X& x) {
  return detail::unary("relu6", x, kernels::Relu6{});
}

template <Elementwise X>
X leaky_relu(const X& x, double negative_slope = 0.2) {
  return detail::unary("leaky_relu", x, kernels::LeakyRelu{negative_slope});
}

template <Elementwise X>
X elu(const X& x, double alpha = 1.0) {
  return detail::unary("elu", x, kernels::Elu{alpha});
}

template <Elementwise X>
X selu(const X& x) {
  return detail::unary("selu", x, kernels::Selu{});
}

template <Elementwise X>
X celu(const X& x, double alpha = 1.0) {
  return detail::unary("celu", x, kernels::Celu{alpha});
}

template <Elementwise X>
X gelu(const X& x, bool approximate = false) {
  return approximate ? detail::unary("gelu", x, kernels::GeluTanh{})
                     : detail::unary("gelu", x, kernels::Gelu{});
}

template <Elementwise X>
X silu(const X& x) {
  return detail::unary("silu", x, kernels::Silu{});
}

template <Elementwise X>
X hard_silu(const X& x) {
  return detail::unary("hard_silu", x, kernels::HardSilu{});
}

/// relu6(x + 3) / 6
template <Elementwise X>
X hard_sigmoid(const X& x) {
  return detail::unary("hard_sigmoid", x, kernels::HardSigmoid{});
}

/// clip(0.2 x + 0.5, 0, 1): the hard sigmoid of Keras 2 and TF.js
template <Elementwise X>
X hard_sigmoid_keras2(const X& x) {
  return detail::unary("hard_sigmoid_keras2", x, kernels::HardSigmoidKeras2{});
}

template <Elementwise X>
X log_sigmoid(const X& x) {
  return detail::unary("log_sigmoid", x, kernels::LogSigmoid{});
}

template <Elementwise X>
X hard_tanh(const X& x) {
  return detail::unary("hard_tanh", x, kernels::HardTanh{});
}

template <Elementwise X>
X tanh_shrink(const X& x) {
  return detail::unary("tanh_shrink", x, kernels::TanhShrink{});
}

template <Elementwise X>
X softplus(const X& x) {
  return detail::unary("softplus", x, kernels::Softplus{});
}

template <Elementwise X>
X softsign(const X& x) {
  return detail::unary("softsign", x, kernels::Softsign{});
}

template <Elementwise X>
X soft_shrink(const X& x, double threshold = 0.5) {
  return detail::unary("soft_shrink", x, kernels::SoftShrink{threshold});
}

template <Elementwise X>
X hard_shrink(const X& x, double threshold = 0.5) {
  return detail::unary("hard_shrink", x, kernels::HardShrink{threshold});
}

/// x > threshold ? x : default_value
template <Elementwise X>
X threshold(const X& x, double threshold, double default_value) {
  return detail::unary("threshold", x, kernels::Threshold{threshold, default_value});
}

template <Elementwise X>
X sparse_plus(const X& x) {
  return detail::unary("sparse_plus", x, kernels::SparsePlus{});
}

template <Elementwise X>
X sparse_sigmoid(const X& x) {
  return detail::unary("sparse_sigmoid", x, kernels::SparseSigmoid{});
}

template <Elementwise X>
X squareplus(const X& x, double b = 4.0) {
  return detail::unary("squareplus", x, kernels::Squareplus{b});
}

template <Elementwise X>
X mish(const X& x) {
  return detail::unary("mish", x, kernels::Mish{});
}

// ---- over one axis (negative axes count from the end) ----

template <Real T>
Variable<T> softmax(const Variable<T>& x, int axis = -1);
template <Real T>
Variable<T> log_softmax(const Variable<T>& x, int axis = -1);
/// Projection on the simplex (Martins and Astudillo 2016, arXiv:1602.02068).
template <Real T>
Variable<T> sparsemax(const Variable<T>& x, int axis = -1);
/// First half of the axis times the sigmoid of the second. @throws ShapeError if its size is odd
template <Real T>
Variable<T> glu(const Variable<T>& x, int axis = -1);

}  // namespace rondo
