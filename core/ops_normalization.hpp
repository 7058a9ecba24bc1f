/// Normalisation as single ops.
#pragma once

#include "rondo/core/tape.hpp"

namespace rondo {

/// Each row of the last `axes` axes with mean 0 and variance 1, then scaled and shifted:
///
///   y = gamma (x − mean) / sqrt(variance + epsilon) + beta
///
/// The variance is divided by the number of values. Ba, Kiros and Hinton 2016, "Layer
/// normalization", arXiv:1607.06450.
///
/// @param x      [.., D], at least `axes` axes
/// @param gamma  [D] (the last axes of x), or the empty handle for 1
/// @param beta   [D], or the empty handle for 0
/// @return the shape of x
/// @throws ShapeError     if gamma or beta are not the last axes of x, or a row is empty
/// @throws ArgumentError  unless 0 < axes ≤ rank of x and epsilon > 0
/// Saves two numbers per row.
template <Real T>
Variable<T> layer_normalization(const Variable<T>& x,
                                const Variable<T>& gamma = {},
                                const Variable<T>& beta = {},
                                double epsilon = 1e-3,
                                std::size_t axes = 1);

}  // namespace rondo
