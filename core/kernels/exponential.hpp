/// e^x and tanh of vectors. In float those of xsimd 8.1 cost twice as much: its fused arithmetic is
/// not fused with AVX-512, and its tanh computes both of two branches.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

#include "rondo/core/kernels/simd.hpp"

namespace rondo::kernels {

namespace simd {

/// e^x = scale · (1 + rest), where scale is a power of two.
template <class V>
struct ExponentialParts {
  V scale;
  V rest;
};

/// x = k·log 2 + r with |r| ≤ log 2 / 2, scale = 2^k, rest = e^r - 1; for x in
/// (-88.376, 88.376). Relative error of the polynomial: 1.4e-8 (fitted by weighted least squares,
/// iterated to the smallest largest error, as Lawson 1961).
template <class Arch>
[[gnu::always_inline]] inline ExponentialParts<xsimd::batch<float, Arch>> exponential_parts(
    xsimd::batch<float, Arch> x) {
  using V = xsimd::batch<float, Arch>;
  const V shift(12582912.0F);  // 1.5·2^23: the sum's last bits are the nearest whole number
  const V shifted = multiply_add(x, V(1.44269504F), shift);
  const V k = shifted - shift;
  V r = multiply_add(k, V(-0.693359375F), x);  // few bits: exact
  r = multiply_add(k, V(2.12194440e-4F), r);
  V q = V(1.39464967e-3F);
  q = multiply_add(q, r, V(8.36661061e-3F));
  q = multiply_add(q, r, V(4.16662814e-2F));
  q = multiply_add(q, r, V(1.66665428e-1F));
  q = multiply_add(q, r, V(5.00000006e-1F));
  using Bits = xsimd::batch<std::int32_t, Arch>;
  const Bits exponent = xsimd::bitwise_cast<Bits>(shifted) << 23;  // of the shift, nothing is left
  const V scale = xsimd::bitwise_cast<V>(exponent + Bits(0x3F800000));
  return {scale, multiply_add(r * r, q, r)};
}

}  // namespace simd

template <class V>
[[gnu::always_inline]] inline V exponential(V x) {
  if constexpr (std::is_same_v<typename V::value_type, float>) {
    constexpr float limit = 88.376262F;  // above, 2^k would be infinite before the product is
    const auto parts = simd::exponential_parts(x);
    const V y = simd::multiply_add(parts.scale, parts.rest, parts.scale);
    const V infinite(std::numeric_limits<float>::infinity());
    return select(x >= V(limit), infinite, select(x <= V(-limit), V(0.0F), y));
  } else {
    return exp(x);
  }
}

/// E / (E + 2) with E = e^2|x| - 1; for small x as x + (E - 2x - xE) / (E + 2), where what is added
/// is small beside x.
template <class V>
[[gnu::always_inline]] inline V hyperbolic_tangent(V x) {
  if constexpr (std::is_same_v<typename V::value_type, float>) {
    const V size = abs(x);
    const V saturated(9.02F);  // tanh is 1 from here on
    const V limited = select(size > saturated, saturated, size);
    const V twice = limited + limited;
    const auto parts = simd::exponential_parts(twice);
    const V e = simd::multiply_add(parts.scale, parts.rest, parts.scale - V(1.0F));
    const auto small = limited < V(0.55F);  // E - 2x is exact
    const V correction = simd::multiply_add(-limited, e, e - twice);
    const V ratio = select(small, correction, e) / (e + V(2.0F));
    return select(small, limited + ratio, ratio) | bitofsign(x);
  } else {
    return tanh(x);
  }
}

}  // namespace rondo::kernels
