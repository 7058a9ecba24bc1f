#include "rondo/core/shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"

namespace rondo {

std::size_t Shape::product(std::size_t first, std::size_t last) const {
  std::size_t result = 1;
  for (std::size_t axis = first; axis < last; ++axis) {
    result *= dims_[axis];
  }
  return result;
}

Shape Shape::with_dim(std::size_t axis, std::size_t dim) const {
  return erase(axis).insert(axis, dim);
}

Shape Shape::insert(std::size_t axis, std::size_t dim) const {
  Shape result;
  for (std::size_t i = 0; i <= rank_; ++i) {
    if (i == axis) {
      result.append(dim);
    }
    if (i < rank_) {
      result.append(dims_[i]);
    }
  }
  return result;
}

Shape Shape::erase(std::size_t axis) const {
  Shape result;
  for (std::size_t i = 0; i < rank_; ++i) {
    if (i != axis) {
      result.append(dims_[i]);
    }
  }
  return result;
}

void Shape::throw_too_large(std::size_t dim) const {
  if (rank_ == max_rank) {
    throw_shape_error("shape", "at most 4 axes are supported", {{"shape so far", *this}});
  }
  throw_argument_error("shape",
                       fmt::format("{} times {} elements overflow 64 bits", to_string(*this), dim));
}

std::string to_string(const Shape& shape) {
  return fmt::format("({})", fmt::join(shape.begin(), shape.end(), ", "));
}

std::size_t resolve_axis(const char* op, int axis, std::size_t rank) {
  const int signed_rank = static_cast<int>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    throw_argument_error(
        op, fmt::format("axis {} lies outside [{}, {})", axis, -signed_rank, signed_rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

}  // namespace rondo
