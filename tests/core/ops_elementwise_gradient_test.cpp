#include "rondo/tests/support/check.hpp"

namespace ops_elementwise_gradient_test {

using namespace rondo;
using test::check_gradient;
using test::random_tensor;

namespace {

using V = Variable<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_elementwise_gradient)

BOOST_AUTO_TEST_CASE(functions_that_are_defined_everywhere) {
  const auto x = random_tensor<double>({3, 7}, 1, -3.0, 3.0);
  check_gradient([](const V& v) { return exp(v); }, {x});
  check_gradient([](const V& v) { return square(v); }, {x});
  check_gradient([](const V& v) { return sin(v); }, {x});
  check_gradient([](const V& v) { return cos(v); }, {x});
  check_gradient([](const V& v) { return tanh(v); }, {x});
  check_gradient([](const V& v) { return sigmoid(v); }, {x});
}

BOOST_AUTO_TEST_CASE(functions_of_positive_numbers) {
  const auto x = random_tensor<double>({3, 7}, 2, 0.2, 3.0);
  check_gradient([](const V& v) { return log(v); }, {x});
  check_gradient([](const V& v) { return sqrt(v); }, {x});
}

BOOST_AUTO_TEST_CASE(functions_with_kinks_away_from_them) {
  const auto x = Tensor<double>::from_values({6}, {-2.0, -0.9, -0.1, 0.1, 0.9, 2.0});
  check_gradient([](const V& v) { return abs(v); }, {x});
  check_gradient([](const V& v) { return sign(v); }, {x});
  check_gradient([](const V& v) { return clip(v, -1.0, 0.5); }, {x});
}

BOOST_AUTO_TEST_CASE(where_with_operands_of_all_shapes) {
  const auto condition = Tensor<bool>::from_values({2, 3}, {true, false, true, true, false, false});
  const std::vector<Shape> shapes{{}, {1}, {3}, {2, 1}, {1, 3}, {2, 3}, {2, 2, 3}};
  for (const Shape& a : shapes) {
    for (const Shape& b : shapes) {
      check_gradient([&](const V& v, const V& w) { return where(condition, v, w); },
                     {random_tensor<double>(a, 3), random_tensor<double>(b, 4)});
    }
  }
}

BOOST_AUTO_TEST_CASE(broadcast_to_from_all_shapes) {
  for (const Shape& shape :
       {Shape{}, Shape{1}, Shape{4}, Shape{3, 1}, Shape{2, 1, 1}, Shape{1, 3, 4}}) {
    check_gradient(
        [](const V& v) {
          return broadcast_to(v, {2, 3, 4});
        },
        {random_tensor<double>(shape, 5)});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_elementwise_gradient_test
