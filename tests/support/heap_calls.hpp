/// Counts the calls of operator new. A test program that is to be counted has heap_calls.cpp among
/// its sources: that file replaces the global operators.
#pragma once

#include <cstddef>

namespace rondo::test {

/// How often the program has asked for heap memory so far.
[[nodiscard]] std::size_t heap_calls();

}  // namespace rondo::test
