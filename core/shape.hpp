/// Sizes of a tensor's axes, row-major, rank at most 4, without heap memory.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>

namespace rondo {

class Shape {
 public:
  static constexpr std::size_t max_rank = 4;

  Shape() = default;

  /// @throws ShapeError if there are more than 4 axes, ArgumentError if the product overflows
  Shape(std::initializer_list<std::size_t> dims)
      : Shape(std::span<const std::size_t>(dims.begin(), dims.size())) {}

  explicit Shape(std::span<const std::size_t> dims) {
    for (const std::size_t dim : dims) {
      append(dim);
    }
  }

  [[nodiscard]] std::size_t rank() const { return rank_; }

  /// Number of elements; 1 for a scalar.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// @param axis  below the rank; only builds with assertions check it
  std::size_t operator[](std::size_t axis) const {
    assert(axis < rank_);
    return dims_[axis];
  }

  /// The last axis; the rank must not be 0.
  [[nodiscard]] std::size_t back() const {
    assert(rank_ > 0);
    return dims_[rank_ - 1];
  }

  [[nodiscard]] const std::size_t* begin() const { return dims_.data(); }

  [[nodiscard]] const std::size_t* end() const { return dims_.data() + rank_; }

  void append(std::size_t dim) {
    std::size_t size = 0;
    if (rank_ == max_rank || __builtin_mul_overflow(size_, dim, &size)) {
      throw_too_large(dim);
    }
    dims_[rank_++] = dim;
    size_ = size;
  }

  /// Product of the axes [first, last).
  [[nodiscard]] std::size_t product(std::size_t first, std::size_t last) const;

  /// The same axes with one replaced, inserted or removed.
  [[nodiscard]] Shape with_dim(std::size_t axis, std::size_t dim) const;
  [[nodiscard]] Shape insert(std::size_t axis, std::size_t dim) const;
  [[nodiscard]] Shape erase(std::size_t axis) const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  [[noreturn]] void throw_too_large(std::size_t dim) const;

  std::array<std::size_t, max_rank> dims_{};
  std::size_t rank_ = 0;
  std::size_t size_ = 1;
};

/// `(32, 64)`; a scalar is `()`.
[[nodiscard]] std::string to_string(const Shape& shape);

/// Turns a possibly negative axis into an index (-1 is the last one).
/// @throws ArgumentError if it lies outside [-rank, rank)
[[nodiscard]] std::size_t resolve_axis(const char* op, int axis, std::size_t rank);

}  // namespace rondo
