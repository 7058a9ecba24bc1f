/// Element-wise kernels, compiled once per instruction set.
#include "rondo/core/kernels/elementwise.hpp"

#include <type_traits>

#include "rondo/core/kernels/exponential.hpp"
#include "rondo/core/kernels/logarithm.hpp"
#include "rondo/core/kernels/normal.hpp"
#include "rondo/core/kernels/simd.hpp"
#include "rondo/core/kernels/trigonometry.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

using simd::Array;
using simd::Constant;

// Flattened, or the constants of a formula are loaded again for each vector.

template <class F, class T>
[[gnu::flatten]] void unary(const F& f, const T* x, T* y, std::size_t n) {
  using V = simd::Vector<T>;
  const auto value = [f](V x_i) { return f.value(x_i); };
  simd::transform<V>(n, y, value, Array<V>{x});
}

template <class F, class T>
[[gnu::flatten]] void unary_backward(
    const F& f, const T* x, const T* y, const T* dy, T* dx, std::size_t n) {
  using V = simd::Vector<T>;
  const auto rule = [f](V grad, V x_i, V y_i, V dy_i) {
    return grad + dy_i * f.derivative(x_i, y_i);
  };
  simd::transform<V>(n, dx, rule, Array<V>{dx}, Array<V>{x}, Array<V>{y}, Array<V>{dy});
}

/// Calls `body` with both operands, each an Array (stride 1) or a Constant (stride 0).
template <class V, class T, class Body>
void with_operands(const T* a, std::size_t stride_a, const T* b, std::size_t stride_b, Body body) {
  if (stride_a == 0 && stride_b == 0) {
    body(Constant<V>{*a}, Constant<V>{*b});
  } else if (stride_a == 0) {
    body(Constant<V>{*a}, Array<V>{b});
  } else if (stride_b == 0) {
    body(Array<V>{a}, Constant<V>{*b});
  } else {
    body(Array<V>{a}, Array<V>{b});
  }
}

template <class F, class T>
void binary(const F& f,
            const T* a,
            std::size_t stride_a,
            const T* b,
            std::size_t stride_b,
            T* y,
            std::size_t n) {
  using V = simd::Vector<T>;
  const auto value = [f](V a_i, V b_i) { return f.value(a_i, b_i); };
  with_operands<V>(a, stride_a, b, stride_b, [=](auto left, auto right) {
    simd::transform<V>(n, y, value, left, right);
  });
}

enum class Side { left, right };

/// The rule of a binary formula for the operand on that side; sums up if this one is a Constant.
template <Side side, class F, class T>
void binary_backward(const F& f,
                     const T* a,
                     std::size_t stride_a,
                     const T* b,
                     std::size_t stride_b,
                     const T* y,
                     const T* dy,
                     T* dx,
                     std::size_t n) {
  using V = simd::Vector<T>;
  const auto term = [f](V a_i, V b_i, V y_i, V dy_i) {
    if constexpr (side == Side::left) {
      return dy_i * f.d_left(a_i, b_i, y_i);
    } else {
      return dy_i * f.d_right(a_i, b_i, y_i);
    }
  };
  with_operands<V>(a, stride_a, b, stride_b, [=](auto left, auto right) {
    using Own = std::conditional_t<side == Side::left, decltype(left), decltype(right)>;
    if constexpr (std::is_same_v<Own, Constant<V>>) {
      *dx += simd::fold<V>(n, simd::Sum{}, term, left, right, Array<V>{y}, Array<V>{dy}).get(0);
    } else {
      const auto rule = [term](V grad, auto... v) { return grad + term(v...); };
      simd::transform<V>(n, dx, rule, Array<V>{dx}, left, right, Array<V>{y}, Array<V>{dy});
    }
  });
}

template <class T>
void add_into(const T* x, T* y, std::size_t n) {
  vectorized::binary(Add{}, x, 1, y, 1, y, n);
}

template <class T>
void axpy(T alpha, const T* x, T* y, std::size_t n) {
  using V = simd::Vector<T>;
  const auto add = [factor = V(alpha)](V x_i, V y_i) { return factor * x_i + y_i; };
  simd::transform<V>(n, y, add, Array<V>{x}, Array<V>{y});
}

template <class T>
void multiply_add(const T* a, const T* b, T* y, std::size_t n) {
  using V = simd::Vector<T>;
  const auto add = [](V a_i, V b_i, V y_i) { return a_i * b_i + y_i; };
  simd::transform<V>(n, y, add, Array<V>{a}, Array<V>{b}, Array<V>{y});
}

template <class T, class... F>
constexpr UnaryTable<T, std::tuple<F...>> unary_table(const std::tuple<F...>*) {
  return {UnaryKernels<F, T>{unary<F, T>, unary_backward<F, T>}...};
}

template <class T, class... F>
constexpr BinaryTable<T, std::tuple<F...>> binary_table(const std::tuple<F...>*) {
  return {BinaryKernels<F, T>{
      binary<F, T>, binary_backward<Side::left, F, T>, binary_backward<Side::right, F, T>}...};
}

}  // namespace vectorized

}  // namespace

template <class T>
template <InstructionSet>
const ElementwiseTable<T>& ElementwiseTable<T>::of() noexcept {
  static constexpr ElementwiseTable table{
      vectorized::unary_table<T>(static_cast<const UnaryFormulas*>(nullptr)),
      vectorized::binary_table<T>(static_cast<const BinaryFormulas*>(nullptr)),
      {vectorized::add_into<T>, vectorized::axpy<T>, vectorized::multiply_add<T>}};
  return table;
}

template const ElementwiseTable<float>& ElementwiseTable<float>::of<simd::this_set>() noexcept;
template const ElementwiseTable<double>& ElementwiseTable<double>::of<simd::this_set>() noexcept;

}  // namespace rondo::kernels
