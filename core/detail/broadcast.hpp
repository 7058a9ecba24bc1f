/// NumPy's broadcasting as a walk over rows: two operands, one result, an inner stride of 0 or 1.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "rondo/core/shape.hpp"

namespace rondo {

/// The result's shape. @throws ShapeError if two sizes differ and neither is 1
/// @param name_a, name_b  what the error calls the operands
[[nodiscard]] Shape broadcast_shape(std::string_view op,
                                    const Shape& a,
                                    const Shape& b,
                                    std::string_view name_a = "a",
                                    std::string_view name_b = "b");

/// Axes are merged where both operands allow it, so equal shapes become a single row.
class BroadcastPlan {
 public:
  /// `result` must be broadcast_shape(a, b).
  BroadcastPlan(const Shape& a, const Shape& b, const Shape& result);

  [[nodiscard]] std::size_t row_size() const { return inner_.size; }

  /// 0: one value for the whole row; 1: consecutive values.
  [[nodiscard]] std::size_t stride_a() const { return inner_.stride_a; }

  [[nodiscard]] std::size_t stride_b() const { return inner_.stride_b; }

  /// Calls f(offset in a, offset in b, offset in the result) for each row.
  template <class F>
  void for_each_row(F&& f) const {
    for (std::size_t i = 0; i < outer_[0].size; ++i) {
      for (std::size_t j = 0; j < outer_[1].size; ++j) {
        for (std::size_t k = 0; k < outer_[2].size; ++k) {
          const auto offset = [&](std::size_t Axis::*stride) {
            return i * (outer_[0].*stride) + j * (outer_[1].*stride) + k * (outer_[2].*stride);
          };
          f(offset(&Axis::stride_a), offset(&Axis::stride_b), offset(&Axis::stride_result));
        }
      }
    }
  }

 private:
  struct Axis {
    std::size_t size = 1;
    std::size_t stride_a = 0;
    std::size_t stride_b = 0;
    std::size_t stride_result = 0;
  };

  std::array<Axis, Shape::max_rank - 1> outer_{};
  Axis inner_{};
};

}  // namespace rondo
