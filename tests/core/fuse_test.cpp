#include <cmath>

#include "rondo/core/graph.hpp"
#include "rondo/tests/support/check.hpp"

namespace fuse_test {

using namespace rondo;
using test::check_close;
using test::check_gradient;
using test::random_tensor;
using test::RealTypes;

namespace {

using V = Variable<double>;

/// The state of a GRU, of expressions or of variables.
const auto gru = [](auto z, auto r, auto c, auto qz, auto qr, auto qc, auto h) {
  const auto update = sigmoid(z + qz);
  return update * h + (1 - update) * tanh(c + sigmoid(r + qr) * qc);
};

const auto fused_gru = [](const auto& p, const auto& q, const auto& h) {
  return fuse(gru, parts<3>(p), parts<3>(q), h);
};

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_fuse)

// x = 0.5, y = -2: tanh(0.5) · (-2) + 3 · 0.5 - 1
BOOST_AUTO_TEST_CASE_TEMPLATE(one_element_by_hand, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T(0.5));
  const auto y = tape.variable(T(-2));
  const auto z = fuse([](auto a, auto b) { return tanh(a) * b + 3 * a - 1; }, x, y);
  const double t = std::tanh(0.5);
  check_close(z, {-2 * t + 0.5});
  tape.backward(z);
  check_close(x.grad(), {-2 * (1 - t * t) + 3});
  check_close(y.grad(), {t});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(blocks_of_columns_are_the_gates, T, RealTypes) {
  for (const auto& [rows, units] :
       {std::pair<std::size_t, std::size_t>{1, 1}, {3, 5}, {32, 128}, {7, 300}}) {
    const auto p = random_tensor<T>({rows, 3 * units}, 1);
    const auto q = random_tensor<T>({rows, 3 * units}, 2);
    const auto h = random_tensor<T>({rows, units}, 3);
    std::vector<double> expected;
    for (std::size_t n = 0; n < rows; ++n) {
      for (std::size_t i = 0; i < units; ++i) {
        const auto at = [&](const Tensor<T>& x, std::size_t gate) {
          return static_cast<double>(x.data()[(n * 3 + gate) * units + i]);
        };
        const double update = logistic(at(p, 0) + at(q, 0));
        const double reset = logistic(at(p, 1) + at(q, 1));
        const double state = static_cast<double>(h.data()[n * units + i]);
        expected.push_back(update * state + (1 - update) * std::tanh(at(p, 2) + reset * at(q, 2)));
      }
    }
    Tape<T> tape;
    const auto y = fused_gru(tape.constant(p), tape.constant(q), tape.constant(h));
    BOOST_TEST(y.shape() == h.view().shape());
    check_close(y.value(), expected);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_blocks) {
  for (const std::size_t units : {1U, 2U, 70U}) {
    check_gradient(fused_gru,
                   {random_tensor<double>({3, 3 * units}, 1),
                    random_tensor<double>({3, 3 * units}, 2),
                    random_tensor<double>({3, units}, 3)});
  }
}

BOOST_AUTO_TEST_CASE(some_columns_of_a_variable) {
  check_gradient(
      [](const V& x, const V& y) {
        return fuse([](auto a, auto b) { return a * exp(b); }, Columns(x, 1, 2), y);
      },
      {random_tensor<double>({3, 4}, 1), random_tensor<double>({3, 2}, 2)});
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_several_inputs) {
  check_gradient(
      [](const V& x) {
        return fuse([](auto a, auto b, auto c, auto d) { return a * b + sin(c) / (2 + square(d)); },
                    parts<2>(x),
                    parts<2>(x));
      },
      {random_tensor<double>({3, 4}, 1)});
  check_gradient([](const V& x) { return fuse([](auto a, auto b) { return a * b * a; }, x, x); },
                 {random_tensor<double>({5}, 1)});
}

BOOST_AUTO_TEST_CASE(inputs_that_the_lambda_does_not_use) {
  check_gradient(
      [](const V& x, const V& y) {
        return fuse([](auto a, auto, auto c) { return a - 2 * c; }, parts<2>(x), y);
      },
      {random_tensor<double>({3, 4}, 1), random_tensor<double>({3, 2}, 2)});
  check_gradient([](const V& x, const V& y) { return fuse([](auto a, auto) { return a; }, x, y); },
                 {random_tensor<double>({3, 4}, 1), random_tensor<double>({3, 4}, 2)});
}

BOOST_AUTO_TEST_CASE(gradients_are_added_to_those_of_other_ops) {
  check_gradient(
      [](const V& x) {
        const V y = fuse([](auto a) { return tanh(a); }, x);
        return y * x + fuse([](auto a, auto b) { return a * b; }, x, y);
      },
      {random_tensor<double>({3, 4}, 1)});
}

BOOST_AUTO_TEST_CASE(broadcast_as_the_ops_do) {
  const Shape whole{3, 4, 5};
  for (const Shape& other : {Shape{},
                             Shape{1},
                             Shape{5},
                             Shape{1, 5},
                             Shape{4, 5},
                             Shape{4, 1},
                             Shape{3, 4, 1},
                             Shape{3, 1, 5},
                             Shape{3, 1, 1}}) {
    const auto f = [](const V& x, const V& y) {
      return fuse([](auto a, auto b) { return a * tanh(b) - b; }, x, y);
    };
    check_gradient(f, {random_tensor<double>(whole, 1), random_tensor<double>(other, 2)});
    check_gradient(f, {random_tensor<double>(other, 2), random_tensor<double>(whole, 1)});
    Tape<double> tape;
    const auto x = tape.constant(random_tensor<double>(whole, 1));
    const auto y = tape.constant(random_tensor<double>(other, 2));
    check_close(f(x, y).value(), test::values((x * tanh(y) - y).value()));
  }
  check_gradient(
      [](const V& x, const V& y) { return fuse([](auto a, auto b) { return a * b; }, x, y); },
      {random_tensor<double>({3, 1}, 1), random_tensor<double>({4}, 2)});
}

// By the rows of a tile, and of several.
BOOST_AUTO_TEST_CASE(a_bias_of_many_rows) {
  check_gradient(
      [](const V& x, const V& b) {
        return fuse([](auto a, auto c) { return relu(a + c) + a * c; }, x, b);
      },
      {random_tensor<double>({90, 33}, 1), random_tensor<double>({33}, 2)},
      GradientCheckMode::direction);
}

BOOST_AUTO_TEST_CASE(every_function_of_one_variable) {
  const auto same = [](const auto& f) {
    const auto x = random_tensor<double>({3, 7}, 1);
    Tape<double> tape;
    const auto a = tape.variable(x);
    const auto b = tape.variable(x);
    const auto y = fuse(f, a);
    const auto expected = f(b);
    check_close(y.value(), test::values(expected.value()));
    tape.backward(sum(y * y));
    const auto gradient = test::values(a.grad());
    tape.backward(sum(expected * expected));
    check_close(TensorView<const double>(gradient.data(), x.view().shape()),
                test::values(b.grad()));
  };
  same([](const auto& x) { return exp(x); });
  same([](const auto& x) { return log(abs(x)); });
  same([](const auto& x) { return sqrt(square(x)); });
  same([](const auto& x) { return sin(x) + cos(x); });
  same([](const auto& x) { return sign(x) * x; });
  same([](const auto& x) { return hard_sigmoid(x); });
  same([](const auto& x) { return hard_sigmoid_keras2(x); });
  same([](const auto& x) { return relu(x, {.negative_slope = 0.1, .max_value = 0.5}); });
  same([](const auto& x) { return relu6(x); });
  same([](const auto& x) { return leaky_relu(x, 0.3); });
  same([](const auto& x) { return elu(x, 0.7); });
  same([](const auto& x) { return selu(x) + celu(x); });
  same([](const auto& x) { return gelu(x) + gelu(x, true); });
  same([](const auto& x) { return silu(x) * hard_silu(x); });
  same([](const auto& x) { return softplus(x) + log_sigmoid(x); });
  same([](const auto& x) { return hard_tanh(x) + tanh_shrink(x) + softsign(x); });
  same([](const auto& x) { return soft_shrink(x, 0.2) + hard_shrink(x, 0.2); });
  same([](const auto& x) { return threshold(x, 0.1, 0.3); });
  same([](const auto& x) { return sparse_plus(x) + sparse_sigmoid(x); });
  same([](const auto& x) { return squareplus(x) + mish(x); });
  same([](const auto& x) { return 1 - x / 3 + 2 / (x + 5) - (-x); });
}

BOOST_AUTO_TEST_CASE(functions_of_two_variables) {
  check_gradient(
      [](const V& x, const V& y) {
        return fuse(
            [](auto a, auto b) { return maximum(a, b) * minimum(a, 2 * b) + a / (b + 4); }, x, y);
      },
      {random_tensor<double>({3, 4}, 1), random_tensor<double>({3, 4}, 2)});
  check_gradient(
      [](const V& x, const V& y) {
        return fuse([](auto a, auto b) { return pow(a + 3, b); }, x, y);
      },
      {random_tensor<double>({3, 4}, 1), random_tensor<double>({3, 4}, 2)});
}

BOOST_AUTO_TEST_CASE(it_is_one_op_that_stores_its_result) {
  Tape<float> tape;
  const auto p = tape.variable(random_tensor<float>({32, 384}, 1));
  const auto h = tape.constant(random_tensor<float>({32, 128}, 2));
  const std::size_t nodes = tape.nodes().size();
  const std::size_t bytes = tape.values().bytes_in_use();
  static_cast<void>(fused_gru(p, p, h));
  BOOST_TEST(tape.nodes().size() == nodes + 1);
  BOOST_TEST(tape.values().bytes_in_use() - bytes < 32 * 128 * sizeof(float) + 1024);
}

BOOST_AUTO_TEST_CASE(nothing_to_compute) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>({0, 4}));
  const auto b = tape.variable(random_tensor<float>({4}, 2));
  const auto y = fuse([](auto a, auto c) { return a * c; }, x, b);
  BOOST_TEST(y.shape() == (Shape{0, 4}));
  tape.backward(sum(y));
  BOOST_TEST(test::values(b.grad()) == std::vector<float>(4, 0.0F),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_named) {
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({3, 4}));
  const auto y = tape.constant(Tensor<float>::zeros({3, 5}));
  const auto add = [](auto a, auto b) { return a + b; };
  RONDO_CHECK_THROWS(
      fuse(add, x, y),
      ShapeError,
      "[fuse] shapes cannot be broadcast together: those before (3, 4), the next input (3, 5)");
  RONDO_CHECK_THROWS(static_cast<void>(parts<3>(x)),
                     ArgumentError,
                     "[parts] the last axis of x (3, 4) cannot be cut into 3 equal parts");
  RONDO_CHECK_THROWS(static_cast<void>(Columns(x, 3, 2)),
                     ArgumentError,
                     "[Columns] 2 columns from 3 on are no part of x (3, 4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace fuse_test
