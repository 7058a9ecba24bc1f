/// Ops that move values without changing them. `reshape` and slices of the first axis do not copy.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "rondo/core/tape.hpp"

namespace rondo {

/// The same values in another shape. @throws ShapeError if the sizes differ
template <Real T>
Variable<T> reshape(const Variable<T>& x, const Shape& shape);

/// Axes in a new order: result axis i is axis `order[i]` of x; without an order they are reversed.
/// @throws ArgumentError if `order` is not a permutation of x's axes
template <Real T>
Variable<T> transpose(const Variable<T>& x, std::initializer_list<int> order = {});

/// The entries [begin, end) of an axis. @throws ArgumentError unless begin < end ≤ size
template <Real T>
Variable<T> slice(const Variable<T>& x, int axis, std::size_t begin, std::size_t end);

/// One entry of an axis, which is dropped. @throws ArgumentError if index ≥ size
template <Real T>
Variable<T> select(const Variable<T>& x, int axis, std::size_t index);

/// Equal parts along an axis; the list lives on the tape.
/// @throws ArgumentError if `parts` is 0 or does not divide the axis
template <Real T>
std::span<const Variable<T>> split(const Variable<T>& x, std::size_t parts, int axis = -1);

/// Joins along an existing axis; all other sizes must agree.
/// @throws ShapeError if they do not, ArgumentError if the list is empty
template <Real T>
Variable<T> concat(std::span<const Variable<T>> parts, int axis = -1);

template <Real T>
Variable<T> concat(std::initializer_list<Variable<T>> parts, int axis = -1) {
  return concat(std::span<const Variable<T>>(parts.begin(), parts.size()), axis);
}

/// Joins along a new axis; all shapes must be equal.
template <Real T>
Variable<T> stack(std::span<const Variable<T>> parts, int axis = 0);

template <Real T>
Variable<T> stack(std::initializer_list<Variable<T>> parts, int axis = 0) {
  return stack(std::span<const Variable<T>>(parts.begin(), parts.size()), axis);
}

/// Rows of a table: result[i.., :] = table[indices[i..], :].
///
/// @param table    [V, ..]
/// @param indices  [..], whole numbers in [0, V)
/// @return [indices.., ..]
/// @throws ArgumentError for an index that is not whole or out of range
template <Real T>
Variable<T> gather(const Variable<T>& table, std::type_identity_t<TensorView<const T>> indices);
template <Real T>
Variable<T> gather(const Variable<T>& table, std::span<const std::int32_t> indices);

}  // namespace rondo
