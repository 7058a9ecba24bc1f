/// The formulas of activation functions.
#pragma once

#include <limits>

#include "rondo/core/kernels/formulas_math.hpp"

namespace rondo::kernels {

struct Tanh {
  auto value(auto x) const { return tanh(x); }

  auto derivative(auto, auto y) const { return 1 - y * y; }
};

/// 1/(1 + e^-x) without overflow.
struct Sigmoid {
  auto value(auto x) const {
    const auto e = exp(-abs(x));
    return select(x < 0, e, like(x, 1)) / (1 + e);
  }

  auto derivative(auto, auto y) const { return y * (1 - y); }
};

/// Keras 3: relu6(x + 3)/6.
struct HardSigmoid {
  auto value(auto x) const { return clamp(x + 3, 0, 6) / 6; }

  auto derivative(auto x, auto) const { return indicator(abs(x) < 3, x) / 6; }
};

/// tf.keras and TF.js: clip(0.2·x + 0.5, 0, 1); the slope holds at the bounds, too.
struct HardSigmoidKeras2 {
  auto value(auto x) const { return clamp(like(x, 0.2) * x + 0.5, 0, 1); }

  auto derivative(auto x, auto) const { return like(x, 0.2) * indicator(abs(x) <= 2.5, x); }
};

/// min(x, max_value) above the threshold, negative_slope·(x - threshold) elsewhere.
struct Relu {
  double negative_slope = 0;
  double max_value = std::numeric_limits<double>::infinity();
  double threshold = 0;

  auto value(auto x) const {
    const auto zero_or_nan = select(isnan(x), x, like(x, 0));
    const auto below = negative_slope == 0 ? zero_or_nan  // 0·(-inf) would be NaN
                                           : like(x, negative_slope) * (x - like(x, threshold));
    const auto top = like(x, max_value);
    return select(x > like(x, threshold), select(x < top, x, top), below);
  }

  auto derivative(auto x, auto) const {
    const auto below_top = max_value == std::numeric_limits<double>::infinity()
                               ? like(x, 1)
                               : indicator(x < like(x, max_value), x);
    return select(x > like(x, threshold), below_top, like(x, negative_slope));
  }
};

struct Relu6 {
  auto value(auto x) const { return clamp(x, 0, 6); }

  auto derivative(auto x, auto) const { return indicator(x > 0 && x < 6, x); }
};

struct LeakyRelu {
  double slope = 0.2;

  auto value(auto x) const {
    const auto zero_or_nan = select(isnan(x), x, like(x, 0));
    const auto below = slope == 0 ? zero_or_nan : like(x, slope) * x;  // 0·(-inf) would be NaN
    return select(x > 0, x, below);
  }

  auto derivative(auto x, auto) const { return select(x > 0, like(x, 1), like(x, slope)); }
};

struct Elu {
  double alpha = 1;

  auto value(auto x) const { return select(x >= 0, x, like(x, alpha) * expm1(x)); }

  auto derivative(auto x, auto y) const { return select(x >= 0, like(x, 1), y + like(x, alpha)); }
};

/// scale·elu(x, alpha) with the constants of Klambauer et al. (2017), arXiv:1706.02515.
struct Selu {
  static constexpr double alpha = 1.6732632423543772;
  static constexpr double scale = 1.0507009873554805;

  auto value(auto x) const {
    return select(x >= 0, like(x, scale) * x, like(x, scale * alpha) * expm1(x));
  }

  auto derivative(auto x, auto y) const {
    return select(x >= 0, like(x, scale), y + like(x, scale * alpha));
  }
};

struct Celu {
  double alpha = 1;

  auto value(auto x) const {
    const auto a = like(x, alpha);
    return select(x >= 0, x, a * expm1(x / a));
  }

  auto derivative(auto x, auto y) const {
    return select(x >= 0, like(x, 1), y / like(x, alpha) + 1);
  }
};

/// x·Φ(x) with the normal distribution function Φ.
struct Gelu {
  auto value(auto x) const { return bounded_below(x) * normal_distribution(x).cumulative; }

  auto derivative(auto x, auto) const {
    const auto [cumulative, density] = normal_distribution(x);
    return cumulative + bounded(x) * density;
  }
};

/// ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))
struct GeluTanh {
  auto value(auto x) const { return 0.5 * bounded_below(x) * (1 + tanh(inner(x))); }

