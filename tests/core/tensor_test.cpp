#include <cstdint>
#include <numeric>
#include <utility>

#include "rondo/tests/support/check.hpp"

namespace tensor_test {

using namespace rondo;
using test::RealTypes;

namespace {

using ElementTypes = std::tuple<float, double, bool>;

template <class T>
bool is_aligned(const T* data) {
  return reinterpret_cast<std::uintptr_t>(data) % 64 == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_tensor)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_default_tensor_is_empty, T, ElementTypes) {
  const Tensor<T> tensor;
  BOOST_TEST(tensor.shape() == Shape{0});
  BOOST_TEST(tensor.size() == 0U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tensor_has_its_shape_and_aligned_memory, T, ElementTypes) {
  for (const std::size_t n : {1U, 3U, 64U, 1000U}) {
    const Tensor<T> tensor(Shape{2, n});
    BOOST_TEST(tensor.shape() == (Shape{2, n}));
    BOOST_TEST(tensor.size() == 2 * n);
    BOOST_TEST(is_aligned(tensor.data()));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zeros_and_full_fill_every_element, T, RealTypes) {
  test::check_close(Tensor<T>::zeros({2, 2}), {0, 0, 0, 0});
  test::check_close(Tensor<T>::full({3}, T{7}), {7, 7, 7});
  test::check_close(Tensor<T>::full({}, T{-1}), {-1});
}

BOOST_AUTO_TEST_CASE(a_tensor_of_bool_holds_a_mask) {
  const auto mask = Tensor<bool>::from_values({3}, {true, false, true});
  BOOST_TEST(mask.data()[0]);
  BOOST_TEST(!mask.data()[1]);
  BOOST_TEST(mask.data()[2]);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(values_are_given_row_by_row, T, RealTypes) {
  const auto tensor = Tensor<T>::from_values({2, 3}, {1, 2, 3, 4, 5, 6});
  BOOST_TEST(tensor.data()[1 * 3 + 2] == T{6});
  BOOST_TEST(tensor.data()[1 * 3 + 0] == T{4});
}

BOOST_AUTO_TEST_CASE(too_few_or_too_many_values_are_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(Tensor<float>::from_values({2, 2}, {1, 2, 3})),
                     ShapeError,
                     "[tensor] 3 values do not fill the shape: shape (2, 2)");
  RONDO_CHECK_THROWS(static_cast<void>(Tensor<bool>::from_values({}, {true, true})),
                     ShapeError,
                     "[tensor] 2 values do not fill the shape: shape ()");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_is_deep, T, RealTypes) {
  auto original = Tensor<T>::from_values({2}, {1, 2});
  const Tensor<T> copy = original;
  Tensor<T> assigned;
  assigned = original;
  original.data()[0] = T{9};
  test::check_close(copy, {1, 2});
  test::check_close(assigned, {1, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tensor_can_be_assigned_to_itself, T, RealTypes) {
  auto tensor = Tensor<T>::from_values({2}, {1, 2});
  const Tensor<T>& same = tensor;
  tensor = same;
  test::check_close(tensor, {1, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_move_keeps_the_memory_and_leaves_an_empty_tensor, T, RealTypes) {
  auto from = Tensor<T>::from_values({2}, {1, 2});
  const T* const data = from.data();
  const Tensor<T> to = std::move(from);
  BOOST_TEST(to.data() == data);
  BOOST_TEST(from.shape() == Shape{0});  // NOLINT: a moved-from tensor is specified to be empty
  BOOST_TEST(!from.view());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_moved_from_tensor_can_be_copied_and_assigned, T, RealTypes) {
  auto from = Tensor<T>::from_values({2}, {1, 2});
  const Tensor<T> to = std::move(from);
  const Tensor<T> copy = from;  // NOLINT: a moved-from tensor is specified to be empty
  BOOST_TEST(copy.shape() == Shape{0});
  from = to;
  test::check_close(from, {1, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_view_points_at_the_same_memory, T, RealTypes) {
  auto tensor = Tensor<T>::zeros({2, 2});
  const TensorView<T> view = tensor.view();
  view[3] = T{5};
  test::check_close(tensor, {0, 0, 0, 5});
  BOOST_TEST(view.shape() == (Shape{2, 2}));
  BOOST_TEST(view.span().data() == tensor.data());
  BOOST_TEST(std::accumulate(view.begin(), view.end(), T{0}) == T{5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tensor_and_a_view_convert_to_a_view_of_constants, T, RealTypes) {
  auto tensor = Tensor<T>::from_values({2}, {1, 2});
  const TensorView<const T> from_tensor = tensor;
  const TensorView<const T> from_view = tensor.view();
  BOOST_TEST(from_tensor.data() == tensor.data());
  BOOST_TEST(from_view.data() == tensor.data());
  static_assert(!std::is_convertible_v<TensorView<const T>, TensorView<T>>);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_shape_of_a_temporary_view_can_be_kept, T, RealTypes) {
  const auto tensor = Tensor<T>::zeros({2, 3});
  const Shape& shape = tensor.view().shape();
  BOOST_TEST(shape == (Shape{2, 3}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(copy_of_makes_an_independent_tensor, T, RealTypes) {
  auto tensor = Tensor<T>::from_values({2}, {1, 2});
  const auto copy = Tensor<T>::copy_of(tensor.view());
  tensor.data()[0] = T{9};
  BOOST_TEST(copy.shape() == Shape{2});
  test::check_close(copy, {1, 2});
}

BOOST_AUTO_TEST_CASE(the_empty_view_stands_for_none) {
  const TensorView<const float> none;
  BOOST_TEST(!none);
  BOOST_TEST(static_cast<bool>(Tensor<float>::zeros({1}).view()));
}

BOOST_AUTO_TEST_CASE(values_are_written_in_rows) {
  BOOST_TEST(to_string(Tensor<float>::full({}, 3.5F)) == "3.5");
  BOOST_TEST(to_string(Tensor<float>::from_values({3}, {1, -2, 0.25F})) == "[1, -2, 0.25]");
  BOOST_TEST(to_string(Tensor<double>::from_values({2, 2}, {1, 2, 3, 4})) == "[[1, 2],\n [3, 4]]");
  BOOST_TEST(to_string(Tensor<bool>::from_values({2}, {true, false})) == "[true, false]");
  BOOST_TEST(to_string(Tensor<float>()) == "[]");
}

BOOST_AUTO_TEST_CASE(rows_of_a_tensor_of_rank_three_are_indented_by_their_depth) {
  const auto tensor = Tensor<float>::from_values({2, 2, 1}, {1, 2, 3, 4});
  BOOST_TEST(to_string(tensor) == "[[[1],\n  [2]],\n [[3],\n  [4]]]");
}

BOOST_AUTO_TEST_CASE(a_long_axis_is_shortened_in_the_middle) {
  Tensor<float> row(Shape{20});
  std::iota(row.data(), row.data() + 20, 0.0F);
  BOOST_TEST(to_string(row) == "[0, 1, 2, 3, 4, 5, 6, 7, ..., 12, 13, 14, 15, 16, 17, 18, 19]");
  const std::string column = to_string(Tensor<float>::copy_of({row.data(), Shape{20, 1}}));
  BOOST_TEST(column.find("\n [7],\n ...,\n [12],\n") != std::string::npos, column);
}

#if !defined(__SANITIZE_ADDRESS__)  // which ends the program instead
BOOST_AUTO_TEST_CASE_TEMPLATE(a_shape_without_memory_is_named, T, RealTypes) {
  for (const std::size_t size : {std::size_t{1} << 60, std::size_t{1} << 63}) {
    RONDO_CHECK_THROWS(
        Tensor<T>(Shape{2, size / 2}),
        ArgumentError,
        "[tensor] there is no memory for shape (2, " + std::to_string(size / 2) + ")");
  }
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tensor_test
