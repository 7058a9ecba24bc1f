#include "rondo/core/detail/broadcast.hpp"

#include <algorithm>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// Size of the axis that is `from_end` places before the end; missing axes count as 1.
std::size_t dim_from_end(const Shape& shape, std::size_t from_end) {
  return from_end < shape.rank() ? shape[shape.rank() - 1 - from_end] : 1;
}

}  // namespace

Shape broadcast_shape(std::string_view op,
                      const Shape& a,
                      const Shape& b,
                      std::string_view name_a,
                      std::string_view name_b) {
  if (a == b) {
    return a;
  }
  const std::size_t rank = std::max(a.rank(), b.rank());
  Shape result;
  for (std::size_t i = rank; i-- > 0;) {
    const std::size_t dim_a = dim_from_end(a, i);
    const std::size_t dim_b = dim_from_end(b, i);
    if (dim_a != dim_b && dim_a != 1 && dim_b != 1) {
      throw_shape_error(op, "shapes cannot be broadcast together", {{name_a, a}, {name_b, b}});
    }
    result.append(dim_a == 1 ? dim_b : dim_a);
  }
  return result;
}

BroadcastPlan::BroadcastPlan(const Shape& a, const Shape& b, const Shape& result) {
  if (a == b && a == result) {
    inner_ = {a.size(), 1, 1, 1};
    return;
  }
  std::array<Axis, Shape::max_rank> axes{};  // innermost first, merged
  std::size_t count = 0;
  std::size_t stride_a = 1;
  std::size_t stride_b = 1;
  std::size_t stride_result = 1;
  for (std::size_t i = 0; i < result.rank(); ++i) {
    const std::size_t dim = dim_from_end(result, i);
    const std::size_t dim_a = dim_from_end(a, i);
    const std::size_t dim_b = dim_from_end(b, i);
    if (dim != 1) {
      const Axis axis{dim, dim_a == 1 ? 0 : stride_a, dim_b == 1 ? 0 : stride_b, stride_result};
      Axis* const last = count > 0 ? &axes[count - 1] : nullptr;
      if (last != nullptr && axis.stride_a == last->stride_a * last->size &&
          axis.stride_b == last->stride_b * last->size) {
        last->size *= dim;
      } else {
        axes[count++] = axis;
      }
    }
    stride_a *= dim_a;
    stride_b *= dim_b;
    stride_result *= dim;
  }
  if (count > 0) {
    inner_ = axes[0];
    std::reverse_copy(axes.begin() + 1, axes.begin() + count, outer_.begin());
  }
}

}  // namespace rondo
