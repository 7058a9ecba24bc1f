#include <cmath>

#include "rondo/tests/support/check.hpp"

namespace ops_losses_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

BOOST_AUTO_TEST_SUITE(core_ops_losses)

BOOST_AUTO_TEST_CASE_TEMPLATE(errors_are_averaged_over_all_elements, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({1, 3}, {1, 2, 3}));
  const auto y = Tensor<T>::from_values({1, 3}, {1, 0, 6});
  check_close(mean_squared_error(p, y), {13.0 / 3});
  check_close(mean_absolute_error(p, y), {5.0 / 3});
  check_close(huber(p, y), {(0 + 1.5 + 2.5) / 3});
  check_close(huber(p, y, 2.5), {(0 + 2 + 4.375) / 3});
  BOOST_TEST(mean_squared_error(p, y).shape() == Shape{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(slopes_of_the_errors_are_divided_by_their_number, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({4}, {1, 2, 3, 0.5}));
  const auto y = Tensor<T>::from_values({4}, {1, 0, 6, 0});
  tape.backward(mean_squared_error(p, y));
  check_close(p.grad(), {0, 1, -1.5, 0.25});
  tape.backward(mean_absolute_error(p, y));
  check_close(p.grad(), {0, 0.25, -0.25, 0.25});
  tape.backward(huber(p, y));
  check_close(p.grad(), {0, 0.25, -0.25, 0.125});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_loss_may_be_scaled_and_added_to_others, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({1}, {3}));
  const auto y = Tensor<T>::zeros({1});
  tape.backward(mean_squared_error(p, y) * T{10} + mean_absolute_error(p, y));
  check_close(p.grad(), {61});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(targets_are_copied_onto_the_tape, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({1}, {3}));
  auto y = Tensor<T>::from_values({1}, {1});
  const auto loss = mean_squared_error(p, y);
  y.data()[0] = T{100};
  tape.backward(loss);
  check_close(p.grad(), {4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(targets_are_given_as_tensor_or_view, T, RealTypes) {
  Tape<T> tape;
  const auto p = tape.variable(Tensor<T>::from_values({2}, {1, 3}));
  auto y = Tensor<T>::zeros({2});
  const TensorView<const T> view = y;
  const Loss<T> loss = mean_squared_error<T>;
  BOOST_TEST(mean_squared_error(p, y).item() == T{5});
  BOOST_TEST(mean_squared_error(p, y.view()).item() == T{5});
  BOOST_TEST(mean_squared_error(p, view).item() == T{5});
  BOOST_TEST(mean_squared_error(p, std::as_const(y).view()).item() == T{5});
  BOOST_TEST(loss(p, y).item() == T{5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_trailing_axis_of_size_one_on_one_side_is_ignored, T, RealTypes) {
  Tape<T> tape;
  const auto loss = [&](const Shape& predictions, const Shape& targets) {
    return mean_squared_error(tape.constant(Tensor<T>::full(predictions, T{2})),
                              Tensor<T>::zeros(targets))
        .item();
  };
  BOOST_TEST(loss({3, 1}, {3}) == T{4});
  BOOST_TEST(loss({3}, {3, 1}) == T{4});
  BOOST_TEST(loss({2, 3, 1}, {2, 3}) == T{4});
  BOOST_TEST(loss({3, 1}, {3, 1, 1}) == T{4});
  BOOST_TEST(loss({1}, {}) == T{4});
  BOOST_TEST(loss({}, {}) == T{4});
}

BOOST_AUTO_TEST_CASE(targets_of_another_shape_are_refused) {
  Tape<float> tape;
  const auto p = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto y = Tensor<float>::zeros({3, 2});
  const std::string text =
      " targets do not fit the predictions: predictions (2, 3), targets (3, 2)";
  RONDO_CHECK_THROWS(mean_squared_error(p, y), ShapeError, "[mean_squared_error]" + text);
  RONDO_CHECK_THROWS(mean_absolute_error(p, y), ShapeError, "[mean_absolute_error]" + text);
  RONDO_CHECK_THROWS(huber(p, y), ShapeError, "[huber]" + text);
  RONDO_CHECK_THROWS(binary_crossentropy(p, y), ShapeError, "[binary_crossentropy]" + text);
  BOOST_CHECK_THROW(mean_squared_error(p, Tensor<float>::zeros({2, 3, 1, 1})), ShapeError);
  BOOST_CHECK_THROW(mean_squared_error(p, Tensor<float>::zeros({1, 2, 3})), ShapeError);
  BOOST_CHECK_THROW(mean_squared_error(p, Tensor<float>::zeros({6})), ShapeError);
  BOOST_TEST(tape.nodes().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_loss_of_nothing_is_refused) {
  Tape<float> tape;
  const auto p = tape.variable(Tensor<float>::zeros({0, 3}));
  RONDO_CHECK_THROWS(mean_squared_error(p, Tensor<float>::zeros({0, 3})),
                     ShapeError,
                     "[mean_squared_error] there is nothing to average: predictions (0, 3)");
}

BOOST_AUTO_TEST_CASE(huber_refuses_a_delta_that_is_not_positive) {
  Tape<float> tape;
  const auto p = tape.variable(1.0F);
  const auto y = Tensor<float>::zeros({});
  RONDO_CHECK_THROWS(huber(p, y, 0.0), ArgumentError, "[huber] delta must be positive, got 0");
  RONDO_CHECK_THROWS(
      huber(p, y, std::nan("")), ArgumentError, "[huber] delta must be positive, got nan");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_losses_test
