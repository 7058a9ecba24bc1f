/// Numbers too small to be normal: a gradient that vanishes over many steps ends in them, and on
/// some processors each costs a hundred cycles.
#pragma once

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

namespace rondo {

/// How a thread rounds and what it makes of denormal numbers; it inherits that from the thread that
/// starts it.
class FloatMode {
 public:
  [[nodiscard]] static FloatMode of_this_thread() {
    FloatMode mode;
#ifdef __SSE2__
    mode.bits_ = _mm_getcsr();
#endif
    return mode;
  }

  void apply() const {
#ifdef __SSE2__
    _mm_setcsr(bits_);
#endif
  }

#ifdef __SSE2__
 private:
  unsigned int bits_ = 0x1f80;  // a process begins with it
#endif
};

/// While it lives, this thread takes them for 0 and makes none, as TensorFlow and XLA do. Nothing
/// changes where the processor has no such mode or needs none.
class FlushDenormals {
 public:
#ifdef __SSE2__
  FlushDenormals() : before_(_mm_getcsr()) {
    constexpr unsigned int flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
    _mm_setcsr(before_ | flush_to_zero | denormals_are_zero);
  }

  ~FlushDenormals() {
    _mm_setcsr(before_);
  }
#else
  FlushDenormals() {}  // not trivial, or it were an unused variable

  ~FlushDenormals() {}
#endif

  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

#ifdef __SSE2__
 private:
  unsigned int before_;
#endif
};

}  // namespace rondo
