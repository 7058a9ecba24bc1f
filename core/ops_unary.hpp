/// How a function of one variable becomes an op: ops_elementwise.hpp and ops_activation.hpp have
/// one line for each.
#pragma once

#include "rondo/core/kernels/formulas.hpp"
#include "rondo/core/tape.hpp"

namespace rondo::detail {

/// y = f(x), element by element.
/// @param f  of the list `kernels::UnaryFormulas`; kept on the tape with its parameters
template <Real T, class Formula>
Variable<T> unary(OpName name, const Variable<T>& x, const Formula& f);

}  // namespace rondo::detail
