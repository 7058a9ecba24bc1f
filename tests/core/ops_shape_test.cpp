#include <algorithm>
#include <numeric>

#include "rondo/tests/support/check.hpp"

namespace ops_shape_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

/// 0, 1, 2, … in a shape.
template <Real T>
Tensor<T> counting(const Shape& shape) {
  Tensor<T> result(shape);
  std::iota(result.data(), result.data() + shape.size(), T{0});
  return result;
}

template <Real T>
Variable<T> transpose_to(const Variable<T>& x, const std::vector<int>& order) {
  return order.size() == 3 ? transpose(x, {order[0], order[1], order[2]})
                           : transpose(x, {order[0], order[1], order[2], order[3]});
}

/// x in another order of its axes, element by element.
template <Real T>
std::vector<double> transposed(TensorView<const T> x, const std::vector<int>& order) {
  const std::size_t rank = order.size();
  Shape result;
  for (const int axis : order) {
    result.append(x.shape()[static_cast<std::size_t>(axis)]);
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::size_t offset = 0;
    for (std::size_t k = 0; k < rank; ++k) {
      const std::size_t index = i / result.product(k + 1, rank) % result[k];
      offset += index * x.shape().product(static_cast<std::size_t>(order[k]) + 1, rank);
    }
    values.push_back(static_cast<double>(x[offset]));
  }
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_shape)

