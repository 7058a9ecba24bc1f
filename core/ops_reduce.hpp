/// Reductions over axes (negative axes count from the end; no axes given: over all).
#pragma once

#include <array>
#include <initializer_list>
#include <span>

#include "rondo/core/tape.hpp"

namespace rondo {

struct ReduceOptions {
  /// Keep reduced axes with size 1.
  bool keep_dims = false;
};

/// Axes, written `{0, -1}` in a call, or `1` for a single one.
class Axes {
 public:
  Axes() = default;

  Axes(int axis) : Axes({axis}) {}  // NOLINT: implicit, as in softmax(x, 1)

  /// @throws ArgumentError for more than 4 axes
  Axes(std::initializer_list<int> axes);

  [[nodiscard]] std::span<const int> span() const { return {axes_.data(), count_}; }

 private:
  std::array<int, Shape::max_rank> axes_{};
  std::size_t count_ = 0;
};

/// @throws ArgumentError for an axis out of range or named twice
template <Real T>
Variable<T> sum(const Variable<T>& x, Axes axes = {}, ReduceOptions options = {});
/// @throws ArgumentError also if there is nothing to average
template <Real T>
Variable<T> mean(const Variable<T>& x, Axes axes = {}, ReduceOptions options = {});
/// Equal maxima share the gradient. @throws ArgumentError also if there is nothing to choose from
template <Real T>
Variable<T> max(const Variable<T>& x, Axes axes = {}, ReduceOptions options = {});
template <Real T>
Variable<T> min(const Variable<T>& x, Axes axes = {}, ReduceOptions options = {});

}  // namespace rondo
