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

template <Real T>
Variable<T> relu(const Variable<T>& x, const ReluOptions& options = {}) {
  return detail::unary(
      "relu", x, kernels::Relu{options.negative_slope, options.max_value, options.threshold});
}

template <Real T>
Variable<T> relu6(const Variable<T>& x) {
  return detail::unary("relu6", x, kernels::Relu6{});
}

template <Real T>
Variable<T> leaky_relu(const Variable<T>& x, double negative_slope = 0.2) {
  return detail::unary("leaky_relu", x, kernels::LeakyRelu{negative_slope});
}

template <Real T>
Variable<T> elu(const Variable<T>& x, double alpha = 1.0) {
  return detail::unary("elu", x, kernels::Elu{alpha});
}

template <Real T>
Variable<T> selu(const Variable<T>& x) {
  return detail::unary("selu", x, kernels::Selu{});
}

template <Real T>
Variable<T> celu(const Variable<T>& x, double alpha = 1.0) {
  return detail::unary("celu", x, kernels::Celu{alpha});
}

template <Real T>
Variable<T> gelu(const Variable<T>& x, bool approximate = false) {
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

/// relu6(x + 3) / 6
template <Real T>
Variable<T> hard_sigmoid(const Variable<T>& x) {
  return detail::unary("hard_sigmoid", x, kernels::HardSigmoid{});
}

/// clip(0.2 x + 0.5, 0, 1): the hard sigmoid of Keras 2 and TF.js
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
Variable<T> soft_shrink(const Variable<T>& x, double threshold = 0.5) {
  return detail::unary("soft_shrink", x, kernels::SoftShrink{threshold});
}

template <Real T>
Variable<T> hard_shrink(const Variable<T>& x, double threshold = 0.5) {
  return detail::unary("hard_shrink", x, kernels::HardShrink{threshold});
}

/// x > threshold ? x : default_value
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
Variable<T> squareplus(const Variable<T>& x, double b = 4.0) {
  return detail::unary("squareplus", x, kernels::Squareplus{b});
}

template <Real T>
Variable<T> mish(const Variable<T>& x) {
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
