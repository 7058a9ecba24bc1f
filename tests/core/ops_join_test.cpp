#include <cstdint>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_join_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_ops_join)

BOOST_AUTO_TEST_CASE_TEMPLATE(concat_joins_along_any_axis, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.constant(Tensor<T>::from_values({1, 2}, {1, 2}));
  const auto b = tape.constant(Tensor<T>::from_values({2, 2}, {3, 4, 5, 6}));
  const auto c = tape.constant(Tensor<T>::from_values({2, 1}, {7, 8}));
  const auto rows = concat({a, b}, 0);
  BOOST_TEST(rows.shape() == (Shape{3, 2}));
  check_close(rows, {1, 2, 3, 4, 5, 6});
  const auto columns = concat({b, c, b});
  BOOST_TEST(columns.shape() == (Shape{2, 5}));
  check_close(columns, {3, 4, 7, 3, 4, 5, 6, 8, 5, 6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(concat_joins_along_a_middle_axis, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.constant(Tensor<T>::from_values({2, 1, 2}, {1, 2, 3, 4}));
  const auto b = tape.constant(Tensor<T>::from_values({2, 2, 2}, {5, 6, 7, 8, 9, 10, 11, 12}));
  const auto y = concat({a, b}, 1);
  BOOST_TEST(y.shape() == (Shape{2, 3, 2}));
  check_close(y, {1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(concat_gives_each_part_its_gradient, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::from_values({2, 1}, {1, 2}));
  const auto b = tape.variable(Tensor<T>::from_values({2, 2}, {3, 4, 5, 6}));
  tape.backward(sum(square(concat({a, b, a}))));
  check_close(a.grad(), {4, 8});
  check_close(b.grad(), {6, 8, 10, 12});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(concat_of_the_parts_of_a_split_is_the_whole, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(test::random_tensor<T>({2, 6, 3}, 1));
  const auto y = concat(split(x, 3, 1), 1);
  BOOST_TEST(y.shape() == x.shape());
  BOOST_TEST(test::values(y.value()) == test::values(x.value()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(concat_takes_one_part_and_parts_without_entries, T, RealTypes) {
  Tape<T> tape;
  const auto none = tape.variable(Tensor<T>::zeros({2, 0}));
  const auto x = tape.variable(Tensor<T>::from_values({2, 1}, {1, 2}));
  check_close(concat({x}), {1, 2});
  const auto y = concat({none, x, none});
  BOOST_TEST(y.shape() == (Shape{2, 1}));
  check_close(y, {1, 2});
  BOOST_TEST(concat({none, none}, 0).shape() == (Shape{4, 0}));
  tape.backward(sum(y));
  check_close(x.grad(), {1, 1});
}

BOOST_AUTO_TEST_CASE(concat_refuses_parts_that_do_not_fit) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto b = tape.variable(Tensor<float>::zeros({4, 3}));
  const auto c = tape.variable(Tensor<float>::zeros({2}));
  const std::string text = "[concat] sizes differ outside the joined axis: first (2, 3), other ";
  RONDO_CHECK_THROWS(concat({a, b}), ShapeError, text + "(4, 3)");
  RONDO_CHECK_THROWS(concat({a, c}), ShapeError, text + "(2)");
  BOOST_CHECK_NO_THROW(concat({a, b}, 0));
  RONDO_CHECK_THROWS(concat({a, a}, 2), ArgumentError, "[concat] axis 2 lies outside [-2, 2)");
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_refused) {
  const std::span<const Variable<float>> nothing;
  RONDO_CHECK_THROWS(concat(nothing), ArgumentError, "[concat] the list of parts is empty");
  RONDO_CHECK_THROWS(stack(nothing), ArgumentError, "[stack] the list of parts is empty");
}

BOOST_AUTO_TEST_CASE(a_part_of_another_tape_is_refused) {
  Tape<float> tape;
  Tape<float> other;
  const auto a = tape.variable(Tensor<float>::zeros({2}));
  const auto b = other.variable(Tensor<float>::zeros({2}));
  RONDO_CHECK_THROWS(concat({a, b}), StateError, "[concat] a variable belongs to another tape");
  RONDO_CHECK_THROWS(stack({a, b}), StateError, "[stack] a variable belongs to another tape");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stack_joins_along_a_new_axis, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.constant(Tensor<T>::from_values({2, 2}, {1, 2, 3, 4}));
  const auto b = tape.constant(Tensor<T>::from_values({2, 2}, {5, 6, 7, 8}));
  BOOST_TEST(stack({a, b}).shape() == (Shape{2, 2, 2}));
  check_close(stack({a, b}), {1, 2, 3, 4, 5, 6, 7, 8});
  check_close(stack({a, b}, 1), {1, 2, 5, 6, 3, 4, 7, 8});
  check_close(stack({a, b}, 2), {1, 5, 2, 6, 3, 7, 4, 8});
  check_close(stack({a, b}, -1), {1, 5, 2, 6, 3, 7, 4, 8});
  BOOST_TEST(stack({a, b, a}, 1).shape() == (Shape{2, 3, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stack_of_scalars_is_a_vector, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(T{1});
  const auto b = tape.variable(T{2});
  const auto y = stack({a, b, a});
  BOOST_TEST(y.shape() == Shape{3});
  tape.backward(sum(y * y));
  check_close(a.grad(), {4});
  check_close(b.grad(), {4});
}

BOOST_AUTO_TEST_CASE(stack_refuses_parts_that_do_not_fit) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto b = tape.variable(Tensor<float>::zeros({2, 1}));
  const auto full = tape.variable(Tensor<float>::zeros({1, 1, 1, 1}));
  RONDO_CHECK_THROWS(
      stack({a, b}), ShapeError, "[stack] shapes differ: first (2, 3), other (2, 1)");
  RONDO_CHECK_THROWS(stack({a, a}, 3), ArgumentError, "[stack] axis 3 lies outside [-3, 3)");
  RONDO_CHECK_THROWS(stack({full, full}, 4),
                     ShapeError,
                     "[shape] at most 4 axes are supported: shape so far (1, 1, 1, 1)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gather_takes_rows_of_a_table, T, RealTypes) {
  Tape<T> tape;
  const auto table = tape.constant(Tensor<T>::from_values({3, 2}, {1, 2, 3, 4, 5, 6}));
  const auto y = gather(table, Tensor<T>::from_values({2, 2}, {2, 0, 2, 1}));
  BOOST_TEST(y.shape() == (Shape{2, 2, 2}));
  check_close(y, {5, 6, 1, 2, 5, 6, 3, 4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gather_takes_whole_numbers, T, RealTypes) {
  Tape<T> tape;
  const auto table = tape.constant(Tensor<T>::from_values({3, 2}, {1, 2, 3, 4, 5, 6}));
  const auto y = gather(table, std::vector<std::int32_t>{1, 1, 0});
  BOOST_TEST(y.shape() == (Shape{3, 2}));
  check_close(y, {3, 4, 3, 4, 1, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gather_takes_tables_and_indices_of_any_rank, T, RealTypes) {
  Tape<T> tape;
  const auto vector = tape.constant(Tensor<T>::from_values({3}, {10, 20, 30}));
  check_close(gather(vector, Tensor<T>::full({}, T{2})), {30});
  check_close(gather(vector, Tensor<T>::from_values({2, 1}, {1, 0})), {20, 10});
  const auto blocks = tape.constant(Tensor<T>::from_values({2, 2, 1}, {1, 2, 3, 4}));
  check_close(gather(blocks, Tensor<T>::from_values({2}, {1, 0})), {3, 4, 1, 2});
  BOOST_TEST(gather(blocks, Tensor<T>()).shape() == (Shape{0, 2, 1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gather_adds_up_the_gradients_of_repeated_rows, T, RealTypes) {
  Tape<T> tape;
  const auto table = tape.variable(Tensor<T>::from_values({3, 2}, {1, 2, 3, 4, 5, 6}));
  auto indices = Tensor<T>::from_values({3}, {2, 0, 2});
  const auto y = gather(table, indices);
  indices.data()[0] = T{1};  // the tape has its own copy
  const auto weights = tape.constant(Tensor<T>::from_values({3, 1}, {1, 10, 100}));
  tape.backward(sum(y * weights));
  check_close(table.grad(), {10, 10, 0, 0, 101, 101});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gather_refuses_what_is_no_row_number, T, RealTypes) {
  Tape<T> tape;
  const auto table = tape.variable(Tensor<T>::zeros({3, 2}));
  const auto text = [](const char* index) {
    return "[gather] index " + std::string(index) +
           " at position 1 is not a whole number in [0, 3)";
  };
  const auto refuses = [&](T index, const char* name) {
    RONDO_CHECK_THROWS(
        gather(table, Tensor<T>::from_values({2}, {0, index})), ArgumentError, text(name));
  };
  refuses(T(1.5), "1.5");
  refuses(T{-1}, "-1");
  refuses(T{3}, "3");
  refuses(std::numeric_limits<T>::quiet_NaN(), "nan");
  RONDO_CHECK_THROWS(gather(table, std::vector<std::int32_t>{0, 3}), ArgumentError, text("3"));
}

BOOST_AUTO_TEST_CASE(gather_refuses_a_scalar_table_and_a_result_of_rank_five) {
  Tape<float> tape;
  RONDO_CHECK_THROWS(gather(tape.variable(1.0F), Tensor<float>::zeros({1})),
                     ShapeError,
                     "[gather] the table needs an axis: table ()");
  const auto table = tape.variable(Tensor<float>::zeros({3, 2, 2}));
  RONDO_CHECK_THROWS(gather(table, Tensor<float>::zeros({1, 1, 1})),
                     ShapeError,
                     "[shape] at most 4 axes are supported: shape so far (1, 1, 1, 2)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_join_test
