/// sin and cos of vectors.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels::simd {

/// Polynomials of the Cephes library (Moshier) and π/2 as a sum of three numbers, the first two
/// with so few bits that their products with a whole number are exact up to `limit`.
template <class V>
struct Trigonometry;

template <InstructionSet set>
struct Trigonometry<Vector<float, set>> {
  static constexpr double limit = 8192;
  static constexpr std::array half_pi{
      1.5703125F, 4.837512969970703125e-4F, 7.54978995489188216e-8F};
  static constexpr std::array sine{-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F};
  static constexpr std::array cosine{
      2.443315711809948e-5F, -1.388731625493765e-3F, 4.166664568298827e-2F};
};

template <InstructionSet set>
struct Trigonometry<Vector<double, set>> {
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

/// sin(x + quarters·π/2) for |x| up to the limit.
template <class V>
[[gnu::always_inline]] inline V sine_after(V x, typename V::Bit quarters) {
  using Numbers = Trigonometry<V>;
  constexpr int sign_place = 8 * sizeof(typename V::Bit) - 1;
  const V shift = like(x, 1.5 / std::numeric_limits<typename V::value_type>::epsilon());
  const V shifted = multiply_add(like(x, 0.63661977236758134308), x, shift);
  const V turns = shifted - shift;  // the nearest whole number, which the last bits of the sum are
  V r = x;
  for (const auto part : Numbers::half_pi) {
    r = multiply_add(turns, V(-part), r);
  }
  const V z = r * r;
  const V sine = multiply_add(polynomial(z, Numbers::sine) * z, r, r);
  const V cosine = multiply_add(polynomial(z, Numbers::cosine) * z, z, 1 - 0.5 * z);
  const auto quadrant = shifted.bits() + quarters;
  const V y = select(V::last_bit(quadrant), cosine, sine);
  return V::from_bits(y.bits() ^ (quadrant >> 1 << sign_place));
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
  x.store(arguments.data());
  y.store(values.data());
  for (std::size_t i = 0; i < V::size; ++i) {
    if (!(std::abs(arguments[i]) <= limit)) {
      values[i] = static_cast<T>(f(arguments[i]));
    }
  }
  return V::load(values.data());
}

template <class V>
[[gnu::always_inline]] inline V sin(V x) {
  return with_large_lanes(x, sine_after(x, 0), [](double v) { return std::sin(v); });
}

template <class V>
[[gnu::always_inline]] inline V cos(V x) {
  return with_large_lanes(x, sine_after(x, 1), [](double v) { return std::cos(v); });
}

}  // namespace rondo::kernels::simd
