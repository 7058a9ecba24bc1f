/// exp, expm1 and tanh of vectors, all from one split into a power of two and a polynomial (D45).
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <array>
#include <limits>

#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels::simd {

/// log 2 as a sum: the first part has so few bits that its product with an exponent is exact.
template <class V>
struct LogOfTwo;

template <InstructionSet set>
struct LogOfTwo<Vector<float, set>> {
  static constexpr float high = 0.693359375F;
  static constexpr float low = -2.12194440e-4F;
};

template <InstructionSet set>
struct LogOfTwo<Vector<double, set>> {
  static constexpr double high = 6.93147180369123816490e-01;
  static constexpr double low = 1.90821492927058770002e-10;
};

/// `curve` is (e^r - 1 - r)/r² for |r| ≤ log 2 / 2, of smallest largest error relative to e^r:
/// 1.4e-8 (weighted least squares, iterated as Lawson 1961) and 3.8e-18 (Sollya's fpminimax).
/// e^x is a normal number for x in [lowest, highest].
template <class V>
struct Exponential;

template <InstructionSet set>
struct Exponential<Vector<float, set>> {
  static constexpr int mantissa_bits = 23;
  static constexpr float log2_e = 1.44269504F;
  static constexpr std::array curve{
      1.39464967e-3F, 8.36661061e-3F, 4.16662814e-2F, 1.66665428e-1F, 5.00000006e-1F};
  static constexpr float lowest = -87.33654F;
  static constexpr float highest = 88.72283F;
  static constexpr float tanh_is_one = 9.02F;
};

template <InstructionSet set>
struct Exponential<Vector<double, set>> {
  static constexpr int mantissa_bits = 52;
  static constexpr double log2_e = 1.4426950408889634;
  static constexpr std::array curve{2.500446947687948e-8,
                                    2.763043895704491e-7,
                                    2.7557572329195426e-6,
                                    2.4801492495636072e-5,
                                    1.9841269522449036e-4,
                                    1.3888888944304325e-3,
                                    8.333333333487052e-3,
                                    4.166666666652707e-2,
                                    0.16666666666666424,
                                    0.5000000000000011};
  static constexpr double lowest = -708.396418532264;
  static constexpr double highest = 709.782712893383;
  static constexpr double tanh_is_one = 19.07;
};

/// x = k·log 2 + r with |r| ≤ log 2 / 2; `power` is k at the place of an exponent.
template <class V>
struct Reduced {
  typename V::Bits power;
  V r;
};

template <class V>
[[gnu::always_inline]] inline Reduced<V> reduce(V x) {
  constexpr int bits = Exponential<V>::mantissa_bits;
  const V shift = like(x, 1.5 * static_cast<double>(1ULL << bits));  // a sum's last bits are k
  const V shifted = multiply_add(x, V(Exponential<V>::log2_e), shift);
  const V k = shifted - shift;
  const V r = multiply_add(k, V(-LogOfTwo<V>::high), x);
  return {shifted.bits() << bits, multiply_add(k, V(-LogOfTwo<V>::low), r)};
}

/// e^r - 1 for |r| ≤ log 2 / 2.
template <class V>
[[gnu::always_inline]] inline V expm1_of_rest(V r) {
  return multiply_add(r * r, polynomial(r, Exponential<V>::curve), r);
}

/// v·2^k; both are normal numbers.
template <class V>
[[gnu::always_inline]] inline V scaled(V v, typename V::Bits power) {
  return V::from_bits(v.bits() + power);
}

/// e^x; 0 where that is no normal number.
template <class V>
[[gnu::always_inline]] inline V exp(V x) {
  const auto [power, r] = reduce(x);
  const V y = scaled(expm1_of_rest(r) + 1, power);
  const V infinite_or_nan = x + like(x, std::numeric_limits<double>::infinity());
  return select(x <= Exponential<V>::highest,
                select(x >= Exponential<V>::lowest, y, like(x, 0)),
                infinite_or_nan);
}

/// (e^x - 1)/2 for x between -500 (in float -60) and a little above where e^x is infinite.
template <class V>
[[gnu::always_inline]] inline V half_expm1(V x) {
  const auto [power, r] = reduce(x);
  const V half = scaled(like(x, 0.5), power);
  return multiply_add(half, expm1_of_rest(r), half - 0.5);
}

/// e^x - 1
template <class V>
[[gnu::always_inline]] inline V expm1(V x) {
  const V half = half_expm1(clamp(x, -40, Exponential<V>::highest + 0.2));
  return half + half;
}

/// H / (H + 1) with H = (e^2|x| - 1)/2; for small x as x + (H - x - xH) / (H + 1), where what is
/// added is small beside x.
template <class V>
[[gnu::always_inline]] inline V tanh(V x) {
  const V size = abs(x);
  const V one_from_here(Exponential<V>::tanh_is_one);
  const V limited = select(size > one_from_here, one_from_here, size);
  const V h = half_expm1(limited + limited);
  const auto small = limited < like(x, 0.55);  // H - x is exact
  const V correction = multiply_add(-limited, h, h - limited);
  const V ratio = select(small, correction, h) / (h + 1);
  return times_sign(select(small, limited + ratio, ratio), x);
}

}  // namespace rondo::kernels::simd
