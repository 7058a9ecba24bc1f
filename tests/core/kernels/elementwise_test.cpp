#include "rondo/core/kernels/elementwise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "rondo/tests/core/kernels/reference.hpp"
#include "rondo/tests/core/kernels/support.hpp"

namespace elementwise_test {

using namespace rondo::kernels;
using rondo::kernels::test::RealTypes;

namespace {

constexpr std::size_t longest_tail = 67;

/// Bitwise: a value must not depend on where it stands in an array.
template <class T, class F>
void check_positions(InstructionSet set, const F& f) {
  const UnaryKernels<F, T>& kernels = table_for<ElementwiseTable<T>>(set);
  const std::vector<T> x = test::spread<T>(longest_tail, 0.01, 9.0);
  std::vector<T> alone(longest_tail);
  for (std::size_t i = 0; i < longest_tail; ++i) {
    kernels.forward(f, &x[i], &alone[i], 1);
  }
  for (std::size_t n = 1; n <= longest_tail; ++n) {
    std::vector<T> y(longest_tail, T{-77});
    kernels.forward(f, x.data(), y.data(), n);
    std::vector<T> expected(longest_tail, T{-77});
    std::copy_n(alone.begin(), n, expected.begin());
    BOOST_TEST(y == expected);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels_elementwise)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_value_does_not_depend_on_its_position, F, UnaryFormulas) {
  for (const InstructionSet set : test::supported_sets()) {
    BOOST_TEST_CONTEXT(to_string(set)) {
      check_positions<float>(set, F{});
      check_positions<double>(set, F{});
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_result_may_replace_the_argument, T, RealTypes) {
  for (std::size_t n = 0; n <= longest_tail; ++n) {
    const std::vector<T> x = test::noise<T>(n, 1);
    std::vector<T> y(n);
    std::vector<T> in_place = x;
    unary(Tanh{}, x.data(), y.data(), n);
    unary(Tanh{}, in_place.data(), in_place.data(), n);
    BOOST_TEST(in_place == y);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_backward_kernel_adds_to_what_is_there, T, RealTypes) {
  for (const InstructionSet set : test::supported_sets()) {
    const UnaryKernels<Square, T>& kernels = table_for<ElementwiseTable<T>>(set);
    for (std::size_t n = 1; n <= longest_tail; ++n) {
      const std::vector<T> x = test::noise<T>(n, 2);
      const std::vector<T> dy = test::noise<T>(n, 3);
      std::vector<T> dx(longest_tail, T{5});
      std::vector<T> expected(longest_tail, T{5});
      for (std::size_t i = 0; i < n; ++i) {
        expected[i] += dy[i] * (x[i] + x[i]);
      }
      kernels.backward(Square{}, x.data(), x.data(), dy.data(), dx.data(), n);
      BOOST_TEST(dx == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_binary_formula_has_its_values_for_all_strides,
                              F,
                              BinaryFormulas) {
  const std::vector<double> a = test::spread<double>(longest_tail, 0.5, 3.0);
  const std::vector<double> b = test::noise<double>(longest_tail, 4);
  for (const InstructionSet set : test::supported_sets()) {
    const BinaryKernels<F, double>& kernels = table_for<ElementwiseTable<double>>(set);
    for (const std::size_t n : {1UL, 7UL, 16UL, longest_tail}) {
      for (const auto& [stride_a, stride_b] :
           {std::pair{1UL, 1UL}, {0UL, 1UL}, {1UL, 0UL}, {0UL, 0UL}}) {
        std::vector<double> y(n);
        std::vector<long double> expected(n);
        for (std::size_t i = 0; i < n; ++i) {
          expected[i] = test::reference(F{}, a[i * stride_a], b[i * stride_b]);
        }
        kernels.forward(F{}, a.data(), stride_a, b.data(), stride_b, y.data(), n);
        test::check_close(y, expected, 1e-15);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_broadcast_operand_receives_the_sum, T, RealTypes) {
  for (const InstructionSet set : test::supported_sets()) {
    const BinaryKernels<Multiply, T>& kernels = table_for<ElementwiseTable<T>>(set);
    for (std::size_t n = 1; n <= longest_tail; ++n) {
      const std::vector<T> x = test::noise<T>(n, 5);
      const std::vector<T> dy = test::noise<T>(n, 6);
      const T factor{3};
      std::vector<T> sums{T{2}, T{2}};
      double expected = 2;
      for (std::size_t i = 0; i < n; ++i) {
        expected += static_cast<double>(dy[i]) * x[i];
      }
      kernels.backward_left(Multiply{}, &factor, 0, x.data(), 1, x.data(), dy.data(), &sums[0], n);
      kernels.backward_right(Multiply{}, x.data(), 1, &factor, 0, x.data(), dy.data(), &sums[1], n);
      test::check_close(
          sums, std::vector{expected, expected}, 8 * std::numeric_limits<T>::epsilon());
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_operand_beside_a_broadcast_one_receives_each_element,
                              T,
                              RealTypes) {
  for (const std::size_t n : {1UL, 5UL, longest_tail}) {
    const std::vector<T> x = test::noise<T>(n, 7);
    const std::vector<T> dy = test::noise<T>(n, 8);
    const T factor{3};
    std::vector<T> left(n, T{1});
    std::vector<T> right(n, T{1});
    binary_backward_left(Multiply{}, x.data(), 1, &factor, 0, x.data(), dy.data(), left.data(), n);
    binary_backward_right(
        Multiply{}, &factor, 0, x.data(), 1, x.data(), dy.data(), right.data(), n);
    std::vector<T> expected(n, T{1});
    for (std::size_t i = 0; i < n; ++i) {
      expected[i] += dy[i] * factor;
    }
    BOOST_TEST(left == expected);
    BOOST_TEST(right == expected);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_broadcast_operands_receive_sums, T, RealTypes) {
  const std::vector<T> dy(longest_tail, T{1});
  const T a{2};
  const T b{3};
  const std::vector<T> y(longest_tail, a * b);
  T da{0};
  T db{0};
  binary_backward_left(Multiply{}, &a, 0, &b, 0, y.data(), dy.data(), &da, longest_tail);
  binary_backward_right(Multiply{}, &a, 0, &b, 0, y.data(), dy.data(), &db, longest_tail);
  BOOST_TEST(da == T{3} * longest_tail);
  BOOST_TEST(db == T{2} * longest_tail);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(maximum_and_minimum_are_nan_if_an_operand_is, T, RealTypes) {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> a{nan, T{1}, nan, T{1}};
  const std::vector<T> b{T{1}, nan, nan, T{2}};
  std::vector<T> y(4);
  binary(Maximum{}, a.data(), 1, b.data(), 1, y.data(), 4);
  BOOST_TEST((std::isnan(y[0]) && std::isnan(y[1]) && std::isnan(y[2]) && y[3] == T{2}));
  binary(Minimum{}, a.data(), 1, b.data(), 1, y.data(), 4);
  BOOST_TEST((std::isnan(y[0]) && std::isnan(y[1]) && std::isnan(y[2]) && y[3] == T{1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(powers_follow_the_rules_of_the_standard_library, T, RealTypes) {
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const std::vector<T> a{0, 0, 0, -2, -2, -2, nan, nan, 3, 3, T(0.3), 0};
  const std::vector<T> b{0, 2, -1, 3, 2, T(0.5), 0, 1, 2, -1, 1, nan};
  std::vector<T> y(a.size());
  std::vector<T> expected(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    expected[i] = std::pow(a[i], b[i]);
  }
  binary(Power{}, a.data(), 1, b.data(), 1, y.data(), a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    BOOST_TEST(test::ulps(y[i], expected[i]) <= (b[i] == T{3} ? 2.0 : 0.0));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(updates_add_to_their_last_argument, T, RealTypes) {
  for (const InstructionSet set : test::supported_sets()) {
    const UpdateKernels<T>& kernels = table_for<ElementwiseTable<T>>(set);
    for (std::size_t n = 0; n <= longest_tail; ++n) {
      const std::vector<T> a = test::noise<T>(n, 9);
      const std::vector<T> b = test::noise<T>(n, 10);
      std::vector<T> y = test::noise<T>(n, 11);
      std::vector<T> expected = y;
      for (std::size_t i = 0; i < n; ++i) {
        expected[i] = a[i] * b[i] + (T{3} * b[i] + (a[i] + expected[i]));
      }
      kernels.add_into(a.data(), y.data(), n);
      kernels.axpy(T{3}, b.data(), y.data(), n);
      kernels.multiply_add(a.data(), b.data(), y.data(), n);
      BOOST_TEST(y == expected);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace elementwise_test
