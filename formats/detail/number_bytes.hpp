/// Numbers of a file's element types as floats; for the sources of this folder.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "rondo/core/tensor.hpp"

namespace rondo::detail {

/// IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction.
struct Float16 {
  std::uint16_t bits;

  explicit operator float() const {
    const int exponent = (bits >> 10U) & 0x1F, fraction = bits & 0x3FF;
    float value = 0.0F;
    if (exponent == 0x1F) {
      value = fraction == 0 ? std::numeric_limits<float>::infinity()
                            : std::numeric_limits<float>::quiet_NaN();
    } else {
      value = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                            : std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
    }
    return (bits & 0x8000U) != 0 ? -value : value;
  }
};

/// The upper half of a float.
struct BFloat16 {
  std::uint16_t bits;

  explicit operator float() const {
    const std::uint32_t wide = std::uint32_t{bits} << 16U;
    float value = 0.0F;
    std::memcpy(&value, &wide, sizeof(value));
    return value;
  }
};

/// Elements of type From as T.
/// @param name  of T, for the text
/// @return what is wrong if a whole number would change: "the number 16777217 at position 0 has
///         more digits than a float32"
template <class From, Element T>
std::string convert_numbers(std::span<const std::byte> bytes, T* to, std::string_view name) {
  for (std::size_t i = 0; i < bytes.size() / sizeof(From); ++i) {
    From value{};
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    if constexpr (std::is_class_v<From>) {
      to[i] = static_cast<T>(static_cast<float>(value));
    } else {
      to[i] = static_cast<T>(value);
    }
    if constexpr (std::is_integral_v<From> && !std::is_same_v<T, bool>) {
      if (static_cast<long double>(to[i]) != static_cast<long double>(value)) {
        return fmt::format(
            "the number {} at position {} has more digits than a {}", value, i, name);
      }
    }
  }
  return {};
}

}  // namespace rondo::detail
