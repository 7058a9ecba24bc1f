/// Choices that the bytes of an input make, for targets that build calls and not files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "rondo/core/tensor.hpp"

namespace rondo::fuzz {

class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool left() const { return !bytes_.empty(); }

  /// A number in [least, most], which span less than 256; `least` when no byte is left.
  int number(int least, int most) { return least + byte() % (most - least + 1); }

  std::size_t size(int least, int most) { return static_cast<std::size_t>(number(least, most)); }

  bool flag() { return number(0, 1) == 1; }

  bool one_in(int n) { return number(0, n - 1) == 1; }

  template <class T, std::size_t N>
  T of(const T (&values)[N]) {
    return values[size(0, static_cast<int>(N) - 1)];
  }

  /// Ordinary values and those at which formulas break.
  double value() {
    constexpr double inf = std::numeric_limits<double>::infinity();
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return of({0.0, 1.0, 0.1, 0.5, -1.0, 2.0, 1e-300, 1e300, nan, inf, -inf, 5e-324, 1e-7, -0.0});
  }

  /// Mostly in [0, 1).
  double rate() { return one_in(8) ? value() : 0.1 * number(0, 9); }

  Shape shape() {
    Shape result;
    for (int rank = number(0, 4); rank > 0; --rank) {
      result.append(size(one_in(16) ? 0 : 1, 4));
    }
    return result;
  }

  template <class T>
  Tensor<T> tensor(const Shape& shape) {
    Tensor<T> result(shape);
    for (std::size_t i = 0; i < result.size(); ++i) {
      result.data()[i] = static_cast<T>(0.25 * static_cast<double>(i % 9) - 1.0);
    }
    if (result.size() > 0 && one_in(6)) {
      result.data()[0] = static_cast<T>(value());
    }
    return result;
  }

 private:
  int byte() {
    if (bytes_.empty()) {
      return 0;
    }
    const int result = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return result;
  }

  std::span<const std::uint8_t> bytes_;
};

}  // namespace rondo::fuzz
