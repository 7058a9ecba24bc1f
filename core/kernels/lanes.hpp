/// Parts of a vector, exchange of lanes and fused arithmetic, as far as xsimd 8.1 lacks them.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <array>
#include <cstddef>

#include <xsimd/xsimd.hpp>

namespace rondo::kernels::simd {

template <class V>
struct LaneIndex {
  using T = typename V::value_type;

  static constexpr std::array<T, V::size> values = [] {
    std::array<T, V::size> index{};
    for (std::size_t i = 0; i < V::size; ++i) {
      index[i] = static_cast<T>(i);
    }
    return index;
  }();
};

/// True in the first `count` lanes; count ≤ V::size.
template <class V>
typename V::batch_bool_type first(std::size_t count) {
  using T = typename V::value_type;
  return V::load_unaligned(LaneIndex<V>::values.data()) <
         V(static_cast<T>(static_cast<int>(count)));
}

/// The general way goes through memory.
template <class V>
struct Lanes {
  using T = typename V::value_type;

  struct alignas(V) Memory {
    std::array<T, V::size> lane;
  };

  /// x[0, count) in the first lanes, x[0] in the others, so that these raise no floating-point
  /// exception of their own; 0 < count ≤ V::size.
  static V load(const T* x, std::size_t count) {
    Memory memory;
    V(x[0]).store_aligned(memory.lane.data());
    for (std::size_t i = 1; i < count; ++i) {
      memory.lane[i] = x[i];
    }
    return V::load_aligned(memory.lane.data());
  }

  /// y[0, count) from the first lanes; nothing else is written.
  static void store(V v, T* y, std::size_t count) {
    Memory memory;
    v.store_aligned(memory.lane.data());
    for (std::size_t i = 0; i < count; ++i) {
      y[i] = memory.lane[i];
    }
  }

  /// Lane i gets lane i ^ distance; distance is a power of two below V::size.
  template <std::size_t distance>
  static V exchange(V v) {
    Memory from;
    Memory to;
    v.store_aligned(from.lane.data());
    for (std::size_t i = 0; i < V::size; ++i) {
      to.lane[i] = from.lane[i ^ distance];
    }
    return V::load_aligned(to.lane.data());
  }
};

#if XSIMD_WITH_AVX512BW

template <>
struct Lanes<xsimd::batch<float, xsimd::avx512bw>> {
  using V = xsimd::batch<float, xsimd::avx512bw>;

  static V load(const float* x, std::size_t count) {
    return _mm512_mask_loadu_ps(V(*x), first<V>(count), x);
  }

  static void store(V v, float* y, std::size_t count) {
    _mm512_mask_storeu_ps(y, first<V>(count), v);
  }

  template <std::size_t distance>
  static V exchange(V v) {
    constexpr int order = distance == 8 || distance == 2 ? 0x4E : 0xB1;  // 2301 or 1032
    if constexpr (distance >= 4) {
      return _mm512_shuffle_f32x4(v, v, order);
    } else {
      return _mm512_permute_ps(v, order);
    }
  }
};

template <>
struct Lanes<xsimd::batch<double, xsimd::avx512bw>> {
  using V = xsimd::batch<double, xsimd::avx512bw>;

  static V load(const double* x, std::size_t count) {
    return _mm512_mask_loadu_pd(V(*x), first<V>(count), x);
  }

  static void store(V v, double* y, std::size_t count) {
    _mm512_mask_storeu_pd(y, first<V>(count), v);
  }

  template <std::size_t distance>
  static V exchange(V v) {
    if constexpr (distance == 1) {
      return _mm512_permute_pd(v, 0x55);
    } else {
      return _mm512_shuffle_f64x2(v, v, distance == 4 ? 0x4E : 0xB1);
    }
  }
};

#endif

#if XSIMD_WITH_FMA3_AVX2

template <>
struct Lanes<xsimd::batch<float, xsimd::fma3<xsimd::avx2>>> {
  using V = xsimd::batch<float, xsimd::fma3<xsimd::avx2>>;

  static V load(const float* x, std::size_t count) {
    const __m256 mask = first<V>(count);
    return _mm256_blendv_ps(V(*x), _mm256_maskload_ps(x, _mm256_castps_si256(mask)), mask);
  }

  static void store(V v, float* y, std::size_t count) {
    _mm256_maskstore_ps(y, _mm256_castps_si256(first<V>(count)), v);
  }

  template <std::size_t distance>
  static V exchange(V v) {
    if constexpr (distance == 4) {
      return _mm256_permute2f128_ps(v, v, 1);
    } else {
      return _mm256_permute_ps(v, distance == 2 ? 0x4E : 0xB1);
    }
  }
};

template <>
struct Lanes<xsimd::batch<double, xsimd::fma3<xsimd::avx2>>> {
  using V = xsimd::batch<double, xsimd::fma3<xsimd::avx2>>;

  static V load(const double* x, std::size_t count) {
    const __m256d mask = first<V>(count);
    return _mm256_blendv_pd(V(*x), _mm256_maskload_pd(x, _mm256_castpd_si256(mask)), mask);
  }

  static void store(V v, double* y, std::size_t count) {
    _mm256_maskstore_pd(y, _mm256_castpd_si256(first<V>(count)), v);
  }

  template <std::size_t distance>
  static V exchange(V v) {
    if constexpr (distance == 2) {
      return _mm256_permute2f128_pd(v, v, 1);
    } else {
      return _mm256_permute_pd(v, 0x5);
    }
  }
};

#endif

/// a·b + c in one instruction where there is one.
template <class V>
[[gnu::always_inline]] inline V multiply_add(V a, V b, V c) {
  return fma(a, b, c);
}

#if XSIMD_WITH_AVX512BW

// xsimd 8.1 multiplies and adds one after the other here.

template <>
[[gnu::always_inline]] inline xsimd::batch<float, xsimd::avx512bw> multiply_add(
    xsimd::batch<float, xsimd::avx512bw> a,
    xsimd::batch<float, xsimd::avx512bw> b,
    xsimd::batch<float, xsimd::avx512bw> c) {
  return _mm512_fmadd_ps(a, b, c);
}

template <>
[[gnu::always_inline]] inline xsimd::batch<double, xsimd::avx512bw> multiply_add(
    xsimd::batch<double, xsimd::avx512bw> a,
    xsimd::batch<double, xsimd::avx512bw> b,
    xsimd::batch<double, xsimd::avx512bw> c) {
  return _mm512_fmadd_pd(a, b, c);
}

#endif

}  // namespace rondo::kernels::simd
