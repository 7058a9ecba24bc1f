/// The element types of the library (D7): float trains, double checks, bool masks.
#pragma once

#include <concepts>

#ifndef __cpp_rtti
#error "rondo asks layers and data sets for their types at run time: compile without -fno-rtti"
#endif

namespace rondo {

template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

template <class T>
concept Element = Real<T> || std::same_as<T, bool>;

}  // namespace rondo
