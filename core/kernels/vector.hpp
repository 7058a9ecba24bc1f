/// A vector of an instruction set, over the compilers' own vector types (D48).
///
/// For kernel sources only: they are compiled once per instruction set (D9). That set is in the
/// name of every type here, and so in that of every function that is not inlined.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "rondo/core/kernels/dispatch.hpp"
#include "rondo/core/kernels/registers.hpp"

namespace rondo::kernels::simd {

constexpr InstructionSet this_set = InstructionSet::RONDO_KERNELS_FOR;

constexpr std::size_t bytes_of(InstructionSet set) {
  return set == InstructionSet::avx512 ? 64 : set == InstructionSet::avx2 ? 32 : 16;
}

/// A register of lanes of type T.
template <class T, InstructionSet set>
struct RegisterOf {
  using Type [[gnu::vector_size(bytes_of(set))]] = T;
};

/// Conditions, one for each lane of a Vector<T>.
template <class T, InstructionSet set>
struct Mask {
  using Lane = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  using Register = typename RegisterOf<Lane, set>::Type;

  Register lanes;  // all bits of a lane are set, or none

  friend Mask operator&&(Mask a, Mask b) { return {a.lanes & b.lanes}; }

  friend Mask operator||(Mask a, Mask b) { return {a.lanes | b.lanes}; }

  friend Mask operator!(Mask a) { return {~a.lanes}; }

  friend bool all(Mask a) {
    return registers::all_set(reinterpret_cast<typename RegisterOf<T, set>::Type>(a.lanes));
  }
};

template <class T, InstructionSet set = this_set>
class Vector {
 public:
  using value_type = T;
  using Condition = Mask<T, set>;
  using Register = typename RegisterOf<T, set>::Type;
  /// The lanes as whole numbers; arithmetic on them is the compiler's.
  using Bit = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  using Bits = typename RegisterOf<Bit, set>::Type;

  static constexpr std::size_t size = sizeof(Register) / sizeof(T);

  Vector() = default;  // undefined, as a number

  Vector(T value) : lanes_(value - Register{}) {}

  Vector(Register lanes) : lanes_(lanes) {}

  static Vector load(const T* x) {
    Register lanes;
    std::memcpy(&lanes, x, sizeof(Register));
    return lanes;
  }

  void store(T* y) const { std::memcpy(y, &lanes_, sizeof(Register)); }

  /// x[0, count) in the first lanes, x[0] in the others, so that these raise no floating-point
  /// exception of their own; 0 < count ≤ size.
  static Vector load_part(const T* x, std::size_t count) {
    const Vector first(*x);  // alone without masks: it can be read from a store under way (15 ns)
    return count == 1 ? first : Vector(registers::load_first(x, count, first.lanes_));
  }

  /// y[0, count) from the first lanes; nothing else is written.
  void store_part(T* y, std::size_t count) const {
    if (count == 1) {
      *y = get(0);
    } else {
      registers::store_first(lanes_, y, count);
    }
  }

  [[nodiscard]] T get(std::size_t i) const { return lanes_[i]; }

  /// True in the first `count` lanes; count ≤ size.
  static Condition first(std::size_t count) {
    return numbered(std::make_index_sequence<size>{}) <
           Vector(static_cast<T>(static_cast<int>(count)));
  }

  /// Lane i gets lane i ^ distance.
  template <std::size_t distance>
  [[nodiscard]] Vector exchange() const {
    return exchange<distance>(std::make_index_sequence<size>{});
  }

  /// Lanes whose number has the bit `distance` come from `other`'s lanes `distance` to the left.
  template <std::size_t distance>
  [[nodiscard]] Vector with_left_of(Vector other) const {
    return with_left_of<distance>(other, std::make_index_sequence<size>{});
  }

  /// Lanes whose number lacks the bit `distance` come from `other`'s lanes `distance` to the right.
  template <std::size_t distance>
  [[nodiscard]] Vector with_right_of(Vector other) const {
    return with_right_of<distance>(other, std::make_index_sequence<size>{});
  }

  [[nodiscard]] Bits bits() const { return reinterpret_cast<Bits>(lanes_); }

