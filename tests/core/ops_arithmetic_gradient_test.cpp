#include "rondo/tests/support/check.hpp"

namespace ops_arithmetic_gradient_test {

using namespace rondo;
using test::check_gradient;
using test::random_tensor;

namespace {

using V = Variable<double>;
using Op = V (*)(const V&, const V&);

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

/// All pairs of shapes in one random direction, some with every element.
void check_all_shapes(Op op) {
  for (const Shape& a : shapes) {
    for (const Shape& b : shapes) {
      const bool small = a.size() * b.size() <= 18;
      check_gradient(op,
                     {random_tensor<double>(a, 1, 0.5, 2.0), random_tensor<double>(b, 2, 0.5, 2.0)},
                     small ? GradientCheckMode::full : GradientCheckMode::direction);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_arithmetic_gradient)

BOOST_AUTO_TEST_CASE(add) {
  check_all_shapes([](const V& a, const V& b) { return a + b; });
}

BOOST_AUTO_TEST_CASE(subtract) {
  check_all_shapes([](const V& a, const V& b) { return a - b; });
}

BOOST_AUTO_TEST_CASE(multiply) {
  check_all_shapes([](const V& a, const V& b) { return a * b; });
}

BOOST_AUTO_TEST_CASE(divide) {
  check_all_shapes([](const V& a, const V& b) { return a / b; });
}

BOOST_AUTO_TEST_CASE(the_larger_operand) {
  check_all_shapes([](const V& a, const V& b) { return maximum(a, b); });
}

BOOST_AUTO_TEST_CASE(the_smaller_operand) {
  check_all_shapes([](const V& a, const V& b) { return minimum(a, b); });
}

BOOST_AUTO_TEST_CASE(power) {
  check_all_shapes([](const V& a, const V& b) { return pow(a, b); });
}

BOOST_AUTO_TEST_CASE(powers_with_a_number_as_exponent) {
  for (const double exponent : {-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0}) {
    check_gradient([=](const V& x) { return pow(x, exponent); },
                   {random_tensor<double>({4}, 3, 0.5, 2.0)});
  }
  check_gradient([](const V& x) { return pow(x, 3.0); },
                 {random_tensor<double>({4}, 3, -2.0, -0.5)});
}

BOOST_AUTO_TEST_CASE(numbers_on_either_side) {
  const auto x = random_tensor<double>({2, 3}, 4, 0.5, 2.0);
  check_gradient([](const V& v) { return v + 3.0; }, {x});
  check_gradient([](const V& v) { return 3.0 + v; }, {x});
  check_gradient([](const V& v) { return v - 3.0; }, {x});
  check_gradient([](const V& v) { return 3.0 - v; }, {x});
  check_gradient([](const V& v) { return v * 3.0; }, {x});
  check_gradient([](const V& v) { return 3.0 * v; }, {x});
  check_gradient([](const V& v) { return v / 3.0; }, {x});
  check_gradient([](const V& v) { return 3.0 / v; }, {x});
  check_gradient([](const V& v) { return -v; }, {x});
  check_gradient([](const V& v) { return scale_shift(v, -2.5, 7.0); }, {x});
}

BOOST_AUTO_TEST_CASE(the_same_variable_on_both_sides) {
  const auto x = random_tensor<double>({2, 3}, 5, 0.5, 2.0);
  check_gradient([](const V& v) { return v * v; }, {x});
  check_gradient([](const V& v) { return v / v; }, {x});
  check_gradient([](const V& v) { return pow(v, v); }, {x});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_arithmetic_gradient_test
