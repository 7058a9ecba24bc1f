#include <boost/test/data/test_case.hpp>

#include "rondo/tests/support/check.hpp"

namespace ops_activation_gradient_test {

using namespace rondo;

namespace {

using V = Variable<double>;

struct Activation {
  const char* name;
  V (*op)(const V&);
};

std::ostream& operator<<(std::ostream& out, const Activation& activation) {
  return out << activation.name;
}

const std::vector<Activation> activations{
    {"relu", [](const V& x) { return relu(x); }},
    {"relu with options",
     [](const V& x) {
       return relu(x, {.negative_slope = 0.1, .max_value = 2.0, .threshold = 0.7});
     }},
    {"relu6", [](const V& x) { return relu6(x); }},
    {"leaky_relu", [](const V& x) { return leaky_relu(x); }},
    {"leaky_relu of slope 0.3", [](const V& x) { return leaky_relu(x, 0.3); }},
    {"elu", [](const V& x) { return elu(x); }},
    {"elu of 0.5", [](const V& x) { return elu(x, 0.5); }},
    {"selu", [](const V& x) { return selu(x); }},
    {"celu", [](const V& x) { return celu(x); }},
    {"celu of 2", [](const V& x) { return celu(x, 2.0); }},
    {"gelu", [](const V& x) { return gelu(x); }},
    {"approximate gelu", [](const V& x) { return gelu(x, true); }},
    {"silu", [](const V& x) { return silu(x); }},
    {"hard_silu", [](const V& x) { return hard_silu(x); }},
    {"sigmoid", [](const V& x) { return sigmoid(x); }},
    {"hard_sigmoid", [](const V& x) { return hard_sigmoid(x); }},
    {"hard_sigmoid_keras2", [](const V& x) { return hard_sigmoid_keras2(x); }},
    {"log_sigmoid", [](const V& x) { return log_sigmoid(x); }},
    {"tanh", [](const V& x) { return tanh(x); }},
    {"hard_tanh", [](const V& x) { return hard_tanh(x); }},
    {"tanh_shrink", [](const V& x) { return tanh_shrink(x); }},
    {"softplus", [](const V& x) { return softplus(x); }},
    {"softsign", [](const V& x) { return softsign(x); }},
    {"soft_shrink", [](const V& x) { return soft_shrink(x); }},
    {"soft_shrink of 1.7", [](const V& x) { return soft_shrink(x, 1.7); }},
    {"hard_shrink", [](const V& x) { return hard_shrink(x); }},
    {"hard_shrink of 1.7", [](const V& x) { return hard_shrink(x, 1.7); }},
    {"threshold", [](const V& x) { return threshold(x, 0.7, -3.0); }},
    {"sparse_plus", [](const V& x) { return sparse_plus(x); }},
    {"sparse_sigmoid", [](const V& x) { return sparse_sigmoid(x); }},
    {"squareplus", [](const V& x) { return squareplus(x); }},
    {"squareplus of 0.5", [](const V& x) { return squareplus(x, 0.5); }},
    {"mish", [](const V& x) { return mish(x); }},
    {"exp", [](const V& x) { return exp(x); }},
    {"softmax", [](const V& x) { return softmax(x); }},
    {"log_softmax", [](const V& x) { return log_softmax(x); }},
    {"sparsemax", [](const V& x) { return sparsemax(x); }},
    {"glu", [](const V& x) { return glu(x); }},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_activation_gradient)

BOOST_DATA_TEST_CASE(the_gradient_agrees_with_differences_away_from_kinks,
                     boost::unit_test::data::make(activations),
                     activation) {
  const auto x = Tensor<double>::from_values(
      {2, 8},
      {-7.2, -4.1, -2.8, -2.2, -1.3, -0.8, -0.4, -0.1, 0.1, 0.4, 0.8, 1.3, 2.2, 2.8, 4.1, 7.2});
  test::check_gradient(activation.op, {x});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_activation_gradient_test
