#include "rondo/tests/support/check.hpp"

namespace ops_reduce_gradient_test {

using namespace rondo;
using test::check_gradient;

namespace {

using V = Variable<double>;
using Op = V (*)(const V&, Axes, ReduceOptions);

const std::vector<Axes> subsets{{},
                                {0},
                                {1},
                                {2},
                                {3},
                                {0, 1},
                                {0, 2},
                                {0, 3},
                                {1, 2},
                                {1, 3},
                                {2, 3},
                                {0, 1, 2},
                                {0, 1, 3},
                                {0, 2, 3},
                                {1, 2, 3},
                                {0, 1, 2, 3}};

/// Distinct values in a scattered order: differences never change which is the largest.
Tensor<double> scattered(const Shape& shape) {
  Tensor<double> result(shape);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    result.data()[i] = 0.1 * static_cast<double>(i * 7 % shape.size()) - 1.0;
  }
  return result;
}

void check_all_axes(Op op) {
  for (const Axes& axes : subsets) {
    for (const bool keep_dims : {false, true}) {
      check_gradient([&](const V& x) { return op(x, axes, {.keep_dims = keep_dims}); },
                     {scattered({2, 3, 2, 2})});
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_reduce_gradient)

BOOST_AUTO_TEST_CASE(sum_over_every_subset_of_the_axes) {
  check_all_axes([](const V& x, Axes axes, ReduceOptions o) { return sum(x, axes, o); });
}

BOOST_AUTO_TEST_CASE(mean_over_every_subset_of_the_axes) {
  check_all_axes([](const V& x, Axes axes, ReduceOptions o) { return mean(x, axes, o); });
}

BOOST_AUTO_TEST_CASE(max_over_every_subset_of_the_axes) {
  check_all_axes([](const V& x, Axes axes, ReduceOptions o) { return max(x, axes, o); });
}

BOOST_AUTO_TEST_CASE(min_over_every_subset_of_the_axes) {
  check_all_axes([](const V& x, Axes axes, ReduceOptions o) { return min(x, axes, o); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_reduce_gradient_test
