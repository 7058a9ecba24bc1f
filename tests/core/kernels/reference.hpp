/// The formulas once more, in long double and as their definitions are usually written.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rondo/core/kernels/formulas.hpp"

namespace rondo::kernels::test {

using Long = long double;

inline Long logistic(Long x) {
  return 1 / (1 + std::exp(-x));
}

inline Long log1p_exp(Long x) {
  return std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x)));
}

inline Long reference(const ScaleShift& f, Long x) {
  return f.scale * x + f.shift;
}

inline Long reference(Exp, Long x) {
  return std::exp(x);
}

inline Long reference(Log, Long x) {
  return std::log(x);
}

inline Long reference(Sqrt, Long x) {
  return std::sqrt(x);
}

inline Long reference(Square, Long x) {
  return x * x;
}

inline Long reference(Abs, Long x) {
  return std::abs(x);
}

inline Long reference(Sin, Long x) {
  return std::sin(x);
}

inline Long reference(Cos, Long x) {
  return std::cos(x);
}

inline Long reference(Reciprocal, Long x) {
  return 1 / x;
}

inline Long reference(Sign, Long x) {
  return x > 0 ? 1 : (x < 0 ? -1 : x);
}

inline Long reference(const Clip& f, Long x) {
  return std::clamp<Long>(x, f.min, f.max);
}

inline Long reference(Tanh, Long x) {
  return std::tanh(x);
}

inline Long reference(Sigmoid, Long x) {
  return logistic(x);
}

inline Long reference(HardSigmoid, Long x) {
  return std::clamp(x + 3, 0.0L, 6.0L) / 6;
}

inline Long reference(HardSigmoidKeras2, Long x) {
  return std::clamp(0.2L * x + 0.5L, 0.0L, 1.0L);
}

inline Long reference(const Relu& f, Long x) {
  return x > f.threshold ? std::min<Long>(x, f.max_value) : f.negative_slope * (x - f.threshold);
}

inline Long reference(Relu6, Long x) {
  return std::clamp(x, 0.0L, 6.0L);
}

inline Long reference(const LeakyRelu& f, Long x) {
  return x > 0 ? x : f.slope * x;
}

inline Long reference(const Elu& f, Long x) {
  return x >= 0 ? x : f.alpha * std::expm1(x);
}

inline Long reference(Selu, Long x) {
  return 1.0507009873554805L * reference(Elu{1.6732632423543772}, x);
}

inline Long reference(const Celu& f, Long x) {
  return std::max(x, 0.0L) + f.alpha * std::expm1(std::min(x, 0.0L) / f.alpha);
}

inline Long reference(Gelu, Long x) {
  return x / 2 * std::erfc(-x / std::numbers::sqrt2_v<Long>);
}

inline Long reference(GeluTanh, Long x) {
  const Long inner = std::sqrt(2 / std::numbers::pi_v<Long>) * (x + 0.044715L * x * x * x);
  return x / 2 * (1 + std::tanh(inner));
}

inline Long reference(Silu, Long x) {
  return x * logistic(x);
}

inline Long reference(HardSilu, Long x) {
  return x * reference(HardSigmoid{}, x);
}

inline Long reference(Softplus, Long x) {
  return log1p_exp(x);
}

inline Long reference(LogSigmoid, Long x) {
  return -log1p_exp(-x);
}

inline Long reference(HardTanh, Long x) {
  return std::clamp(x, -1.0L, 1.0L);
}

inline Long reference(TanhShrink, Long x) {
  return x - std::tanh(x);
}

inline Long reference(Softsign, Long x) {
  return x / (1 + std::abs(x));
}

inline Long reference(const SoftShrink& f, Long x) {
  return std::copysign(std::max<Long>(std::abs(x) - f.threshold, 0), x);
}

inline Long reference(const HardShrink& f, Long x) {
  return std::abs(x) > f.threshold ? x : 0;
}

inline Long reference(const Threshold& f, Long x) {
  return x > f.threshold ? x : f.default_value;
}

inline Long reference(SparseSigmoid, Long x) {
  return std::clamp((x + 1) / 2, 0.0L, 1.0L);
}

inline Long reference(SparsePlus, Long x) {
  return x <= -1 ? 0 : (x < 1 ? (x + 1) * (x + 1) / 4 : x);
}

inline Long reference(const Squareplus& f, Long x) {
  return (x + std::sqrt(x * x + f.b)) / 2;
}

inline Long reference(Mish, Long x) {
  return x * std::tanh(log1p_exp(x));
}

inline Long reference(Add, Long a, Long b) {
  return a + b;
}

inline Long reference(Subtract, Long a, Long b) {
  return a - b;
}

inline Long reference(Multiply, Long a, Long b) {
  return a * b;
}

inline Long reference(Divide, Long a, Long b) {
  return a / b;
}

inline Long reference(Maximum, Long a, Long b) {
  return std::max(a, b);
}

inline Long reference(Minimum, Long a, Long b) {
  return std::min(a, b);
}

inline Long reference(Power, Long a, Long b) {
  return std::pow(a, b);
}

}  // namespace rondo::kernels::test