BOOST_AUTO_TEST_CASE_TEMPLATE(reshape_keeps_values_and_memory, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(counting<T>({2, 6}));
  const auto y = reshape(x, {3, 2, 2});
  BOOST_TEST(y.shape() == (Shape{3, 2, 2}));
  BOOST_TEST(y.value().data() == x.value().data());
  tape.backward(sum(y * y));
  check_close(x.grad(), {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reshape_to_the_same_shape_is_the_variable_itself, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(counting<T>({2, 3}));
  reshape(x, {2, 3});
  BOOST_TEST(tape.nodes().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_aliased_value_and_its_source_have_gradients_of_their_own,
                              T,
                              RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(counting<T>({4}));
  const auto y = reshape(x, {2, 2});
  tape.backward(sum(y) + sum(x * x));
  check_close(y.grad(), {1, 1, 1, 1});
  check_close(x.grad(), {1, 3, 5, 7});
}

BOOST_AUTO_TEST_CASE(reshape_refuses_another_size) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  RONDO_CHECK_THROWS(
      reshape(x, {4, 2}), ShapeError, "[reshape] the sizes differ: x (2, 3), shape (4, 2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(transpose_reverses_the_axes, T, RealTypes) {
  Tape<T> tape;
  check_close(transpose(tape.constant(counting<T>({2, 3}))), {0, 3, 1, 4, 2, 5});
  BOOST_TEST(transpose(tape.constant(T{1})).shape() == Shape{});
  BOOST_TEST(transpose(tape.constant(counting<T>({5}))).shape() == Shape{5});
  BOOST_TEST(transpose(tape.constant(counting<T>({2, 3, 4, 5}))).shape() == (Shape{5, 4, 3, 2}));
  BOOST_TEST(transpose(tape.constant(counting<T>({0, 3}))).shape() == (Shape{3, 0}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(transpose_to_every_order_of_three_and_four_axes, T, RealTypes) {
  Tape<T> tape;
  for (const Shape& shape : {Shape{2, 3, 4}, Shape{2, 3, 4, 5}}) {
    const auto x = tape.constant(counting<T>(shape));
    std::vector<int> order(shape.rank());
    std::iota(order.begin(), order.end(), 0);
    do {
      const auto y = transpose_to(x, order);
      for (std::size_t k = 0; k < shape.rank(); ++k) {
        BOOST_TEST(y.shape()[k] == shape[static_cast<std::size_t>(order[k])]);
      }
      check_close(y, transposed(x.value(), order));
    } while (std::ranges::next_permutation(order).found);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(transpose_takes_axes_from_the_end, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(counting<T>({2, 3}));
  check_close(transpose(x, {-1, -2}), {0, 3, 1, 4, 2, 5});
}

BOOST_AUTO_TEST_CASE(transpose_refuses_what_is_no_order_of_the_axes) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  const std::string text = "[transpose] the order must name each axis of x (2, 3) once, got ";
  RONDO_CHECK_THROWS(transpose(x, {0}), ArgumentError, text + "(0)");
  RONDO_CHECK_THROWS(transpose(x, {1, 1}), ArgumentError, text + "(1, 1)");
  RONDO_CHECK_THROWS(transpose(x, {0, 1, 0}), ArgumentError, text + "(0, 1, 0)");
  RONDO_CHECK_THROWS(
      transpose(x, {0, 2}), ArgumentError, "[transpose] axis 2 lies outside [-2, 2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slice_takes_a_range_of_any_axis, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(counting<T>({2, 3, 2}));
  check_close(slice(x, 0, 1, 2), {6, 7, 8, 9, 10, 11});
  check_close(slice(x, 1, 1, 3), {2, 3, 4, 5, 8, 9, 10, 11});
  check_close(slice(x, 2, 0, 1), {0, 2, 4, 6, 8, 10});
  check_close(slice(x, -1, 0, 1), {0, 2, 4, 6, 8, 10});
  BOOST_TEST(slice(x, 1, 1, 3).shape() == (Shape{2, 2, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slices_that_lie_together_are_not_copied, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(counting<T>({3, 2}));
  BOOST_TEST(slice(x, 0, 1, 3).value().data() == x.value().data() + 2);
  const auto row = tape.constant(counting<T>({1, 5, 2}));
  BOOST_TEST(slice(row, 1, 2, 4).value().data() == row.value().data() + 4);
}

BOOST_AUTO_TEST_CASE(slice_refuses_an_empty_or_too_long_range) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  const std::string text = " is no part of axis 1 of x (2, 3)";
  RONDO_CHECK_THROWS(slice(x, 1, 2, 2), ArgumentError, "[slice] [2, 2)" + text);
  RONDO_CHECK_THROWS(slice(x, 1, 2, 1), ArgumentError, "[slice] [2, 1)" + text);
  RONDO_CHECK_THROWS(slice(x, 1, 0, 4), ArgumentError, "[slice] [0, 4)" + text);
  RONDO_CHECK_THROWS(slice(x, 2, 0, 1), ArgumentError, "[slice] axis 2 lies outside [-2, 2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(select_takes_one_entry_and_drops_the_axis, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(counting<T>({2, 3, 2}));
  check_close(select(x, 0, 1), {6, 7, 8, 9, 10, 11});
  check_close(select(x, 1, 2), {4, 5, 10, 11});
  check_close(select(x, -1, 1), {1, 3, 5, 7, 9, 11});
  BOOST_TEST(select(x, 0, 1).shape() == (Shape{3, 2}));
  BOOST_TEST(select(x, 1, 2).shape() == (Shape{2, 2}));
  BOOST_TEST(select(tape.constant(counting<T>({4})), 0, 3).shape() == Shape{});
}

BOOST_AUTO_TEST_CASE(select_refuses_an_index_out_of_range) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  RONDO_CHECK_THROWS(
      select(x, -1, 3), ArgumentError, "[select] index 3 lies outside axis -1 of x (2, 3)");
  RONDO_CHECK_THROWS(select(x, 2, 0), ArgumentError, "[select] axis 2 lies outside [-2, 2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(overlapping_slices_add_up_their_gradients, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(counting<T>({2, 3}));
  tape.backward(sum(slice(x, 1, 0, 2)) + sum(slice(x, 1, 1, 3)) + sum(select(x, 0, 0)));
  check_close(x.grad(), {2, 3, 2, 1, 2, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slices_beside_an_axis_without_entries_are_legal, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::zeros({0, 3}));
  const auto y = slice(x, 1, 1, 3);
  BOOST_TEST(y.shape() == (Shape{0, 2}));
  BOOST_TEST(select(x, 1, 2).shape() == Shape{0});
  BOOST_TEST(reshape(x, {3, 0}).shape() == (Shape{3, 0}));
  tape.backward(sum(y));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(split_cuts_an_axis_into_equal_parts, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(counting<T>({2, 4}));
  const auto halves = split(x, 2);
  BOOST_TEST(halves.size() == 2U);
  check_close(halves[0], {0, 1, 4, 5});
  check_close(halves[1], {2, 3, 6, 7});
  const auto rows = split(x, 2, 0);
  check_close(rows[1], {4, 5, 6, 7});
  BOOST_TEST(split(x, 1).size() == 1U);
  tape.backward(sum(halves[1] * rows[0].tape().constant(T{3})));
  check_close(x.grad(), {0, 0, 3, 3, 0, 0, 3, 3});
}

BOOST_AUTO_TEST_CASE(split_refuses_unequal_parts) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto text = [](int axis, const char* shape, int parts) {
    return "[split] axis " + std::to_string(axis) + " of x " + shape + " cannot be cut into " +
           std::to_string(parts) + " equal parts";
  };
  RONDO_CHECK_THROWS(split(x, 2), ArgumentError, text(-1, "(2, 3)", 2));
  RONDO_CHECK_THROWS(split(x, 0, 0), ArgumentError, text(0, "(2, 3)", 0));
  RONDO_CHECK_THROWS(split(x, 4, 0), ArgumentError, text(0, "(2, 3)", 4));
  const auto none = tape.variable(Tensor<float>::zeros({2, 0}));
  RONDO_CHECK_THROWS(split(none, 2), ArgumentError, text(-1, "(2, 0)", 2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_shape_test
