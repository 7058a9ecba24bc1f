/// The normal distribution of vectors.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <array>
#include <cstdint>

#include "rondo/core/kernels/exponential.hpp"

namespace rondo::kernels::simd {

/// `curve` is (z + center)·(1 - Φ(z))·e^(z²/2) in powers of (z - center)/(z + center), for z from 0
/// to `limit` at least: largest relative error 4.8e-8 and 2.8e-17 (Sollya's fpminimax). Beyond the
/// limit, e^(-z²/2) is no normal number.
template <class V>
struct NormalDistribution;

template <InstructionSet set>
struct NormalDistribution<Vector<float, set>> {
  static constexpr std::uint32_t low_bits = 0xFFF;
  static constexpr double limit = 13.2;
  static constexpr double center = 3;
  static constexpr std::array curve{5.77602732e-05F,
                                    -0.00019525575F,
                                    -0.000951712136F,
                                    0.00100689929F,
                                    0.00693836948F,
                                    -0.0104583669F,
                                    -0.0472581163F,
                                    0.230017096F,
                                    -0.50933218F,
                                    0.729083717F};
};

template <InstructionSet set>
struct NormalDistribution<Vector<double, set>> {
  static constexpr std::uint64_t low_bits = 0x7FFFFFF;
  static constexpr double limit = 37.6;
  static constexpr double center = 5;
  static constexpr std::array curve{
      2.051156156407874e-09,  7.251737143000026e-09,  -1.0305660357402747e-08,
      -6.554790138880435e-08, 4.370239773840441e-08,  4.3300877266159883e-07,
      -3.37775434056687e-07,  -2.769312697519057e-06, 3.981485502544201e-06,
      1.6681272270828105e-05, -4.976300099432261e-05, -5.937575152269325e-05,
      0.0005448991024434619,  -0.0007978693934406967, -0.002993376775080816,
      0.02079506679927019,    -0.06911863870600732,   0.16502036617042637,
      -0.31353315667131354,   0.495305615969975,      -0.6653825028900566,
      0.769193049750063};
};

/// Φ(x) and φ(x).
template <class V>
struct NormalValues {
  V cumulative;
  V density;
};

/// φ and 1 - Φ at z = |x| are e^(-z²/2) times a constant and a polynomial. z is cut in two, so that
/// the square of its upper half is exact: an exponent's error would be the result's.
template <class V>
[[gnu::always_inline]] inline NormalValues<V> normal_distribution(V x) {
  using Numbers = NormalDistribution<V>;
  const V size = abs(x);
  const auto inside = size < like(x, Numbers::limit);
  const V z = select(inside, size, like(x, 0));
  const V upper = V::from_bits(z.bits() & ~Numbers::low_bits);
  const auto [power, r] = reduce(-0.5 * upper * upper);
  const V rest = multiply_add(0.5 * (upper - z), upper + z, r);
  const V power_of_e = select(inside, scaled(expm1_of_rest(rest) + 1, power), like(x, 0));

  const V scale = 1 / (z + like(x, Numbers::center));
  const V place = (z - like(x, Numbers::center)) * scale;
  const V tail = power_of_e * (polynomial(place, Numbers::curve) * scale);
  const V density = power_of_e * like(x, 0.3989422804014327);
  return {select(x < 0, tail, 1 - tail), density};
}

}  // namespace rondo::kernels::simd
