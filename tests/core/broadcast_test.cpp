#include "rondo/core/detail/broadcast.hpp"

#include <utility>

#include "rondo/tests/support/check.hpp"

namespace broadcast_test {

using namespace rondo;

namespace {

const std::vector<Shape> shapes{{},
                                {1},
                                {3},
                                {0},
                                {1, 1},
                                {2, 3},
                                {2, 1},
                                {1, 3},
                                {1, 0},
                                {4, 2, 3},
                                {4, 1, 3},
                                {1, 2, 1},
                                {4, 2, 1},
                                {5, 4, 2, 3},
                                {1, 4, 1, 3},
                                {5, 1, 2, 1},
                                {5, 1, 1, 3},
                                {1, 1, 1, 1}};

bool fits(const Shape& a, const Shape& b) {
  for (std::size_t i = 1; i <= std::min(a.rank(), b.rank()); ++i) {
    const std::size_t dim_a = a[a.rank() - i];
    const std::size_t dim_b = b[b.rank() - i];
    if (dim_a != dim_b && dim_a != 1 && dim_b != 1) {
      return false;
    }
  }
  return true;
}

/// Where the element of a result is found in an operand, from its indices one by one.
std::size_t offset_of(std::size_t element, const Shape& result, const Shape& operand) {
  std::size_t offset = 0;
  std::size_t stride = 1;
  for (std::size_t i = 1; i <= operand.rank(); ++i) {
    const std::size_t inner = result.product(result.rank() - i + 1, result.rank());
    const std::size_t index = element / inner % result[result.rank() - i];
    offset += operand[operand.rank() - i] == 1 ? 0 : index * stride;
    stride *= operand[operand.rank() - i];
  }
  return offset;
}

void check_plan(const Shape& a, const Shape& b) {
  const Shape result = broadcast_shape("test", a, b);
  const BroadcastPlan plan(a, b, result);
  std::vector<int> visits(result.size(), 0);
  bool right = true;
  plan.for_each_row([&](std::size_t row_a, std::size_t row_b, std::size_t row) {
    for (std::size_t i = 0; i < plan.row_size(); ++i) {
      ++visits.at(row + i);
      right = right && row_a + i * plan.stride_a() == offset_of(row + i, result, a) &&
              row_b + i * plan.stride_b() == offset_of(row + i, result, b);
    }
  });
  BOOST_TEST(right, to_string(a) << " with " << to_string(b));
  BOOST_TEST(std::count(visits.begin(), visits.end(), 1) == std::ssize(visits));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_broadcast)

BOOST_AUTO_TEST_CASE(sizes_are_aligned_at_the_last_axis) {
  BOOST_TEST(broadcast_shape("add", {2, 3}, {3}) == (Shape{2, 3}));
  BOOST_TEST(broadcast_shape("add", {3}, {2, 3}) == (Shape{2, 3}));
  BOOST_TEST(broadcast_shape("add", {}, {2, 3}) == (Shape{2, 3}));
  BOOST_TEST(broadcast_shape("add", {2, 1}, {1, 3}) == (Shape{2, 3}));
  BOOST_TEST(broadcast_shape("add", {4, 1, 3}, {2, 1}) == (Shape{4, 2, 3}));
}

BOOST_AUTO_TEST_CASE(an_axis_of_size_one_becomes_empty_beside_an_empty_one) {
  BOOST_TEST(broadcast_shape("add", {2, 1}, {2, 0}) == (Shape{2, 0}));
  BOOST_TEST(broadcast_shape("add", {0}, {}) == Shape{0});
}

BOOST_AUTO_TEST_CASE(sizes_that_differ_are_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(broadcast_shape("add", {2, 3}, {4})),
                     ShapeError,
                     "[add] shapes cannot be broadcast together: a (2, 3), b (4)");
  RONDO_CHECK_THROWS(static_cast<void>(broadcast_shape("add", {3}, {0})),
                     ShapeError,
                     "[add] shapes cannot be broadcast together: a (3), b (0)");
}

BOOST_AUTO_TEST_CASE(a_plan_visits_every_element_with_its_operands) {
  int pairs = 0;
  for (const Shape& a : shapes) {
    for (const Shape& b : shapes) {
      if (fits(a, b)) {
        check_plan(a, b);
        ++pairs;
      }
    }
  }
  BOOST_TEST(pairs > 200);
}

BOOST_AUTO_TEST_CASE(equal_shapes_are_a_single_row) {
  const BroadcastPlan plan({2, 3, 4}, {2, 3, 4}, {2, 3, 4});
  BOOST_TEST(plan.row_size() == 24U);
  BOOST_TEST(plan.stride_a() == 1U);
  BOOST_TEST(plan.stride_b() == 1U);
}

BOOST_AUTO_TEST_CASE(a_scalar_operand_makes_a_single_row) {
  const BroadcastPlan plan({2, 3, 4}, {}, {2, 3, 4});
  BOOST_TEST(plan.row_size() == 24U);
  BOOST_TEST(plan.stride_b() == 0U);
}

BOOST_AUTO_TEST_CASE(a_bias_gives_one_row_for_all_leading_axes) {
  const BroadcastPlan plan({2, 3, 4}, {4}, {2, 3, 4});
  std::vector<std::pair<std::size_t, std::size_t>> rows;
  plan.for_each_row([&](std::size_t a, std::size_t b, std::size_t) { rows.emplace_back(a, b); });
  BOOST_TEST(plan.row_size() == 4U);
  BOOST_TEST(rows.size() == 6U);
  BOOST_TEST((rows.back() == std::pair<std::size_t, std::size_t>(20, 0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace broadcast_test
