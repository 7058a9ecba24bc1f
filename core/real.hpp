/// The element types of the library (D7): float trains, double checks, bool masks.
#pragma once

#include <concepts>

#if defined(__GNUC__) && !defined(__GXX_RTTI)
#error "rondo asks layers and callbacks for their types: compile without -fno-rtti"
#endif

namespace rondo {

template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

template <class T>
concept Element = Real<T> || std::same_as<T, bool>;

}  // namespace rondo
