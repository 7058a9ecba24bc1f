/// Loops over arrays in vectors of the including source's instruction set. The rest of an array is
/// padded and goes through the same code, so that a value does not depend on its position.
///
/// For kernel sources only: they are compiled once per instruction set (D9).
#pragma once

#include <cstddef>
#include <limits>

#include "rondo/core/kernels/formulas_math.hpp"
#include "rondo/core/kernels/vector.hpp"

namespace rondo::kernels::simd {

/// An operand of the loops below: an array.
template <class V>
struct Array {
  const typename V::value_type* data;

  V load(std::size_t i) const { return V::load(data + i); }

  V load_part(std::size_t i, std::size_t count) const { return V::load_part(data + i, count); }
};

/// An operand of the loops below: one value for all elements.
template <class V>
struct Constant {
  V value;

  V load(std::size_t) const { return value; }

  V load_part(std::size_t, std::size_t) const { return value; }
};

/// y[i] = f(x[i]...); y may be an operand.
template <class V, class F, class... Operand>
void transform(std::size_t n, typename V::value_type* y, F f, Operand... x) {
  const std::size_t whole = n - n % V::size;
  for (std::size_t i = 0; i < whole; i += V::size) {
    f(x.load(i)...).store(y + i);
  }
  if (whole < n) {
    f(x.load_part(whole, n - whole)...).store_part(y + whole, n - whole);
  }
}

struct Sum {
  static constexpr double identity = 0;

  auto operator()(auto a, auto b) const { return a + b; }
};

struct Max {
  static constexpr double identity = -std::numeric_limits<double>::infinity();

  auto operator()(auto a, auto b) const { return Maximum{}.value(a, b); }
};

struct Min {
  static constexpr double identity = std::numeric_limits<double>::infinity();

  auto operator()(auto a, auto b) const { return Minimum{}.value(a, b); }
};

/// Combines all lanes; the result is in every lane.
template <class V, class Combine, std::size_t distance = V::size / 2>
V across(V v, Combine combine) {
  if constexpr (distance == 0) {
    return v;
  } else {
    const V pairs = combine(v, v.template exchange<distance>());
    return across<V, Combine, distance / 2>(pairs, combine);
  }
}

/// Combines term(0), …, term(count - 1) in four chains, which hides the latency of an addition.
template <class V, class Combine, class Term>
V fold_terms(std::size_t count, Combine combine, Term term) {
  const V identity(static_cast<typename V::value_type>(Combine::identity));
  V a = identity;
  V b = identity;
  V c = identity;
  V d = identity;
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    a = combine(a, term(i));
    b = combine(b, term(i + 1));
    c = combine(c, term(i + 2));
    d = combine(d, term(i + 3));
  }
  for (; i < count; ++i) {
    a = combine(a, term(i));
  }
  return combine(combine(a, b), combine(c, d));
}

/// Combines f(x[i]...) over all i; the result is in every lane, the identity if n is 0.
template <class V, class Combine, class F, class... Operand>
V fold(std::size_t n, Combine combine, F f, Operand... x) {
  const std::size_t rest = n % V::size;
  const auto term = [=](std::size_t k) { return f(x.load(k * V::size)...); };
  V result = fold_terms<V>(n / V::size, combine, term);
  if (rest > 0) {
    const V last = f(x.load_part(n - rest, rest)...);
    result = combine(result, select(V::first(rest), last, like(last, Combine::identity)));
  }
  return across(result, combine);
}

}  // namespace rondo::kernels::simd
