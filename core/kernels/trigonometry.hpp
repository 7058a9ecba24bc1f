/// Sine and cosine of vectors. Those of xsimd 8.1 let one large lane change how all are computed,
/// and emit functions whose names do not tell the instruction set: kernels must do neither (D9).
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels {

namespace simd {

/// Polynomials of the Cephes library (Moshier) and π/2 as a sum of three numbers, the first two
/// with so few bits that their products with a whole number are exact up to `limit`.
template <class V>
struct Trigonometry;

template <class Arch>
struct Trigonometry<xsimd::batch<float, Arch>> {
  static constexpr double limit = 8192;
  static constexpr std::array half_pi{1.5703125, 4.837512969970703125e-4, 7.54978995489188216e-8};
  static constexpr std::array sine{-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1};
  static constexpr std::array cosine{
      2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2};
};

template <class Arch>
struct Trigonometry<xsimd::batch<double, Arch>> {
  static constexpr double limit = 1e8;
  static constexpr std::array half_pi{
      1.57079625129699707031, 7.54978941586159635336e-8, 5.39030285815811905290e-15};
  static constexpr std::array sine{1.58962301576546568060e-10,
                                   -2.50507477628578072866e-8,
                                   2.75573136213857245213e-6,
                                   -1.98412698295895385996e-4,
                                   8.33333333332211858878e-3,
                                   -1.66666666666666307295e-1};
  static constexpr std::array cosine{-1.13585365213876817300e-11,
                                     2.08757008419747316778e-9,
                                     -2.75573141792967388112e-7,
                                     2.48015872888517045348e-5,
                                     -1.38888888888730564116e-3,
                                     4.16666666666665929218e-2};
};

/// The polynomial with these coefficients, highest power first, at z.
template <class V, std::size_t n>
V polynomial(V z, const std::array<double, n>& coefficients) {
  V sum = like(z, coefficients[0]);
  for (std::size_t i = 1; i < n; ++i) {
    sum = fma(sum, z, like(z, coefficients[i]));
  }
  return sum;
}

/// sin(x + quarters·π/2) for |x| up to the limit; quarters is 0 or 1.
template <class V>
V sine_after(V x, double quarters) {
  using Numbers = Trigonometry<V>;
  const V turns = nearbyint(like(x, 0.63661977236758134308) * x);
  V r = x;
  for (const double part : Numbers::half_pi) {
    r = fnma(turns, like(x, part), r);
  }
  const V z = r * r;
  const V sine = fma(polynomial(z, Numbers::sine) * z, r, r);
  const V cosine = fma(polynomial(z, Numbers::cosine) * z, z, 1 - 0.5 * z);
  const V total = turns + like(x, quarters);
  const V quadrant = total - 4 * floor(0.25 * total);
  const V y = select(quadrant == 1 || quadrant == 3, cosine, sine);
  return select(quadrant >= 2, -y, y);
}

/// y, but f(x) in the lanes where x is not within the limit.
template <class V, class F>
V with_large_lanes(V x, V y, F f) {
  constexpr double limit = Trigonometry<V>::limit;
  if (all(abs(x) <= like(x, limit))) {
    return y;
  }
  using T = typename V::value_type;
  std::array<T, V::size> arguments;
  std::array<T, V::size> values;
  x.store_unaligned(arguments.data());
  y.store_unaligned(values.data());
  for (std::size_t i = 0; i < V::size; ++i) {
    if (!(std::abs(arguments[i]) <= limit)) {
      values[i] = static_cast<T>(f(arguments[i]));
    }
  }
  return V::load_unaligned(values.data());
}

}  // namespace simd

template <class V>
V sine(V x) {
  return simd::with_large_lanes(x, simd::sine_after(x, 0), [](double v) { return std::sin(v); });
}

template <class V>
V cosine(V x) {
  return simd::with_large_lanes(x, simd::sine_after(x, 1), [](double v) { return std::cos(v); });
}

}  // namespace rondo::kernels
