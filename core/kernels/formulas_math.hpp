/// What formulas are written with, and the formulas of plain mathematics.
#pragma once

#include <limits>

namespace rondo::kernels {

/// `number` in every lane of a vector of x's type.
template <class V>
V like(V, double number) {
  return V(static_cast<typename V::value_type>(number));
}

/// 1 where the condition holds, 0 elsewhere, as a vector of x's type.
auto indicator(auto condition, auto x) {
  return select(condition, like(x, 1), like(x, 0));
}

// NaN: min and max of the hardware may lose it. So the formulas compare and select, and ask isnan.

/// -1, 0 or 1; keeps NaN.
auto sign(auto x) {
  return select(x > 0, like(x, 1), select(x < 0, like(x, -1), x));
}

/// x limited to [low, high]; keeps NaN.
auto clamp(auto x, double low, double high) {
  return select(x > like(x, high), like(x, high), select(x < like(x, low), like(x, low), x));
}

auto is_whole(auto x) {
  // from here on every number is whole, and a sum has no place for a fraction
  const auto limit = like(x, 1 / std::numeric_limits<typename decltype(x)::value_type>::epsilon());
  const auto size = abs(x);
  return size >= limit || size + limit - limit == size;
}

auto is_odd(auto x) {
  return is_whole(x) && !is_whole(0.5 * x);
}

/// x without its infinities, for a product whose other factor is 0 there: a number so large that
/// every formula here has reached its limit.
auto bounded(auto x) {
  return clamp(x, -1e38, 1e38);
}

/// The same for -inf alone.
auto bounded_below(auto x) {
  return select(x < like(x, -1e38), like(x, -1e38), x);
}

// Unary: value(x) and derivative(x, y) with respect to x, where y = value(x).

struct ScaleShift {
  double scale = 1;
  double shift = 0;

  auto value(auto x) const { return like(x, scale) * x + like(x, shift); }

  auto derivative(auto x, auto) const { return like(x, scale); }
};

struct Exp {
  auto value(auto x) const { return exp(x); }

  auto derivative(auto, auto y) const { return y; }
};

struct Log {
  auto value(auto x) const { return log(x); }

  auto derivative(auto x, auto) const { return 1 / x; }
};

struct Sqrt {
  auto value(auto x) const { return sqrt(x); }

  auto derivative(auto, auto y) const { return 0.5 / y; }
};

struct Square {
  auto value(auto x) const { return x * x; }

  auto derivative(auto x, auto) const { return x + x; }
};

struct Abs {
  auto value(auto x) const { return abs(x); }

  auto derivative(auto x, auto) const { return sign(x); }
};

struct Sin {
  auto value(auto x) const { return sin(x); }

  auto derivative(auto x, auto) const { return cos(x); }
};

struct Cos {
  auto value(auto x) const { return cos(x); }

  auto derivative(auto x, auto) const { return -sin(x); }
};

struct Reciprocal {
  auto value(auto x) const { return 1 / x; }

  auto derivative(auto, auto y) const { return -y * y; }
};

struct Sign {
  auto value(auto x) const { return sign(x); }

  auto derivative(auto x, auto) const { return like(x, 0); }
};

/// Derivative 1 on [min, max], bounds included, 0 outside.
struct Clip {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();

  auto value(auto x) const { return clamp(x, min, max); }

  auto derivative(auto x, auto) const {
    return indicator(x >= like(x, min) && x <= like(x, max), x);
  }
};

// Binary: value(a, b) and the derivatives d_left, d_right with respect to a and b, where
// y = value(a, b).

struct Add {
  auto value(auto a, auto b) const { return a + b; }

  auto d_left(auto a, auto, auto) const { return like(a, 1); }

  auto d_right(auto a, auto, auto) const { return like(a, 1); }
};

struct Subtract {
  auto value(auto a, auto b) const { return a - b; }

  auto d_left(auto a, auto, auto) const { return like(a, 1); }

  auto d_right(auto a, auto, auto) const { return like(a, -1); }
};

struct Multiply {
  auto value(auto a, auto b) const { return a * b; }

  auto d_left(auto, auto b, auto) const { return b; }

  auto d_right(auto a, auto, auto) const { return a; }
};

struct Divide {
  auto value(auto a, auto b) const { return a / b; }

  auto d_left(auto, auto b, auto) const { return 1 / b; }

  auto d_right(auto, auto b, auto y) const { return -y / b; }
};

/// NaN if an operand is; a tie gives half of the gradient to each.
struct Maximum {
  auto value(auto a, auto b) const { return select(a > b || isnan(a), a, b); }

  auto d_left(auto a, auto b, auto) const {
    return 0.5 * (indicator(a > b, a) + indicator(a >= b, a));
  }

  auto d_right(auto a, auto b, auto y) const { return d_left(b, a, y); }
};

/// NaN if an operand is; a tie gives half of the gradient to each.
struct Minimum {
  auto value(auto a, auto b) const { return select(a < b || isnan(a), a, b); }

  auto d_left(auto a, auto b, auto y) const { return Maximum{}.d_left(b, a, y); }

  auto d_right(auto a, auto b, auto y) const { return Maximum{}.d_left(a, b, y); }
};

/// a^b; the derivative with respect to b is taken as 0 where a or a^b is 0. Exact rounding for the
/// exponents -1, 0, ½, 1 and 2; otherwise the error is about |b·log a| units in the last place.
struct Power {
  auto value(auto a, auto b) const {
    const auto magnitude = exp(b * log(abs(a)));
    const auto with_sign = select(a < 0 && is_odd(b), -magnitude, magnitude);
    const auto nan = like(a, std::numeric_limits<double>::quiet_NaN());
    auto y = select(a < 0 && !is_whole(b), nan, with_sign);
    y = select(b == -1, 1 / a, y);
    y = select(b == 0, like(a, 1), y);
    y = select(b == 0.5, sqrt(a), y);
    y = select(b == 1, a, y);
    return select(b == 2, a * a, y);
  }

  auto d_left(auto a, auto b, auto) const {
    return select(b == 0, like(a, 0), b * value(a, b - 1));
  }

  auto d_right(auto a, auto, auto y) const {
    return select(a == 0 || y == 0, like(a, 0), y * log(a));
  }
};

}  // namespace rondo::kernels
