#include <numeric>

#include "rondo/tests/support/check.hpp"

namespace ops_shape_gradient_test {

using namespace rondo;
using test::check_gradient;
using test::random_tensor;

namespace {

using V = Variable<double>;

const auto x = [] { return random_tensor<double>({2, 3, 4}, 1); };

}  // namespace

BOOST_AUTO_TEST_SUITE(core_ops_shape_gradient)

BOOST_AUTO_TEST_CASE(reshapes) {
  check_gradient([](const V& v) { return reshape(v, {4, 6}); }, {x()});
  check_gradient([](const V& v) { return reshape(v, {24}); }, {x()});
}

BOOST_AUTO_TEST_CASE(transpositions_to_every_order_of_three_axes) {
  std::vector<int> order{0, 1, 2};
  do {
    check_gradient([&](const V& v) { return transpose(v, {order[0], order[1], order[2]}); }, {x()});
  } while (std::ranges::next_permutation(order).found);
}

BOOST_AUTO_TEST_CASE(transpositions_of_other_ranks) {
  check_gradient([](const V& v) { return transpose(v); }, {random_tensor<double>({3, 2}, 2)});
  check_gradient(
      [](const V& v) {
        return transpose(v, {2, 0, 3, 1});
      },
      {random_tensor<double>({2, 3, 2, 2}, 2)});
}

BOOST_AUTO_TEST_CASE(slices_of_every_axis) {
  for (const int axis : {0, 1, 2}) {
    check_gradient([=](const V& v) { return slice(v, axis, 1, 2); }, {x()});
    check_gradient([=](const V& v) { return slice(v, axis, 0, 2); }, {x()});
    check_gradient([=](const V& v) { return select(v, axis, 1); }, {x()});
  }
}

BOOST_AUTO_TEST_CASE(parts_of_a_split) {
  check_gradient(
      [](const V& v) {
        const auto parts = split(v, 2);
        return parts[0] * exp(parts[1]);
      },
      {x()});
}

BOOST_AUTO_TEST_CASE(joins_along_every_axis) {
  for (const int axis : {0, 1, 2}) {
    check_gradient(
        [=](const V& a, const V& b) {
          return concat({a, b, a}, axis);
        },
        {x(),
         random_tensor<double>(Shape{2, 3, 4}.with_dim(static_cast<std::size_t>(axis), 1), 2)});
  }
  for (const int axis : {0, 1, 2, 3}) {
    check_gradient(
        [=](const V& a, const V& b) {
          return stack({a, b, a}, axis);
        },
        {x(), random_tensor<double>({2, 3, 4}, 2)});
  }
}

BOOST_AUTO_TEST_CASE(rows_of_a_table) {
  const auto indices = Tensor<double>::from_values({2, 3}, {4, 0, 4, 1, 4, 3});
  check_gradient([&](const V& table) { return gather(table, indices); },
                 {random_tensor<double>({5, 3}, 2)});
  check_gradient([&](const V& table) { return gather(table, indices); },
                 {random_tensor<double>({5, 2, 2}, 2)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ops_shape_gradient_test
