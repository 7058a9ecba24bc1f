/// Element-wise functions and their derivatives, side by side: one struct each.
///
/// The members are templates on a vector of values, whose functions (`exp`, `select`, …) they find
/// by its type; so host code can name a formula and set its parameters without any SIMD header.
/// Parameters are double, with Keras' defaults. Derivatives at kinks are those of Keras on
/// TensorFlow. NaN gives NaN, except where a formula has a constant branch for "else" (SoftShrink,
/// HardShrink, Threshold). exp is 0 where its value is no normal number: below -87.34 in float.
///
/// To add a formula, write its struct and name it below: its kernels follow from the list.
#pragma once

#include <tuple>

#include "rondo/core/kernels/formulas_activations.hpp"
#include "rondo/core/kernels/formulas_math.hpp"

namespace rondo::kernels {

using UnaryFormulas = std::tuple<ScaleShift,
                                 Exp,
                                 Log,
                                 Sqrt,
                                 Square,
                                 Abs,
                                 Sin,
                                 Cos,
                                 Reciprocal,
                                 Sign,
                                 Clip,
                                 Tanh,
                                 Sigmoid,
                                 HardSigmoid,
                                 HardSigmoidKeras2,
                                 Relu,
                                 Relu6,
                                 LeakyRelu,
                                 Elu,
                                 Selu,
                                 Celu,
                                 Gelu,
                                 GeluTanh,
                                 Silu,
                                 HardSilu,
                                 LogSigmoid,
                                 HardTanh,
                                 TanhShrink,
                                 Softplus,
                                 Softsign,
                                 SoftShrink,
                                 HardShrink,
                                 Threshold,
                                 SparsePlus,
                                 SparseSigmoid,
                                 Squareplus,
                                 Mish>;

using BinaryFormulas = std::tuple<Add, Subtract, Multiply, Divide, Maximum, Minimum, Power>;

}  // namespace rondo::kernels
