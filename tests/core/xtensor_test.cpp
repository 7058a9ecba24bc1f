#include "rondo/core/xtensor.hpp"

#include "rondo/tests/support/check.hpp"

namespace xtensor_test {

using namespace rondo;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_xtensor)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_array_of_a_tensor_is_its_container, T, RealTypes) {
  auto tensor = Tensor<T>::zeros({2, 3});
  tensor.array()(1, 2) = T{5};
  BOOST_TEST(tensor.data()[5] == T{5});
  BOOST_TEST(tensor.array().data() == tensor.data());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tensor_takes_the_shape_that_xtensor_gives_its_array, T, RealTypes) {
  auto tensor = Tensor<T>::from_values({2, 3}, {1, 2, 3, 4, 5, 6});
  tensor.array().reshape({3, 2});
  BOOST_TEST(tensor.shape() == (Shape{3, 2}));
  xt::view(tensor.array(), xt::all(), 0) = T{0};
  test::check_close(tensor, {0, 2, 0, 4, 0, 6});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_array_of_a_view_is_an_adaptor_without_a_copy, T, RealTypes) {
  auto tensor = Tensor<T>::zeros({2, 2});
  auto array = tensor.view().array();
  array(1, 0) = T{7};
  BOOST_TEST(array.data() == tensor.data());
  test::check_close(tensor, {0, 0, 7, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_value_of_a_variable_is_read_without_a_copy, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2, 2}, {1, 2, 3, 4}));
  const auto array = x.value().array();
  BOOST_TEST(array.data() == x.value().data());
  BOOST_TEST(array(1, 0) == T{3});
  static_assert(std::is_const_v<std::remove_reference_t<decltype(x.value().array()(0, 0))>>);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tensor_is_made_from_an_expression, T, RealTypes) {
  const auto a = Tensor<T>::from_values({2, 2}, {1, 2, 3, 4});
  test::check_close(Tensor<T>(T{2} * a.array() + T{1}), {3, 5, 7, 9});
  test::check_close(Tensor<T>(xt::transpose(a.array())), {1, 3, 2, 4});
  test::check_close(Tensor<T>(xt::sum(a.array(), {1})), {3, 7});
  test::check_close(Tensor<T>(a.view().array() - T{1}), {0, 1, 2, 3});
}

BOOST_AUTO_TEST_CASE(an_expression_of_rank_zero_gives_a_scalar) {
  const auto a = Tensor<double>::from_values({2, 2}, {1, 2, 3, 4});
  const Tensor<double> total(xt::sum(a.array()));
  BOOST_TEST(total.shape() == Shape{});
  test::check_close(total, {10});
}

BOOST_AUTO_TEST_CASE(a_comparison_gives_a_mask) {
  const auto a = Tensor<float>::from_values({3}, {1, -2, 3});
  const Tensor<bool> mask(a.array() > 0.0F);
  BOOST_TEST(to_string(mask) == "[true, false, true]");
}

BOOST_AUTO_TEST_CASE(values_in_column_order_are_stored_row_by_row) {
  xt::xarray<float, xt::layout_type::column_major> columns{{1, 2}, {3, 4}};
  test::check_close(Tensor<float>(columns), {1, 2, 3, 4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_tape_takes_an_expression_as_a_constant, T, RealTypes) {
  Tape<T> tape;
  const auto a = Tensor<T>::from_values({2}, {1, 2});
  const auto x = tape.constant(a.array() * a.array());
  BOOST_TEST(x.shape() == Shape{2});
  test::check_close(x, {1, 4});
}

BOOST_AUTO_TEST_CASE(an_expression_of_rank_five_is_refused) {
  const xt::xarray<float> five = xt::zeros<float>({1, 1, 1, 1, 1});
  const char* const text = "[tensor] an xtensor expression of rank above 4 was given";
  RONDO_CHECK_THROWS(Tensor<float>(five + 1.0F), ShapeError, text);
  Tape<float> tape;
  RONDO_CHECK_THROWS(tape.constant(five), ShapeError, text);
  BOOST_TEST(tape.nodes().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace xtensor_test
