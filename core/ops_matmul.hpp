/// Matrix products.
#pragma once

#include "rondo/core/tape.hpp"

namespace rondo {

/// a @ b
///
/// @param a  [.., M, K]; leading axes are folded into the rows
/// @param b  [K, N]
/// @return [.., M, N]
/// @throws ShapeError if the ranks or the inner dimensions do not fit
template <Real T>
Variable<T> matmul(const Variable<T>& a, const Variable<T>& b);

/// x @ kernel + bias in one op
///
/// @param x       [.., K]
/// @param kernel  [K, N]
/// @param bias    [N]
/// @return [.., N]
/// @throws ShapeError if ranks or sizes do not fit
template <Real T>
Variable<T> affine(const Variable<T>& x, const Variable<T>& kernel, const Variable<T>& bias);

}  // namespace rondo
