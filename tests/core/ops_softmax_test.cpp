#include <cmath>

#include "rondo/tests/support/check.hpp"

namespace ops_softmax_test {

using namespace rondo;
using test::check_close;
using test::check_gradient;
using test::random_tensor;
using test::RealTypes;

namespace {

using V = Variable<double>;

/// Applies a function of a line to every line of x along an axis.
template <Real T, class F>
std::vector<double> along_axis(TensorView<const T> x, std::size_t axis, F f) {
  const Shape& shape = x.shape();
  const std::size_t inner = shape.product(axis + 1, shape.rank());
  std::vector<double> result(x.size());
  for (std::size_t start = 0; start < x.size(); ++start) {
    if (start / inner % shape[axis] != 0) {
      continue;
    }
    std::vector<double> line;
    for (std::size_t i = 0; i < shape[axis]; ++i) {
      line.push_back(static_cast<double>(x[start + i * inner]));
    }
    line = f(line);
    for (std::size_t i = 0; i < line.size(); ++i) {
      result[start + i * inner] = line[i];
    }
  }
  return result;
}

std::vector<double> softmax_of(std::vector<double> line) {
  double total = 0.0;
  for (double& value : line) {
    total += value = std::exp(value);
  }
  for (double& value : line) {
    value /= total;
  }
  return line;
}

std::vector<double> log_softmax_of(std::vector<double> line) {
  line = softmax_of(line);
  std::ranges::transform(line, line.begin(), [](double p) { return std::log(p); });
  return line;
}

/// By sorting, as in the paper.
std::vector<double> sparsemax_of(std::vector<double> line) {
  std::vector<double> sorted = line;
  std::ranges::sort(sorted, std::greater<double>());
  double total = 0.0;
  double tau = 0.0;
  for (std::size_t k = 1; k <= sorted.size(); ++k) {
    total += sorted[k - 1];
    const double candidate = (total - 1.0) / static_cast<double>(k);
    tau = sorted[k - 1] > candidate ? candidate : tau;
  }
  std::ranges::transform(line, line.begin(), [=](double z) { return std::max(z - tau, 0.0); });
  return line;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_softmax)

BOOST_AUTO_TEST_CASE_TEMPLATE(each_function_works_along_each_axis, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 3, 4}, 1, -2.0, 2.0));
  for (const int axis : {0, 1, 2}) {
    const auto k = static_cast<std::size_t>(axis);
    check_close(softmax(x, axis), along_axis(x.value(), k, softmax_of));
    check_close(log_softmax(x, axis), along_axis(x.value(), k, log_softmax_of));
    check_close(sparsemax(x, axis), along_axis(x.value(), k, sparsemax_of));
    check_close(softmax(x, axis - 3), along_axis(x.value(), k, softmax_of));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_last_axis_is_the_default, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2, 2}, {0, 0, 1, 2}));
  const double e = std::exp(1.0);
  check_close(softmax(x), {0.5, 0.5, 1 / (1 + e), e / (1 + e)});
  check_close(log_softmax(x),
              {-std::log(2.0), -std::log(2.0), -std::log(1 + e), 1 - std::log(1 + e)});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(large_logits_stay_finite, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2, 2}, {1000, -1000, 1000, 1000}));
  check_close(softmax(x), {1, 0, 0.5, 0.5});
  check_close(log_softmax(x), {0, -2000, -std::log(2.0), -std::log(2.0)});
  check_close(sparsemax(x), {1, 0, 0.5, 0.5});
  tape.backward(sum(log_softmax(x) * tape.constant(Tensor<T>::from_values({2}, {1, 0}))));
  check_close(x.grad(), {0, 0, 0.5, -0.5});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparsemax_projects_on_the_simplex, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(
      Tensor<T>::from_values({4, 3}, {0.5, 1, -1, 3, 0, 0, 2, 2, 2, 0.1F, 0.3F, 0.2F}));
  check_close(sparsemax(x),
              {0.25, 0.75, 0, 1, 0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0.7 / 3, 1.3 / 3, 1.0 / 3},
              1e-7);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sparsemax_passes_no_gradient_to_what_it_set_to_zero, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({3}, {0.5, 1, -1}));
  tape.backward(sum(sparsemax(x) * tape.constant(Tensor<T>::from_values({3}, {1, 3, 100}))));
  check_close(x.grad(), {-1, 1, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_single_class_has_all_the_probability, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2, 1}, {5, -5}));
  check_close(softmax(x), {1, 1});
  check_close(log_softmax(x), {0, 0});
  check_close(sparsemax(x), {1, 1});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tensors_without_elements_are_legal, T, RealTypes) {
  Tape<T> tape;
  for (const Shape& shape : {Shape{0, 3}, Shape{3, 0}}) {
    const auto x = tape.variable(Tensor<T>::zeros(shape));
    for (const auto& y : {softmax(x), log_softmax(x), sparsemax(x)}) {
      BOOST_TEST(y.shape() == shape);
      tape.backward(sum(y));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(glu_gates_the_first_half_with_the_second, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2, 4}, {1, 2, 0, 1, 3, 4, -1, 0}));
  const double gate = 1.0 / (1.0 + std::exp(-1.0));
  check_close(glu(x), {0.5, 2 * gate, 3 * (1 - gate), 2});
  const auto rows = glu(x, 0);
  BOOST_TEST(rows.shape() == (Shape{1, 4}));
  check_close(rows, {1 / (1 + std::exp(-3.0)), 2 / (1 + std::exp(-4.0)), 0, 0.5});
}

BOOST_AUTO_TEST_CASE(glu_refuses_an_odd_axis) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  RONDO_CHECK_THROWS(glu(x), ShapeError, "[glu] the axis must have an even size: x (2, 3)");
  BOOST_CHECK_NO_THROW(glu(x, 0));
}

BOOST_AUTO_TEST_CASE(an_axis_out_of_range_is_refused) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  const std::string text = " axis 2 lies outside [-2, 2)";
  RONDO_CHECK_THROWS(softmax(x, 2), ArgumentError, "[softmax]" + text);
  RONDO_CHECK_THROWS(log_softmax(x, 2), ArgumentError, "[log_softmax]" + text);
  RONDO_CHECK_THROWS(sparsemax(x, 2), ArgumentError, "[sparsemax]" + text);
  RONDO_CHECK_THROWS(glu(x, 2), ArgumentError, "[glu]" + text);
}

BOOST_AUTO_TEST_CASE(gradients_along_every_axis) {
  const auto x = random_tensor<double>({2, 4, 2}, 2, -2.0, 2.0);
  for (const int axis : {0, 1, 2}) {
    check_gradient([=](const V& v) { return softmax(v, axis); }, {x});
    check_gradient([=](const V& v) { return log_softmax(v, axis); }, {x});
    check_gradient([=](const V& v) { return sparsemax(v, axis); }, {x});
    check_gradient([=](const V& v) { return glu(v, axis); }, {x});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_softmax_test
