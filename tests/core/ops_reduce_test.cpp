#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"

namespace ops_reduce_test {

using namespace rondo;
using test::check_close;
using test::random_tensor;
using test::RealTypes;

namespace {

const Shape shape{2, 3, 2, 4};

Axes axes_of(unsigned mask) {
  std::vector<int> axes;
  for (int axis = 0; axis < 4; ++axis) {
    if ((mask >> axis & 1U) != 0) {
      axes.push_back(axis % 2 == 0 ? axis : axis - 4);  // from either end
    }
  }
  switch (axes.size()) {
    case 1:
      return {axes[0]};
    case 2:
      return {axes[0], axes[1]};
    case 3:
      return {axes[0], axes[1], axes[2]};
    case 4:
      return {axes[0], axes[1], axes[2], axes[3]};
    default:
      return {};
  }
}

Shape reduced_shape(unsigned mask, bool keep_dims) {
  Shape result;
  for (unsigned axis = 0; axis < 4; ++axis) {
    const bool reduced = (mask >> axis & 1U) != 0;
    if (!reduced || keep_dims) {
      result.append(reduced ? 1 : shape[axis]);
    }
  }
  return result;
}

/// The elements that fall together when the axes of the mask are reduced, by their indices.
template <Real T>
std::vector<std::vector<double>> groups(TensorView<const T> x, unsigned mask) {
  std::vector<std::vector<double>> result(reduced_shape(mask, false).size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::size_t group = 0;
    for (unsigned axis = 0; axis < 4; ++axis) {
      const std::size_t index = i / shape.product(axis + 1, 4) % shape[axis];
      group = (mask >> axis & 1U) != 0 ? group : group * shape[axis] + index;
    }
    result[group].push_back(static_cast<double>(x[i]));
  }
  return result;
}

/// Reduces over every subset of the axes, with and without kept dimensions.
template <Real T, class Op>
void check_all_axes(Op op, double (*reference)(const std::vector<double>&)) {
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>(shape, 1));
  for (unsigned mask = 0; mask < 16; ++mask) {
    const unsigned reduced = mask == 0 ? 15 : mask;  // no axes mean all
    std::vector<double> expected;
    for (const auto& group : groups(x.value(), reduced)) {
      expected.push_back(reference(group));
    }
    for (const bool keep_dims : {false, true}) {
      BOOST_TEST_CONTEXT("axes " << mask << ", keep_dims " << keep_dims) {
        const Variable<T> y = op(x, axes_of(mask), ReduceOptions{.keep_dims = keep_dims});
        BOOST_TEST(y.shape() == reduced_shape(reduced, keep_dims));
        check_close(y, expected);
      }
    }
  }
}

double sum_of(const std::vector<double>& values) {
  double total = 0.0;
  for (const double value : values) {
    total += value;
  }
  return total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_reduce)

BOOST_AUTO_TEST_CASE_TEMPLATE(sum_over_every_subset_of_the_axes, T, RealTypes) {
  check_all_axes<T>([](const auto& x, Axes axes, ReduceOptions o) { return sum(x, axes, o); },
                    sum_of);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(mean_over_every_subset_of_the_axes, T, RealTypes) {
  check_all_axes<T>([](const auto& x, Axes axes, ReduceOptions o) { return mean(x, axes, o); },
                    [](const std::vector<double>& values) {
                      return sum_of(values) / static_cast<double>(values.size());
                    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(max_over_every_subset_of_the_axes, T, RealTypes) {
  check_all_axes<T>([](const auto& x, Axes axes, ReduceOptions o) { return max(x, axes, o); },
                    [](const std::vector<double>& values) { return std::ranges::max(values); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(min_over_every_subset_of_the_axes, T, RealTypes) {
  check_all_axes<T>([](const auto& x, Axes axes, ReduceOptions o) { return min(x, axes, o); },
                    [](const std::vector<double>& values) { return std::ranges::min(values); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reductions_of_a_scalar_are_the_scalar, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(T{3});
  for (const auto& y : {sum(x), mean(x), max(x), min(x)}) {
    BOOST_TEST(y.shape() == Shape{});
    BOOST_TEST(y.item() == T{3});
    tape.backward(y);
    check_close(x.grad(), {1});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sum_over_nothing_is_zero, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::zeros({0, 3}));
  const auto y = sum(x, {0});
  BOOST_TEST(y.shape() == Shape{3});
  check_close(y, {0, 0, 0});
  BOOST_TEST(sum(x).item() == T{0});
  BOOST_TEST(sum(x, {1}).shape() == Shape{0});
  tape.backward(sum(x));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(equal_extrema_share_the_gradient, T, RealTypes) {
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::from_values({2, 4}, {1, 3, 3, 2, 0, 0, 0, 5}));
  tape.backward(sum(max(x, {1})));
  check_close(x.grad(), {0, 0.5, 0.5, 0, 0, 0, 0, 1});
  tape.backward(sum(min(x, {1})));
  check_close(x.grad(), {1, 0, 0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(extrema_of_what_contains_nan_are_nan, T, RealTypes) {
  Tape<T> tape;
  const T quiet_nan = std::numeric_limits<T>::quiet_NaN();
  const auto x = tape.constant(Tensor<T>::from_values({2, 2}, {quiet_nan, 1, 2, 3}));
  check_close(max(x, {1}), {quiet_nan, 3});
  check_close(min(x, {1}), {quiet_nan, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(extrema_may_be_infinite, T, RealTypes) {
  Tape<T> tape;
  const T inf = std::numeric_limits<T>::infinity();
  const auto x = tape.variable(Tensor<T>::from_values({2}, {-inf, -inf}));
  BOOST_TEST(max(x).item() == -inf);
  tape.backward(max(x));
  check_close(x.grad(), {0.5, 0.5});
}

BOOST_AUTO_TEST_CASE(one_axis_needs_no_braces) {
  Tape<double> tape;
  const auto x = tape.constant(Tensor<double>::from_values({2, 2}, {1, 2, 3, 4}));
  check_close(sum(x, 1), {3, 7});
  check_close(max(x, 0), {3, 4});
  check_close(mean(x, -1, {.keep_dims = true}), {1.5, 3.5});
}

BOOST_AUTO_TEST_CASE(an_axis_out_of_range_is_refused_with_the_name_of_the_op) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  const std::string text = " axis 2 lies outside [-2, 2)";
  RONDO_CHECK_THROWS(sum(x, {2}), ArgumentError, "[sum]" + text);
  RONDO_CHECK_THROWS(mean(x, {2}), ArgumentError, "[mean]" + text);
  RONDO_CHECK_THROWS(max(x, {2}), ArgumentError, "[max]" + text);
  RONDO_CHECK_THROWS(min(x, {2}), ArgumentError, "[min]" + text);
}

BOOST_AUTO_TEST_CASE(an_axis_named_twice_is_refused) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({2, 3}));
  RONDO_CHECK_THROWS(sum(x, {1, -1}), ArgumentError, "[sum] axis -1 is named twice");
  RONDO_CHECK_THROWS(mean(x, {0, 0}), ArgumentError, "[mean] axis 0 is named twice");
}

BOOST_AUTO_TEST_CASE(more_than_four_axes_are_refused) {
  RONDO_CHECK_THROWS(Axes({0, 1, 2, 3, 4}), ArgumentError, "[axes] at most 4 are possible, got 5");
}

BOOST_AUTO_TEST_CASE(an_average_or_extremum_of_nothing_is_refused) {
  Tape<float> tape;
  const auto x = tape.variable(Tensor<float>::zeros({0, 3}));
  RONDO_CHECK_THROWS(mean(x), ArgumentError, "[mean] x (0, 3) has no elements");
  RONDO_CHECK_THROWS(max(x), ArgumentError, "[max] x (0, 3) has no elements");
  RONDO_CHECK_THROWS(min(x), ArgumentError, "[min] x (0, 3) has no elements");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_reduce_test
