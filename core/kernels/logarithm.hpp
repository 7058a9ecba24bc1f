/// log and log1p of vectors.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <array>
#include <limits>

#include "rondo/core/kernels/exponential.hpp"

namespace rondo::kernels::simd {

/// `curve` is (log((1 + s)/(1 - s))/s - 2)/s² in powers of s² for m in [√½, √2), m = (1 + s)/(1 -
/// s): largest error relative to the logarithm 8.1e-10 and 1.3e-18 (Sollya's fpminimax).
template <class V>
struct Logarithm;

template <InstructionSet set>
struct Logarithm<Vector<float, set>> {
  static constexpr std::array curve{0.298707992F, 0.399775833F, 0.666667759F};
};

template <InstructionSet set>
struct Logarithm<Vector<double, set>> {
  static constexpr std::array curve{0.14795622792827465,
                                    0.15314086167591523,
                                    0.1818356278941924,
                                    0.22222198606397209,
                                    0.28571428742014665,
                                    0.3999999999941669,
                                    0.6666666666666735};
};

/// log(x·2^-shift) for a normal number x = 2^k·m, as (k - shift)·log 2 + log m.
///
/// With f = m - 1 and s = f/(2 + f), log m is f - (f²/2 - s·(f²/2 + R)) with small R, so that f,
/// which is exact, dominates (Ng 1993, as in fdlibm).
template <class V>
[[gnu::always_inline]] inline V log_of_normal(V x, int shift) {
  using T = typename V::value_type;
  constexpr int bits = Exponential<V>::mantissa_bits;
  constexpr typename V::Bit mantissa = (typename V::Bit{1} << bits) - 1;
  constexpr double two_to_bits = 1 / static_cast<double>(std::numeric_limits<T>::epsilon());
  constexpr int bias = std::numeric_limits<T>::max_exponent - 1;

  const auto root = like(x, 0.70710678118654752).bits();
  const auto times_root = x.bits() + (like(x, 1).bits() - root);  // has the exponent k
  const V m = V::from_bits((times_root & mantissa) + root);
  const V biased = V::from_bits((times_root >> bits) | like(x, two_to_bits).bits());
  const V k = biased - like(x, two_to_bits + bias + shift);

  const V f = m - 1;
  const V s = f / (f + 2);
  const V z = s * s;
  const V half_square = f * f * 0.5;
  const V sum = half_square + z * polynomial(z, Logarithm<V>::curve);
  const V small = multiply_add(s, sum, k * LogOfTwo<V>::low) - half_square;
  return multiply_add(k, V(LogOfTwo<V>::high), small + f);
}

/// log x
template <class V>
[[gnu::always_inline]] inline V log(V x) {
  using Limits = std::numeric_limits<typename V::value_type>;
  const V y = log_of_normal(x, 0);
  if (all(x >= Limits::min() && x <= Limits::max())) {
    return y;
  }
  constexpr int shift = Limits::digits;
  const V denormal = log_of_normal(x * like(x, static_cast<double>(1ULL << shift)), shift);
  const V above_zero = select(x < Limits::min(), denormal, select(x <= Limits::max(), y, x));
  const V not_zero = select(x < 0, V(Limits::quiet_NaN()), above_zero);
  return select(x == 0, V(-Limits::infinity()), not_zero);
}

/// log(1 + x): what the sum 1 + x lost is put back.
template <class V>
[[gnu::always_inline]] inline V log1p(V x) {
  const V sum = x + 1;
  const V lost = select(x < 1, x - (sum - 1), 1 - (sum - x));
  const V correction = lost / sum;
  const V y = log(sum);
  return select(isnan(correction), y, y + correction);  // NaN at -1 and infinity
}

}  // namespace rondo::kernels::simd
