/// Softmax and its relatives, compiled once per instruction set.
#include "rondo/core/kernels/softmax.hpp"

#include "rondo/core/kernels/lines.hpp"
#include "rondo/core/kernels/logarithm.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

using simd::for_each_line;
using simd::Itself;
using simd::Max;
using simd::Sum;
using simd::Vector;

template <class T>
void softmax(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t) {
    const V top = lines.fold(Max{}, Itself{}, x + start);
    const auto power = [top](V v) { return exp(v - top); };
    lines.map(y + start, power, x + start);
    const V total = lines.fold(Sum{}, Itself{}, y + start);
    const auto share = [total](V v) { return v / total; };
    lines.map(y + start, share, y + start);
  });
}

template <class T>
void softmax_backward(
    const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t) {
    const auto product = [](V y_j, V dy_j) { return y_j * dy_j; };
    const V mean = lines.fold(Sum{}, product, y + start, dy + start);
    const auto rule = [mean](V grad, V y_j, V dy_j) { return grad + y_j * (dy_j - mean); };
    lines.map(dx + start, rule, dx + start, y + start, dy + start);
  });
}

template <class T>
void log_softmax(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t) {
    const V top = lines.fold(Max{}, Itself{}, x + start);
    const auto power = [top](V v) { return exp(v - top); };
    const V total = lines.fold(Sum{}, power, x + start);
    const V log_total = log(total);
    const auto value = [=](V v) { return v - top - log_total; };
    lines.map(y + start, value, x + start);
  });
}

template <class T>
void log_softmax_backward(
    const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t) {
    const V total = lines.fold(Sum{}, Itself{}, dy + start);
    const auto rule = [total](V grad, V y_j, V dy_j) { return grad + (dy_j - exp(y_j) * total); };
    lines.map(dx + start, rule, dx + start, y + start, dy + start);
  });
}

/// τ - top for the lines at x: from below, where every element greater than top - 1 counts as
/// positive, until the number of elements greater than τ stays the same; at most n rounds.
template <class V, class Lines, class T>
V sparsemax_threshold(Lines lines, const T* x, V top) {
  V threshold(T{-1});
  V count(T{0});
  for (std::size_t round = 0; round < lines.n; ++round) {
    const auto is_positive = [=](V v) { return indicator(v - top > threshold, v); };
    const auto positive = [=](V v) { return select(v - top > threshold, v - top, like(v, 0)); };
    const V new_count = lines.fold(Sum{}, is_positive, x);
    if (all(new_count == count)) {
      break;
    }
    count = new_count;
    threshold = (lines.fold(Sum{}, positive, x) - 1) / count;
  }
  return threshold;
}

template <class T>
void sparsemax(const T* x, std::size_t outer, std::size_t n, std::size_t inner, T* y) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t) {
    const V top = lines.fold(Max{}, Itself{}, x + start);
    const V threshold = sparsemax_threshold(lines, x + start, top);
    const auto value = [=](V v) { return Maximum{}.value(v - top - threshold, like(v, 0)); };
    lines.map(y + start, value, x + start);
  });
}

template <class T>
void sparsemax_backward(
    const T* y, const T* dy, std::size_t outer, std::size_t n, std::size_t inner, T* dx) {
  using V = Vector<T>;
  for_each_line<V>(outer, n, inner, [=](auto lines, std::size_t start, std::size_t) {
    const auto is_positive = [](V y_j) { return indicator(y_j > 0, y_j); };
    const auto arriving = [](V y_j, V dy_j) { return select(y_j > 0, dy_j, like(dy_j, 0)); };
    const V mean = lines.fold(Sum{}, arriving, y + start, dy + start) /
                   lines.fold(Sum{}, is_positive, y + start);
    const auto rule = [mean](V grad, V y_j, V dy_j) {
      return select(y_j > 0, grad + (dy_j - mean), grad);
    };
    lines.map(dx + start, rule, dx + start, y + start, dy + start);
  });
}

}  // namespace vectorized

}  // namespace

template <class T>
template <InstructionSet>
const SoftmaxTable<T>& SoftmaxTable<T>::of() noexcept {
  static constexpr SoftmaxTable table{.softmax = vectorized::softmax<T>,
                                      .log_softmax = vectorized::log_softmax<T>,
                                      .sparsemax = vectorized::sparsemax<T>,
                                      .softmax_backward = vectorized::softmax_backward<T>,
                                      .log_softmax_backward = vectorized::log_softmax_backward<T>,
                                      .sparsemax_backward = vectorized::sparsemax_backward<T>};
  return table;
}

template const SoftmaxTable<float>& SoftmaxTable<float>::of<simd::this_set>() noexcept;
template const SoftmaxTable<double>& SoftmaxTable<double>::of<simd::this_set>() noexcept;

}  // namespace rondo::kernels
