/// How a function of one variable becomes an op: ops_elementwise.hpp and ops_activation.hpp have
/// one line for each.
#pragma once

#include "rondo/core/expression.hpp"
#include "rondo/core/kernels/formulas.hpp"
#include "rondo/core/tape.hpp"

namespace rondo {

/// What functions of one variable are applied to: a variable, or a symbol in a lambda given to
/// `fuse`.
template <class X>
concept Elementwise = std::same_as<X, Expression> ||
    (requires { typename X::value_type; } && std::same_as<X, Variable<typename X::value_type>>);

}  // namespace rondo

namespace rondo::detail {

/// y = f(x), element by element.
/// @param f  of the list `kernels::UnaryFormulas`; kept on the tape with its parameters
template <Real T, class Formula>
Variable<T> unary(OpName name, const Variable<T>& x, const Formula& f);

}  // namespace rondo::detail
