/// Numbers too small to be normal: a gradient that vanishes over many steps ends in them, and on
/// some processors each costs a hundred cycles.
#pragma once

#include <cstdint>

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

namespace rondo {

namespace detail {

// This thread's register that says how floating-point numbers are treated.
#if defined(__SSE2__)
constexpr std::uint64_t flush_denormals =
    0x8040;  // results (flush to zero) and operands (denormals are zero)

inline std::uint64_t float_control() {
  return _mm_getcsr();
}

inline void set_float_control(std::uint64_t value) {
  _mm_setcsr(static_cast<unsigned int>(value));
}
#elif defined(__aarch64__)
constexpr std::uint64_t flush_denormals = 1U << 24;  // FPCR.FZ: results and operands

inline std::uint64_t float_control() {
  std::uint64_t value = 0;
  asm volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}

inline void set_float_control(std::uint64_t value) {
  asm volatile("msr fpcr, %0" : : "r"(value) : "memory");
}
#else
constexpr std::uint64_t flush_denormals = 0;

inline std::uint64_t float_control() {
  return 0;
}

inline void set_float_control(std::uint64_t) {}
#endif

}  // namespace detail

/// While it lives, this thread takes them for 0 and makes none, as TensorFlow and XLA do. Nothing
/// changes where the processor is neither x86-64 nor ARM64.
class FlushDenormals {
 public:
  FlushDenormals() : before_(detail::float_control()) {
    detail::set_float_control(before_ | detail::flush_denormals);
  }

  ~FlushDenormals() { detail::set_float_control(before_); }

  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  std::uint64_t before_;
};

}  // namespace rondo