  auto derivative(auto x, auto) const {
    const auto near = clamp(x, -16, 16);  // beyond, t is ±1 and the slope would overflow
    const auto t = tanh(inner(near));
    const auto slope = like(x, root) + like(x, 3 * root * cubic) * near * near;
    return 0.5 * (1 + t) + 0.5 * near * (1 - t * t) * slope;
  }

  static auto inner(auto x) { return like(x, root) * (x + like(x, cubic) * x * x * x); }

  static constexpr double root = 0.7978845608028654;
  static constexpr double cubic = 0.044715;
};

struct Silu {
  auto value(auto x) const { return bounded_below(x) * Sigmoid{}.value(x); }

  auto derivative(auto x, auto) const {
    const auto s = Sigmoid{}.value(x);
    return s * (1 + bounded(x) * (1 - s));
  }
};

struct HardSilu {
  auto value(auto x) const { return bounded_below(x) * HardSigmoid{}.value(x); }

  auto derivative(auto x, auto) const {
    return HardSigmoid{}.value(x) + bounded(x) * HardSigmoid{}.derivative(x, x);
  }
};

/// log(1 + e^x) without overflow.
struct Softplus {
  auto value(auto x) const { return select(x > 0, x, like(x, 0)) + log1p(exp(-abs(x))); }

  auto derivative(auto x, auto) const { return Sigmoid{}.value(x); }
};

struct LogSigmoid {
  auto value(auto x) const { return -Softplus{}.value(-x); }

  auto derivative(auto x, auto) const { return Sigmoid{}.value(-x); }
};

struct HardTanh {
  auto value(auto x) const { return clamp(x, -1, 1); }

  auto derivative(auto x, auto) const { return indicator(abs(x) <= 1, x); }
};

struct TanhShrink {
  auto value(auto x) const { return x - tanh(x); }

  auto derivative(auto x, auto) const { return Square{}.value(tanh(x)); }
};

struct Softsign {
  auto value(auto x) const {
    const auto near = bounded(x);
    return near / (1 + abs(near));
  }

  auto derivative(auto x, auto) const { return 1 / Square{}.value(1 + abs(x)); }
};

struct SoftShrink {
  double threshold = 0.5;

  auto value(auto x) const {
    const auto t = like(x, threshold);
    return select(x > t, x - t, select(x < -t, x + t, like(x, 0)));
  }

  auto derivative(auto x, auto) const { return indicator(abs(x) > like(x, threshold), x); }
};

struct HardShrink {
  double threshold = 0.5;

  auto value(auto x) const { return select(abs(x) > like(x, threshold), x, like(x, 0)); }

  auto derivative(auto x, auto) const { return indicator(abs(x) > like(x, threshold), x); }
};

/// x above the threshold, default_value elsewhere.
struct Threshold {
  double threshold = 0;
  double default_value = 0;

  auto value(auto x) const { return select(x > like(x, threshold), x, like(x, default_value)); }

  auto derivative(auto x, auto) const { return indicator(x > like(x, threshold), x); }
};

struct SparseSigmoid {
  auto value(auto x) const { return clamp(0.5 * (x + 1), 0, 1); }

  auto derivative(auto x, auto) const { return 0.5 * indicator(abs(x) < 1, x); }
};

struct SparsePlus {
  auto value(auto x) const {
    const auto bend = 0.25 * (x + 1) * (x + 1);
    return select(x <= -1, like(x, 0), select(x < 1, bend, x));
  }

  auto derivative(auto x, auto) const { return SparseSigmoid{}.value(x); }
};

/// ½·(x + √(x² + b))
struct Squareplus {
  double b = 4;

  auto value(auto x) const {
    const auto near = bounded_below(x);
    return 0.5 * near + 0.5 * root(near);
  }

  auto derivative(auto x, auto) const {
    const auto near = bounded(x);
    return 0.5 * (1 + near / root(near));
  }

  /// |x| where the square could overflow.
  auto root(auto x) const {
    return select(abs(x) > like(x, 1e18), abs(x), sqrt(x * x + like(x, b)));
  }
};

/// x·tanh(softplus(x))
struct Mish {
  auto value(auto x) const { return bounded_below(x) * tanh(Softplus{}.value(x)); }

  auto derivative(auto x, auto) const {
    const auto t = tanh(Softplus{}.value(x));
    return t + bounded(x) * (1 - t * t) * Sigmoid{}.value(x);
  }
};

}  // namespace rondo::kernels
