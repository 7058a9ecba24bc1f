#include "rondo/tests/support/check.hpp"

namespace ops_matmul_gradient_test {

using namespace rondo;
using test::check_gradient;
using test::random_tensor;

namespace {

using V = Variable<double>;

const auto product = [](const V& a, const V& b) { return matmul(a, b); };
const auto layer = [](const V& x, const V& kernel, const V& bias) {
  return affine(x, kernel, bias);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_matmul_gradient)

BOOST_AUTO_TEST_CASE(matmul_of_left_operands_of_all_ranks) {
  for (const Shape& shape : {Shape{3, 4}, Shape{1, 4}, Shape{2, 3, 4}, Shape{2, 1, 3, 4}}) {
    check_gradient(product, {random_tensor<double>(shape, 1), random_tensor<double>({4, 5}, 2)});
  }
}

BOOST_AUTO_TEST_CASE(affine_of_inputs_of_all_ranks) {
  for (const Shape& shape : {Shape{4}, Shape{3, 4}, Shape{2, 3, 4}, Shape{2, 1, 3, 4}}) {
    check_gradient(layer,
                   {random_tensor<double>(shape, 1),
                    random_tensor<double>({4, 5}, 2),
                    random_tensor<double>({5}, 3)});
  }
}

BOOST_AUTO_TEST_CASE(products_with_a_dimension_of_one) {
  check_gradient(product, {random_tensor<double>({1, 1}, 1), random_tensor<double>({1, 1}, 2)});
  check_gradient(product, {random_tensor<double>({3, 1}, 1), random_tensor<double>({1, 4}, 2)});
  check_gradient(product, {random_tensor<double>({1, 4}, 1), random_tensor<double>({4, 1}, 2)});
}

BOOST_AUTO_TEST_CASE(larger_products_in_a_random_direction) {
  check_gradient(product,
                 {random_tensor<double>({20, 30}, 1), random_tensor<double>({30, 25}, 2)},
                 GradientCheckMode::direction);
}

BOOST_AUTO_TEST_CASE(a_matrix_multiplied_with_itself) {
  check_gradient([](const V& a) { return matmul(a, a); }, {random_tensor<double>({3, 3}, 1)});
}

BOOST_AUTO_TEST_CASE(operands_that_need_no_gradient_are_left_out) {
  const auto kernel = random_tensor<double>({4, 5}, 2);
  const auto bias = random_tensor<double>({5}, 3);
  check_gradient(
      [&](const V& x) { return affine(x, x.tape().constant(kernel), x.tape().constant(bias)); },
      {random_tensor<double>({3, 4}, 1)});
  check_gradient(
      [&](const V& b) {
        return affine(b.tape().constant(kernel), matmul(b, b), b.tape().constant(bias));
      },
      {random_tensor<double>({5, 5}, 1)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_matmul_gradient_test
