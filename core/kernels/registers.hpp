/// What the compilers' vector types lack, one overload per register: fused arithmetic, square
/// roots, parts of a register, and whether a condition holds in all lanes.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace rondo::kernels::simd::registers {

namespace {

// The general way, for processors that are not named below.

/// a·b + c in one instruction where there is one.
template <class R>
R multiply_add(R a, R b, R c) {
  return a * b + c;
}

template <class R>
R square_root(R x) {
  for (std::size_t i = 0; i < sizeof(R) / sizeof(x[0]); ++i) {
    x[i] = std::sqrt(x[i]);
  }
  return x;
}

/// Whether all bits of all lanes are set.
template <class R>
bool all_set(R mask) {
  unsigned char bytes[sizeof(R)];  // NOLINT(modernize-avoid-c-arrays)
  std::memcpy(bytes, &mask, sizeof(R));
  unsigned char common = 0xFF;
  for (const unsigned char byte : bytes) {
    common &= byte;
  }
  return common == 0xFF;
}

/// x[0, count) in the first lanes, those of `rest` in the others.
template <class R, class T>
R load_first(const T* x, std::size_t count, R rest) {
  for (std::size_t i = 0; i < count; ++i) {
    rest[i] = x[i];
  }
  return rest;
}

/// y[0, count) from the first lanes; nothing else is written.
template <class R, class T>
void store_first(R v, T* y, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    y[i] = v[i];
  }
}

#if defined(__x86_64__)

inline __m128 square_root(__m128 x) {
  return _mm_sqrt_ps(x);
}

inline __m128d square_root(__m128d x) {
  return _mm_sqrt_pd(x);
}

inline bool all_set(__m128 mask) {
  return _mm_movemask_ps(mask) == 0xF;
}

inline bool all_set(__m128d mask) {
  return _mm_movemask_pd(mask) == 0x3;
}

#endif

#if defined(__AVX2__) && defined(__FMA__)

inline __m256 multiply_add(__m256 a, __m256 b, __m256 c) {
  return _mm256_fmadd_ps(a, b, c);
}

inline __m256d multiply_add(__m256d a, __m256d b, __m256d c) {
  return _mm256_fmadd_pd(a, b, c);
}

inline __m256 square_root(__m256 x) {
  return _mm256_sqrt_ps(x);
}

inline __m256d square_root(__m256d x) {
  return _mm256_sqrt_pd(x);
}

inline bool all_set(__m256 mask) {
  return _mm256_movemask_ps(mask) == 0xFF;
}

inline bool all_set(__m256d mask) {
  return _mm256_movemask_pd(mask) == 0xF;
}

inline __m256i first_floats(std::size_t count) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lanes);
}

inline __m256i first_doubles(std::size_t count) {
  const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(count)), lanes);
}

inline __m256 load_first(const float* x, std::size_t count, __m256 rest) {
  const __m256i mask = first_floats(count);
  return _mm256_blendv_ps(rest, _mm256_maskload_ps(x, mask), _mm256_castsi256_ps(mask));
}

inline __m256d load_first(const double* x, std::size_t count, __m256d rest) {
  const __m256i mask = first_doubles(count);
  return _mm256_blendv_pd(rest, _mm256_maskload_pd(x, mask), _mm256_castsi256_pd(mask));
}

inline void store_first(__m256 v, float* y, std::size_t count) {
  _mm256_maskstore_ps(y, first_floats(count), v);
}

inline void store_first(__m256d v, double* y, std::size_t count) {
  _mm256_maskstore_pd(y, first_doubles(count), v);
}

#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)

inline __m512 multiply_add(__m512 a, __m512 b, __m512 c) {
  return _mm512_fmadd_ps(a, b, c);
}

inline __m512d multiply_add(__m512d a, __m512d b, __m512d c) {
  return _mm512_fmadd_pd(a, b, c);
}

inline __m512 square_root(__m512 x) {
  return _mm512_sqrt_ps(x);
}

inline __m512d square_root(__m512d x) {
  return _mm512_sqrt_pd(x);
}

inline bool all_set(__m512 mask) {
  return _mm512_movepi32_mask(_mm512_castps_si512(mask)) == 0xFFFF;
}

inline bool all_set(__m512d mask) {
  return _mm512_movepi64_mask(_mm512_castpd_si512(mask)) == 0xFF;
}

inline unsigned first_lanes(std::size_t count) {
  return (1U << count) - 1;
}

inline __m512 load_first(const float* x, std::size_t count, __m512 rest) {
  return _mm512_mask_loadu_ps(rest, static_cast<__mmask16>(first_lanes(count)), x);
}

inline __m512d load_first(const double* x, std::size_t count, __m512d rest) {
  return _mm512_mask_loadu_pd(rest, static_cast<__mmask8>(first_lanes(count)), x);
}

inline void store_first(__m512 v, float* y, std::size_t count) {
  _mm512_mask_storeu_ps(y, static_cast<__mmask16>(first_lanes(count)), v);
}

inline void store_first(__m512d v, double* y, std::size_t count) {
  _mm512_mask_storeu_pd(y, static_cast<__mmask8>(first_lanes(count)), v);
}

#endif

#if defined(__aarch64__)

// Not NEON's own types, to which these only convert.
using Floats [[gnu::vector_size(16)]] = float;
using Doubles [[gnu::vector_size(16)]] = double;

inline Floats multiply_add(Floats a, Floats b, Floats c) {
  return vfmaq_f32(c, a, b);
}

inline Doubles multiply_add(Doubles a, Doubles b, Doubles c) {
  return vfmaq_f64(c, a, b);
}

inline Floats square_root(Floats x) {
  return vsqrtq_f32(x);
}

inline Doubles square_root(Doubles x) {
  return vsqrtq_f64(x);
}

inline bool all_set(Floats mask) {
  return vminvq_u32(vreinterpretq_u32_f32(mask)) != 0;
}

inline bool all_set(Doubles mask) {
  return vminvq_u32(vreinterpretq_u32_f64(mask)) != 0;
}

#endif

}  // namespace

}  // namespace rondo::kernels::simd::registers
