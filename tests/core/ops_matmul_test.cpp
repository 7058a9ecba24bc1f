#include "rondo/tests/support/check.hpp"

namespace ops_matmul_test {

using namespace rondo;
using test::check_close;
using test::random_tensor;
using test::RealTypes;

namespace {

/// a [.., K] @ b [K, N] + bias [N], by three loops.
template <Real T>
std::vector<double> product(TensorView<const T> a,
                            TensorView<const T> b,
                            TensorView<const T> bias) {
  const std::size_t inner = b.shape()[0];
  const std::size_t cols = b.shape()[1];
  std::vector<double> result;
  for (std::size_t row = 0; row < a.shape().product(0, a.shape().rank() - 1); ++row) {
    for (std::size_t col = 0; col < cols; ++col) {
      double total = bias ? static_cast<double>(bias[col]) : 0.0;
      for (std::size_t k = 0; k < inner; ++k) {
        total += static_cast<double>(a[row * inner + k]) * static_cast<double>(b[k * cols + col]);
      }
      result.push_back(total);
    }
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_matmul)

BOOST_AUTO_TEST_CASE_TEMPLATE(two_matrices_are_multiplied, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.constant(Tensor<T>::from_values({2, 3}, {1, 2, 3, 4, 5, 6}));
  const auto b = tape.constant(Tensor<T>::from_values({3, 2}, {7, 8, 9, 10, 11, 12}));
  const auto y = matmul(a, b);
  BOOST_TEST(y.shape() == (Shape{2, 2}));
  check_close(y, {58, 64, 139, 154});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leading_axes_are_folded_into_the_rows, T, RealTypes) {
  Tape<T> tape;
  const auto b = tape.constant(random_tensor<T>({4, 5}, 1));
  for (const Shape& shape : {Shape{3, 4}, Shape{2, 3, 4}, Shape{2, 1, 3, 4}}) {
    const auto a = tape.constant(random_tensor<T>(shape, 2));
    const auto y = matmul(a, b);
    BOOST_TEST(y.shape() == shape.with_dim(shape.rank() - 1, 5));
    check_close(y, product<T>(a.value(), b.value(), {}), 2 * test::tolerance<T>);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(matrices_of_many_sizes_are_multiplied, T, RealTypes) {
  Tape<T> tape;
  for (const std::size_t m : {1U, 7U, 33U}) {
    for (const std::size_t k : {1U, 8U, 70U}) {
      for (const std::size_t n : {1U, 9U, 65U}) {
        const auto a = tape.constant(random_tensor<T>({m, k}, m));
        const auto b = tape.constant(random_tensor<T>({k, n}, n));
        check_close(matmul(a, b), product<T>(a.value(), b.value(), {}), 2 * test::tolerance<T>);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(affine_adds_a_bias_to_every_row, T, RealTypes) {
  Tape<T> tape;
  const auto kernel = tape.constant(random_tensor<T>({4, 3}, 1));
  const auto bias = tape.constant(random_tensor<T>({3}, 2));
  for (const Shape& shape : {Shape{4}, Shape{5, 4}, Shape{2, 5, 4}, Shape{2, 1, 5, 4}}) {
    const auto x = tape.constant(random_tensor<T>(shape, 3));
    const auto y = affine(x, kernel, bias);
    BOOST_TEST(y.shape() == shape.with_dim(shape.rank() - 1, 3));
    check_close(y, product<T>(x.value(), kernel.value(), bias.value()), 2 * test::tolerance<T>);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(products_without_rows_or_columns_are_empty, T, RealTypes) {
  Tape<T> tape;
  const auto make = [&](const Shape& shape) { return tape.variable(Tensor<T>::full(shape, T{1})); };
  BOOST_TEST(matmul(make({0, 3}), make({3, 2})).shape() == (Shape{0, 2}));
  BOOST_TEST(matmul(make({2, 3}), make({3, 0})).shape() == (Shape{2, 0}));
  BOOST_TEST(affine(make({2, 3}), make({3, 0}), make({0})).shape() == (Shape{2, 0}));
  BOOST_TEST(affine(make({0, 3}), make({3, 2}), make({2})).shape() == (Shape{0, 2}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_product_over_nothing_is_zero_or_the_bias, T, RealTypes) {
  Tape<T> tape;
  const auto a = tape.variable(Tensor<T>::zeros({2, 0}));
  const auto b = tape.variable(Tensor<T>::zeros({0, 3}));
  const auto bias = tape.variable(Tensor<T>::from_values({3}, {1, 2, 3}));
  check_close(matmul(a, b), {0, 0, 0, 0, 0, 0});
  check_close(affine(a, b, bias), {1, 2, 3, 1, 2, 3});
  tape.backward(sum(affine(a, b, bias)));
  check_close(bias.grad(), {2, 2, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients_of_empty_products_are_zero, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::full({2, 3}, T{1}));
  const auto kernel = tape.variable(Tensor<T>::full({3, 0}, T{1}));
  const auto bias = tape.variable(Tensor<T>::zeros({0}));
  tape.backward(sum(affine(x, kernel, bias)) + sum(x));
  check_close(x.grad(), {1, 1, 1, 1, 1, 1});
  const auto none = tape.variable(Tensor<T>::zeros({0, 3}));
  const auto matrix = tape.variable(Tensor<T>::full({3, 1}, T{1}));
  tape.backward(sum(matmul(none, matrix)));
  check_close(matrix.grad(), {0, 0, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nan_in_an_operand_reaches_its_row_only, T, RealTypes) {
  Tape<T> tape;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const auto a = tape.constant(Tensor<T>::from_values({2, 2}, {nan, 1, 1, 1}));
  const auto b = tape.constant(Tensor<T>::from_values({2, 1}, {0, 1}));
  check_close(matmul(a, b), {nan, 1});
}

BOOST_AUTO_TEST_CASE(inner_dimensions_that_differ_are_refused) {
  Tape<float> tape;
  const auto a = tape.variable(Tensor<float>::zeros({32, 64}));
  const auto b = tape.variable(Tensor<float>::zeros({63, 128}));
  const auto bias = tape.variable(Tensor<float>::zeros({128}));
  RONDO_CHECK_THROWS(
      matmul(a, b), ShapeError, "[matmul] inner dimensions differ: a (32, 64), b (63, 128)");
  RONDO_CHECK_THROWS(affine(a, b, bias),
                     ShapeError,
                     "[affine] inner dimensions differ: x (32, 64), kernel (63, 128)");
}

BOOST_AUTO_TEST_CASE(operands_of_wrong_rank_are_refused) {
  Tape<float> tape;
  const auto scalar = tape.variable(1.0F);
  const auto vector = tape.variable(Tensor<float>::zeros({3}));
  const auto matrix = tape.variable(Tensor<float>::zeros({3, 2}));
  RONDO_CHECK_THROWS(matmul(matrix, vector),
                     ShapeError,
                     "[matmul] expected a [.., M, K] and b [K, N]: a (3, 2), b (3)");
  RONDO_CHECK_THROWS(matmul(vector, matrix),
                     ShapeError,
                     "[matmul] expected a [.., M, K] and b [K, N]: a (3), b (3, 2)");
  RONDO_CHECK_THROWS(affine(scalar, matrix, vector),
                     ShapeError,
                     "[affine] expected x [.., K] and kernel [K, N]: x (), kernel (3, 2)");
  RONDO_CHECK_THROWS(affine(vector, vector, vector),
                     ShapeError,
                     "[affine] expected x [.., K] and kernel [K, N]: x (3), kernel (3)");
}

BOOST_AUTO_TEST_CASE(a_bias_that_does_not_fit_is_refused) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({4, 3}));
  const auto kernel = tape.variable(Tensor<float>::zeros({3, 2}));
  const auto bias = tape.variable(Tensor<float>::zeros({3}));
  RONDO_CHECK_THROWS(affine(x, kernel, bias),
                     ShapeError,
                     "[affine] the bias must have one value per column: kernel (3, 2), bias (3)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_matmul_test
