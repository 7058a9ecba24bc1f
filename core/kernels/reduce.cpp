/// Reductions, compiled once per instruction set.
#include "rondo/core/kernels/reduce.hpp"

#include <array>
#include <cstring>

#include "rondo/core/kernels/lines.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

using simd::for_each_line;
using simd::Itself;
using simd::Vector;

template <class Combine, class T>
void reduce(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  for_each_line<Vector<T>>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t index) {
    lines.store(lines.fold(Combine{}, Itself{}, x + start), y + index);
  });
}

template <class T>
void sum_into(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  for_each_line<Vector<T>>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t index) {
    const auto total = lines.fold(simd::Sum{}, Itself{}, x + start);
    lines.store(lines.load(y + index) + total, y + index);
  });
}

template <class T>
void sum_backward(
    const T* dy, T factor, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t index) {
    const V step = V(factor) * lines.load(dy + index);
    const auto rule = [step](V grad) { return grad + step; };
    lines.map(dx + start, rule, dx + start);
  });
}

template <class T>
void extremum_backward(const T* x,
                       const T* y,
                       const T* dy,
                       std::size_t outer,
                       std::size_t n,
                       std::size_t inner,
                       T* dx) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t index) {
    const V extremum = lines.load(y + index);
    const auto is_extremum = [extremum](V v) { return indicator(v == extremum, v); };
    const V share = lines.load(dy + index) / lines.fold(simd::Sum{}, is_extremum, x + start);
    const auto rule = [=](V grad, V v) { return select(v == extremum, grad + share, grad); };
    lines.map(dx + start, rule, dx + start, x + start);
  });
}

using Doubles = Vector<double>;

/// An operand of simd::fold: floats in double lanes, which a cast would convert one by one.
struct Widened {
  const float* data;

  Doubles load(std::size_t i) const {
    using Floats [[gnu::vector_size(Doubles::size * sizeof(float))]] = float;
    Floats values;
    std::memcpy(&values, data + i, sizeof(values));
    return __builtin_convertvector(values, Doubles::Register);
  }

  Doubles load_part(std::size_t i, std::size_t count) const {
    std::array<float, Doubles::size> values{};
    std::memcpy(values.data(), data + i, count * sizeof(float));
    return Widened{values.data()}.load(0);
  }
};

Widened in_double(const float* x) {
  return {x};
}

simd::Array<Doubles> in_double(const double* x) {
  return {x};
}

template <class T>
T dot(const T* a, const T* b, std::size_t n) {
  const auto product = [](Doubles a_i, Doubles b_i) { return a_i * b_i; };
  const Doubles total = simd::fold<Doubles>(n, simd::Sum{}, product, in_double(a), in_double(b));
  return static_cast<T>(total.get(0));
}

template <class T>
double sum_of_squares(const T* x, std::size_t n) {
  const auto square = [](Doubles v) { return v * v; };
  return simd::fold<Doubles>(n, simd::Sum{}, square, in_double(x)).get(0);
}

}  // namespace vectorized

}  // namespace

template <class T>
template <InstructionSet>
const ReduceTable<T>& ReduceTable<T>::of() noexcept {
  static constexpr ReduceTable table{.sum = vectorized::reduce<simd::Sum, T>,
                                     .sum_into = vectorized::sum_into<T>,
                                     .maximum = vectorized::reduce<simd::Max, T>,
                                     .minimum = vectorized::reduce<simd::Min, T>,
                                     .sum_backward = vectorized::sum_backward<T>,
                                     .extremum_backward = vectorized::extremum_backward<T>,
                                     .dot = vectorized::dot<T>,
                                     .sum_of_squares = vectorized::sum_of_squares<T>};
  return table;
}

template const ReduceTable<float>& ReduceTable<float>::of<simd::this_set>() noexcept;
template const ReduceTable<double>& ReduceTable<double>::of<simd::this_set>() noexcept;

}  // namespace rondo::kernels
