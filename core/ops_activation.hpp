/// Activations under Keras' names and with Keras' defaults (Keras 3). The formulas and derivatives
/// of the element-wise ones are in core/kernels/formulas.hpp; `tanh` and `sigmoid` in
/// ops_elementwise.hpp.
#pragma once

#include <limits>

#include "rondo/core/tape.hpp"

namespace rondo {

struct ReluOptions {
  double negative_slope = 0.0;
  double max_value = std::numeric_limits<double>::infinity();
  double threshold = 0.0;
};

template <Real T>
Variable<T> relu(const Variable<T>& x, const ReluOptions& options = {});
template <Real T>
Variable<T> relu6(const Variable<T>& x);
template <Real T>
Variable<T> leaky_relu(const Variable<T>& x, double negative_slope = 0.2);
template <Real T>
Variable<T> elu(const Variable<T>& x, double alpha = 1.0);
template <Real T>
Variable<T> selu(const Variable<T>& x);
template <Real T>
Variable<T> celu(const Variable<T>& x, double alpha = 1.0);
template <Real T>
Variable<T> gelu(const Variable<T>& x, bool approximate = false);
template <Real T>
Variable<T> silu(const Variable<T>& x);
template <Real T>
Variable<T> hard_silu(const Variable<T>& x);
/// relu6(x + 3) / 6
template <Real T>
Variable<T> hard_sigmoid(const Variable<T>& x);
/// clip(0.2 x + 0.5, 0, 1): the hard sigmoid of Keras 2 and TF.js
template <Real T>
Variable<T> hard_sigmoid_keras2(const Variable<T>& x);
template <Real T>
Variable<T> log_sigmoid(const Variable<T>& x);
template <Real T>
Variable<T> hard_tanh(const Variable<T>& x);
template <Real T>
Variable<T> tanh_shrink(const Variable<T>& x);
template <Real T>
Variable<T> softplus(const Variable<T>& x);
template <Real T>
Variable<T> softsign(const Variable<T>& x);
template <Real T>
Variable<T> soft_shrink(const Variable<T>& x, double threshold = 0.5);
template <Real T>
Variable<T> hard_shrink(const Variable<T>& x, double threshold = 0.5);
/// x > threshold ? x : default_value
template <Real T>
Variable<T> threshold(const Variable<T>& x, double threshold, double default_value);
template <Real T>
Variable<T> sparse_plus(const Variable<T>& x);
template <Real T>
Variable<T> sparse_sigmoid(const Variable<T>& x);
template <Real T>
Variable<T> squareplus(const Variable<T>& x, double b = 4.0);
template <Real T>
Variable<T> mish(const Variable<T>& x);

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
