#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_elementwise_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

/// op(x) equals reference(x) at each point; compared one by one, for their sizes differ.
template <Real T, class Op>
void check_points(Op op, double (*reference)(double), const std::vector<double>& points) {
  Tape<T> tape;
  Tensor<T> x(Shape{points.size()});
  std::ranges::transform(points, x.data(), [](double p) { return static_cast<T>(p); });
  const Variable<T> y = op(tape.constant(x));
  for (std::size_t i = 0; i < points.size(); ++i) {
    BOOST_TEST_CONTEXT("at " << points[i])
    check_close(y.value().span().subspan(i, 1),
                {reference(static_cast<double>(x.data()[i]))},
                test::tolerance<T>);
  }
}

const std::vector<double> everywhere{-50, -7.5, -2, -1, -0.25, -1e-4, 0, 1e-4, 0.25, 1, 2, 7.5, 50};
const std::vector<double> positive{1e-30, 1e-4, 0.25, 1, 2, 7.5, 1e4, 1e30};

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_elementwise)

BOOST_AUTO_TEST_CASE_TEMPLATE(exponential_and_logarithm, T, RealTypes) {
  check_points<T>([](const auto& x) { return exp(x); }, std::exp, everywhere);
  check_points<T>([](const auto& x) { return log(x); }, std::log, positive);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(square_root_and_square, T, RealTypes) {
  check_points<T>([](const auto& x) { return sqrt(x); }, std::sqrt, positive);
  check_points<T>(
      [](const auto& x) { return square(x); }, [](double x) { return x * x; }, everywhere);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(absolute_value_and_sign, T, RealTypes) {
  check_points<T>([](const auto& x) { return abs(x); }, std::abs, everywhere);
  const auto sign_of = [](double x) { return x == 0 ? 0.0 : std::copysign(1.0, x); };
  check_points<T>([](const auto& x) { return sign(x); }, sign_of, everywhere);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sine_and_cosine, T, RealTypes) {
  check_points<T>([](const auto& x) { return sin(x); }, std::sin, everywhere);
  check_points<T>([](const auto& x) { return cos(x); }, std::cos, everywhere);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(hyperbolic_tangent_and_sigmoid, T, RealTypes) {
  check_points<T>([](const auto& x) { return tanh(x); }, std::tanh, everywhere);
  const auto logistic = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
  check_points<T>([](const auto& x) { return sigmoid(x); }, logistic, everywhere);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(values_far_out_stay_at_their_limits, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2}, {-1e4, 1e4}));
  check_close(exp(x), {0, inf});
  check_close(tanh(x), {-1, 1});
  check_close(sigmoid(x), {0, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(arguments_outside_the_domain_give_nan, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2}, {-1, 0}));
  check_close(log(x), {quiet_nan, -inf});
  check_close(sqrt(x), {quiet_nan, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_result_keeps_the_shape, T, RealTypes) {
  Tape<T> tape;
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{7}, Shape{2, 3, 4, 5}}) {
    const auto x = tape.variable(test::random_tensor<T>(shape, 1));
    const auto y = tanh(x);
    BOOST_TEST(y.shape() == shape);
    tape.backward(sum(y));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(abs_and_sign_have_no_slope_where_they_jump, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({3}, {-2, 0, 3}));
  tape.backward(sum(abs(x)));
  check_close(x.grad(), {-1, 0, 1});
  tape.backward(sum(sign(x)));
  check_close(x.grad(), {0, 0, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clip_limits_values_and_passes_gradients_inside, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({5}, {-3, -1, 0.5, 2, 2.5}));
  const auto y = clip(x, -1.0, 2.0);
  check_close(y, {-1, -1, 0.5, 2, 2});
  tape.backward(sum(y));
  check_close(x.grad(), {0, 1, 1, 1, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clip_may_have_one_bound_or_a_single_value, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2}, {-3, 5}));
  check_close(clip(x, 0.0, inf), {0, 5});
  check_close(clip(x, -inf, 0.0), {-3, 0});
  check_close(clip(x, 1.0, 1.0), {1, 1});
  check_close(clip(tape.constant(static_cast<T>(quiet_nan)), 0.0, 1.0), {quiet_nan});
}

BOOST_AUTO_TEST_CASE(clip_refuses_bounds_in_the_wrong_order) {
  Tape<float> tape;
  const auto x = tape.variable(1.0F);
  RONDO_CHECK_THROWS(
      clip(x, 2.0, 1.0), ArgumentError, "[clip] low must not exceed high, got 2 and 1");
  RONDO_CHECK_THROWS(
      clip(x, quiet_nan, 1.0), ArgumentError, "[clip] low must not exceed high, got nan and 1");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(where_chooses_element_by_element, T, RealTypes) {
  Tape<T> tape;
  const auto condition = Tensor<bool>::from_values({2, 2}, {true, false, false, true});
  const auto a = tape.variable(Tensor<T>::from_values({2, 2}, {1, 2, 3, 4}));
  const auto b = tape.variable(Tensor<T>::from_values({2, 2}, {5, 6, 7, 8}));
  const auto y = where(condition, a, b);
  check_close(y, {1, 6, 7, 4});
  tape.backward(sum(square(y)));
  check_close(a.grad(), {2, 0, 0, 8});
  check_close(b.grad(), {0, 12, 14, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(where_broadcasts_all_three, T, RealTypes) {
  Tape<T> tape;
  const auto condition = Tensor<bool>::from_values({2, 1}, {true, false});
  const auto a = tape.variable(Tensor<T>::from_values({3}, {1, 2, 3}));
  const auto b = tape.variable(T{9});
  const auto y = where(condition, a, b);
  BOOST_TEST(y.shape() == (Shape{2, 3}));
  check_close(y, {1, 2, 3, 9, 9, 9});
  tape.backward(sum(y));
  check_close(a.grad(), {1, 1, 1});
  check_close(b.grad(), {3});
  const auto wide = Tensor<bool>::from_values({2, 1, 1}, {true, false});
  BOOST_TEST(where(wide, y, y).shape() == (Shape{2, 2, 3}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(where_lets_no_nan_through_that_was_not_chosen, T, RealTypes) {
  Tape<T> tape;
  const auto condition = Tensor<bool>::from_values({2}, {true, false});
  const auto a = tape.variable(Tensor<T>::from_values({2}, {1, static_cast<T>(quiet_nan)}));
  const auto b = tape.variable(Tensor<T>::from_values({2}, {static_cast<T>(quiet_nan), 2}));
  const auto y = where(condition, a, b);
  check_close(y, {1, 2});
  tape.backward(sum(square(y)));
  check_close(a.grad(), {2, 0});
  check_close(b.grad(), {0, 4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(where_gives_a_nan_gradient_to_the_chosen_branch_only, T, RealTypes) {
  Tape<T> tape;
  const auto condition = Tensor<bool>::from_values({2}, {true, false});
  const auto a = tape.variable(Tensor<T>::from_values({2}, {1, 1}));
  const auto b = tape.variable(Tensor<T>::from_values({2}, {1, 1}));
  const auto factor = tape.constant(Tensor<T>::full({2}, static_cast<T>(quiet_nan)));
  tape.backward(sum(where(condition, a, b) * factor));
  check_close(a.grad(), {quiet_nan, 0});
  check_close(b.grad(), {0, quiet_nan});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(where_copies_its_condition, T, RealTypes) {
  Tape<T> tape;
  auto condition = Tensor<bool>::from_values({1}, {true});
  const auto a = tape.variable(Tensor<T>::full({1}, T{3}));
  const auto y = where(condition, a, a * 10);
  condition.data()[0] = false;
  tape.backward(y);
  check_close(a.grad(), {1});
}

BOOST_AUTO_TEST_CASE(where_refuses_shapes_that_do_not_fit) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::zeros({2, 3}));
  const auto b = tape.variable(Tensor<float>::zeros({4}));
  const auto condition = Tensor<bool>::zeros({3, 3});
  RONDO_CHECK_THROWS(where(condition, a, b),
                     ShapeError,
                     "[where] shapes cannot be broadcast together: a (2, 3), b (4)");
  RONDO_CHECK_THROWS(
      where(condition, a, a),
      ShapeError,
      "[where] shapes cannot be broadcast together: condition (3, 3), branches (2, 3)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(broadcast_to_repeats_values_and_sums_gradients, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2, 1}, {1, static_cast<T>(quiet_nan)}));
  const auto y = broadcast_to(x, {2, 2, 3});
  check_close(y,
              {1, 1, 1, quiet_nan, quiet_nan, quiet_nan, 1, 1, 1, quiet_nan, quiet_nan, quiet_nan});
  tape.backward(sum(y * 2));
  check_close(x.grad(), {12, 12});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(broadcast_to_the_same_shape_is_the_variable_itself, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::zeros({2, 3}));
  BOOST_TEST(broadcast_to(x, {2, 3}).value().data() == x.value().data());
  BOOST_TEST(tape.nodes().size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(broadcast_to_a_shape_without_elements_is_legal, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::zeros({1, 3}));
  const auto y = broadcast_to(x, {0, 3});
  tape.backward(sum(y));
  check_close(x.grad(), {0, 0, 0});
}

BOOST_AUTO_TEST_CASE(broadcast_to_refuses_a_shape_that_does_not_fit) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  for (const Shape& shape : {Shape{3}, Shape{2, 1}, Shape{2, 4}, Shape{3, 2}}) {
    RONDO_CHECK_THROWS(broadcast_to(x, shape),
                       ShapeError,
                       "[broadcast_to] x does not fit: x (2, 3), shape " + to_string(shape));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_elementwise_test
