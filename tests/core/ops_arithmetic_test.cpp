#include <cmath>
#include <limits>

#include "rondo/core/detail/broadcast.hpp"
#include "rondo/tests/support/check.hpp"

namespace ops_arithmetic_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

const std::vector<Shape> shapes{{},
                                {1},
                                {3},
                                {1, 1},
                                {2, 3},
                                {2, 1},
                                {1, 3},
                                {4, 2, 3},
                                {4, 1, 3},
                                {1, 2, 1},
                                {5, 4, 2, 3},
                                {5, 1, 2, 1}};

/// Where an element of a result is found in an operand, from its indices one by one.
std::size_t offset_of(std::size_t element, const Shape& result, const Shape& operand) {
  std::size_t offset = 0;
  std::size_t stride = 1;
  for (std::size_t i = 1; i <= operand.rank(); ++i) {
    const std::size_t inner = result.product(result.rank() - i + 1, result.rank());
    const std::size_t index = element / inner % result[result.rank() - i];
    offset += operand[operand.rank() - i] == 1 ? 0 : index * stride;
    stride *= operand[operand.rank() - i];
  }
  return offset;
}

/// Applies the op to all pairs of shapes and compares each element with `reference(a, b)`.
template <Real T, class Op>
void check_all_shapes(Op op, double (*reference)(double, double)) {
  Tape<T> tape;
  for (const Shape& shape_a : shapes) {
    for (const Shape& shape_b : shapes) {
      const auto a = tape.constant(test::random_tensor<T>(shape_a, 1, 0.5, 2.0));
      const auto b = tape.constant(test::random_tensor<T>(shape_b, 2, 0.5, 2.0));
      const Variable<T> y = op(a, b);
      BOOST_TEST(y.shape() == broadcast_shape("", shape_a, shape_b));
      std::vector<double> expected;
      for (std::size_t i = 0; i < y.shape().size(); ++i) {
        expected.push_back(
            reference(static_cast<double>(a.value()[offset_of(i, y.shape(), shape_a)]),
                      static_cast<double>(b.value()[offset_of(i, y.shape(), shape_b)])));
      }
      check_close(y, expected);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_arithmetic)

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_of_all_shapes_are_added, T, RealTypes) {
  check_all_shapes<T>([](const auto& a, const auto& b) { return a + b; },
                      [](double a, double b) { return a + b; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_of_all_shapes_are_subtracted, T, RealTypes) {
  check_all_shapes<T>([](const auto& a, const auto& b) { return a - b; },
                      [](double a, double b) { return a - b; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_of_all_shapes_are_multiplied, T, RealTypes) {
  check_all_shapes<T>([](const auto& a, const auto& b) { return a * b; },
                      [](double a, double b) { return a * b; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_of_all_shapes_are_divided, T, RealTypes) {
  check_all_shapes<T>([](const auto& a, const auto& b) { return a / b; },
                      [](double a, double b) { return a / b; });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_of_all_shapes_are_compared, T, RealTypes) {
  check_all_shapes<T>([](const auto& a, const auto& b) { return maximum(a, b); },
                      [](double a, double b) { return std::max(a, b); });
  check_all_shapes<T>([](const auto& a, const auto& b) { return minimum(a, b); },
                      [](double a, double b) { return std::min(a, b); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_of_all_shapes_are_raised_to_a_power, T, RealTypes) {
  check_all_shapes<T>([](const auto& a, const auto& b) { return pow(a, b); },
                      [](double a, double b) { return std::pow(a, b); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_number_may_stand_on_either_side, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({3}, {1, -2, 4}));
  check_close(x + 3, {4, 1, 7});
  check_close(3 + x, {4, 1, 7});
  check_close(x - 3, {-2, -5, 1});
  check_close(3 - x, {2, 5, -1});
  check_close(x * 3, {3, -6, 12});
  check_close(3 * x, {3, -6, 12});
  check_close(x / 4, {0.25, -0.5, 1});
  check_close(4 / x, {4, -2, 1});
  check_close(-x, {-1, 2, -4});
  check_close(pow(x, 2), {1, 4, 16});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(scale_shift_multiplies_and_adds, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2}, {2, -4}));
  const auto y = scale_shift(x, 0.5, 10.0);
  check_close(y, {11, 8});
  tape.backward(sum(y));
  check_close(x.grad(), {0.5, 0.5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(equal_operands_share_the_gradient_of_maximum_and_minimum,
                              T,
                              RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::from_values({3}, {1, 2, 3}));
  const auto b = tape.variable(Tensor<T>::from_values({3}, {1, 5, 0}));
  tape.backward(sum(maximum(a, b)));
  check_close(a.grad(), {0.5, 0, 1});
  check_close(b.grad(), {0.5, 1, 0});
  tape.backward(sum(minimum(a, b)));
  check_close(a.grad(), {0.5, 1, 0});
  check_close(b.grad(), {0.5, 0, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(maximum_and_minimum_are_nan_if_an_operand_is, T, RealTypes) {
  Tape<T> tape;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const auto a = tape.constant(Tensor<T>::from_values({2}, {nan, 1}));
  const auto b = tape.constant(Tensor<T>::from_values({2}, {1, nan}));
  check_close(maximum(a, b), {nan, nan});
  check_close(minimum(a, b), {nan, nan});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(powers_of_zero_and_of_negative_numbers_are_exact, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.constant(Tensor<T>::from_values({6}, {0, 0, -2, -2, -3, 9}));
  const auto b = tape.constant(Tensor<T>::from_values({6}, {0, 2, 2, 3, -1, 0.5}));
  check_close(pow(a, b), {1, 0, 4, -8, -1.0 / 3.0, 3});
  check_close(pow(tape.constant(T{-2}), T(0.5)), {std::numeric_limits<double>::quiet_NaN()});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_gradient_of_a_power_is_finite_where_the_base_is_zero,
                              T,
                              RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::from_values({4}, {0, 0, 0, -2}));
  const auto b = tape.variable(Tensor<T>::from_values({4}, {0, 1, 2, 3}));
  tape.backward(sum(slice(pow(a, b), 0, 0, 3)));
  check_close(a.grad(), {0, 1, 0, 0});
  check_close(slice(b, 0, 0, 3), {0, 1, 2});
  check_close(TensorView<const T>(b.grad().data(), Shape{3}), {0, 0, 0});
  tape.backward(sum(pow(a, T{3})));
  check_close(a.grad(), {0, 0, 0, 12});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_division_by_zero_is_infinite, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2}, {1, -1}));
  const double inf = std::numeric_limits<double>::infinity();
  check_close(x / 0, {inf, -inf});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_gradient_of_an_expanded_operand_is_summed, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2, 3}, {1, 2, 3, 4, 5, 6}));
  const auto bias = tape.variable(Tensor<T>::zeros({3}));
  const auto column = tape.variable(Tensor<T>::zeros({2, 1}));
  const auto scalar = tape.variable(T{0});
  tape.backward(sum(x * bias + x * column + x * scalar));
  check_close(bias.grad(), {5, 7, 9});
  check_close(column.grad(), {6, 15});
  check_close(scalar.grad(), {21});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(operands_without_elements_are_legal, T, RealTypes) {
  Tape<T> tape;
  const auto none = tape.variable(Tensor<T>::zeros({0, 3}));
  const auto bias = tape.variable(Tensor<T>::zeros({3}));
  const auto y = none + bias;
  BOOST_TEST(y.shape() == (Shape{0, 3}));
  tape.backward(sum(y * none));
  check_close(bias.grad(), {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(operands_that_do_not_fit_are_refused_with_the_name_of_the_op) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto b = tape.variable(Tensor<float>::zeros({2, 4}));
  const std::string text = " shapes cannot be broadcast together: a (2, 3), b (2, 4)";
  RONDO_CHECK_THROWS(a + b, ShapeError, "[add]" + text);
  RONDO_CHECK_THROWS(a - b, ShapeError, "[subtract]" + text);
  RONDO_CHECK_THROWS(a * b, ShapeError, "[multiply]" + text);
  RONDO_CHECK_THROWS(a / b, ShapeError, "[divide]" + text);
  RONDO_CHECK_THROWS(maximum(a, b), ShapeError, "[maximum]" + text);
  RONDO_CHECK_THROWS(minimum(a, b), ShapeError, "[minimum]" + text);
  RONDO_CHECK_THROWS(pow(a, b), ShapeError, "[pow]" + text);
  BOOST_TEST(tape.nodes().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_arithmetic_test