  static Vector from_bits(Bits bits) { return reinterpret_cast<Register>(bits); }

  /// True where the last bit is set.
  static Condition last_bit(Bits bits) { return {(bits & 1) != 0}; }

  friend Vector operator+(Vector a, Vector b) { return a.lanes_ + b.lanes_; }

  friend Vector operator-(Vector a, Vector b) { return a.lanes_ - b.lanes_; }

  friend Vector operator*(Vector a, Vector b) { return a.lanes_ * b.lanes_; }

  friend Vector operator/(Vector a, Vector b) { return a.lanes_ / b.lanes_; }

  friend Vector operator-(Vector a) { return -a.lanes_; }

  friend Condition operator<(Vector a, Vector b) { return {a.lanes_ < b.lanes_}; }

  friend Condition operator<=(Vector a, Vector b) { return {a.lanes_ <= b.lanes_}; }

  friend Condition operator>(Vector a, Vector b) { return {a.lanes_ > b.lanes_}; }

  friend Condition operator>=(Vector a, Vector b) { return {a.lanes_ >= b.lanes_}; }

  friend Condition operator==(Vector a, Vector b) { return {a.lanes_ == b.lanes_}; }

  friend Condition isnan(Vector x) { return !(x == x); }

  /// a where the condition holds, b elsewhere.
  friend Vector select(Condition condition, Vector a, Vector b) {
    return condition.lanes ? a.lanes_ : b.lanes_;
  }

  /// a·b + c, in one operation where the processor has one.
  friend Vector multiply_add(Vector a, Vector b, Vector c) {
    return registers::multiply_add(a.lanes_, b.lanes_, c.lanes_);
  }

  friend Vector sqrt(Vector x) { return registers::square_root(x.lanes_); }

  friend Vector abs(Vector x) { return from_bits(x.bits() & ~sign_bit); }

  /// v, or -v where the sign of x is set.
  friend Vector times_sign(Vector v, Vector x) {
    return from_bits(v.bits() ^ (x.bits() & sign_bit));
  }

 private:
  static constexpr Bit sign_bit = Bit{1} << (8 * sizeof(T) - 1);

  template <std::size_t... i>
  static Vector numbered(std::index_sequence<i...>) {
    return Register{static_cast<T>(i)...};
  }

  template <std::size_t distance, std::size_t... i>
  [[nodiscard]] Vector exchange(std::index_sequence<i...>) const {
    return __builtin_shufflevector(lanes_, lanes_, (i ^ distance)...);
  }

  template <std::size_t distance, std::size_t... i>
  [[nodiscard]] Vector with_left_of(Vector other, std::index_sequence<i...>) const {
    return __builtin_shufflevector(
        lanes_, other.lanes_, ((i & distance) == 0 ? i : size + i - distance)...);
  }

  template <std::size_t distance, std::size_t... i>
  [[nodiscard]] Vector with_right_of(Vector other, std::index_sequence<i...>) const {
    return __builtin_shufflevector(
        lanes_, other.lanes_, ((i & distance) != 0 ? i : size + i + distance)...);
  }

  Register lanes_;
};

/// The polynomial with every `step`-th of these coefficients from the first on, highest power
/// first.
template <std::size_t first, std::size_t step, class V, std::size_t n>
[[gnu::always_inline]] inline V horner(V z,
                                       const std::array<typename V::value_type, n>& coefficients) {
  V sum(coefficients[first]);
#pragma GCC unroll 32
  for (std::size_t i = first + step; i < n; i += step) {
    sum = multiply_add(sum, z, V(coefficients[i]));
  }
  return sum;
}

/// The polynomial with these coefficients, highest power first, at z. A long one is made of its
/// even and odd powers, whose chains of operations run side by side.
template <class V, std::size_t n>
[[gnu::always_inline]] inline V polynomial(
    V z, const std::array<typename V::value_type, n>& coefficients) {
  if constexpr (n <= 12) {
    return horner<0, 1>(z, coefficients);
  } else {
    const V even = horner<(n - 1) % 2, 2>(z * z, coefficients);
    return multiply_add(horner<n % 2, 2>(z * z, coefficients), z, even);
  }
}

}  // namespace rondo::kernels::simd
