#include <array>

#include "rondo/tests/support/check.hpp"

namespace shape_test {

using namespace rondo;

namespace {

constexpr std::size_t huge = std::size_t{1} << 32;

}  // namespace

BOOST_AUTO_TEST_SUITE(core_shape)

BOOST_AUTO_TEST_CASE(a_scalar_has_no_axes_and_one_element) {
  const Shape shape;
  BOOST_TEST(shape.rank() == 0U);
  BOOST_TEST(shape.size() == 1U);
  BOOST_TEST((shape.begin() == shape.end()));
}

BOOST_AUTO_TEST_CASE(axes_are_kept_in_order) {
  const Shape shape{2, 3, 5, 7};
  const std::array<std::size_t, 4> dims{2, 3, 5, 7};
  BOOST_TEST(std::span(shape.begin(), shape.end()) == dims, boost::test_tools::per_element());
  BOOST_TEST(shape[2] == 5U);
  BOOST_TEST(shape.back() == 7U);
  BOOST_TEST(shape.size() == 210U);
}

BOOST_AUTO_TEST_CASE(a_span_of_sizes_makes_the_same_shape) {
  const std::array<std::size_t, 2> dims{4, 5};
  BOOST_TEST(Shape(std::span<const std::size_t>(dims)) == (Shape{4, 5}));
}

BOOST_AUTO_TEST_CASE(an_axis_of_size_zero_leaves_no_elements) {
  BOOST_TEST((Shape{3, 0, 5}).size() == 0U);
}

BOOST_AUTO_TEST_CASE(shapes_are_equal_only_with_the_same_axes) {
  BOOST_TEST((Shape{2, 3}) == (Shape{2, 3}));
  BOOST_TEST((Shape{2, 3}) != (Shape{3, 2}));
  BOOST_TEST((Shape{2, 3}) != (Shape{2, 3, 1}));
  BOOST_TEST(Shape{} != Shape{1});
}

BOOST_AUTO_TEST_CASE(a_fifth_axis_is_refused) {
  RONDO_CHECK_THROWS(Shape({1, 2, 3, 4, 5}),
                     ShapeError,
                     "[shape] at most 4 axes are supported: shape so far (1, 2, 3, 4)");
}

BOOST_AUTO_TEST_CASE(a_number_of_elements_beyond_64_bits_is_refused) {
  RONDO_CHECK_THROWS(Shape({huge, huge}),
                     ArgumentError,
                     "[shape] (4294967296) times 4294967296 elements overflow 64 bits");
}

BOOST_AUTO_TEST_CASE(a_refused_axis_leaves_the_shape_as_it_was) {
  Shape shape{huge};
  BOOST_CHECK_THROW(shape.append(huge), ArgumentError);
  BOOST_TEST(shape == Shape{huge});
  BOOST_TEST(shape.size() == huge);
}

BOOST_AUTO_TEST_CASE(a_product_covers_a_half_open_range_of_axes) {
  const Shape shape{2, 3, 5, 7};
  BOOST_TEST(shape.product(0, 4) == 210U);
  BOOST_TEST(shape.product(1, 3) == 15U);
  BOOST_TEST(shape.product(2, 2) == 1U);
}

BOOST_AUTO_TEST_CASE(with_dim_replaces_one_axis) {
  BOOST_TEST((Shape{2, 3, 4}).with_dim(0, 9) == (Shape{9, 3, 4}));
  BOOST_TEST((Shape{2, 3, 4}).with_dim(2, 0) == (Shape{2, 3, 0}));
}

BOOST_AUTO_TEST_CASE(insert_adds_an_axis_before_the_given_one) {
  BOOST_TEST((Shape{2, 3}).insert(0, 9) == (Shape{9, 2, 3}));
  BOOST_TEST((Shape{2, 3}).insert(1, 9) == (Shape{2, 9, 3}));
  BOOST_TEST((Shape{2, 3}).insert(2, 9) == (Shape{2, 3, 9}));
}

BOOST_AUTO_TEST_CASE(erase_drops_an_axis) {
  BOOST_TEST((Shape{2, 3, 4}).erase(1) == (Shape{2, 4}));
  BOOST_TEST(Shape{5}.erase(0) == Shape{});
}

BOOST_AUTO_TEST_CASE(a_shape_is_written_as_a_tuple) {
  BOOST_TEST(to_string(Shape{}) == "()");
  BOOST_TEST(to_string(Shape{7}) == "(7)");
  BOOST_TEST(to_string(Shape{32, 64}) == "(32, 64)");
}

BOOST_AUTO_TEST_CASE(a_negative_axis_counts_from_the_end) {
  BOOST_TEST(resolve_axis("sum", 0, 3) == 0U);
  BOOST_TEST(resolve_axis("sum", 2, 3) == 2U);
  BOOST_TEST(resolve_axis("sum", -1, 3) == 2U);
  BOOST_TEST(resolve_axis("sum", -3, 3) == 0U);
}

BOOST_AUTO_TEST_CASE(an_axis_out_of_range_is_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(resolve_axis("sum", 2, 2)),
                     ArgumentError,
                     "[sum] axis 2 lies outside [-2, 2)");
  RONDO_CHECK_THROWS(static_cast<void>(resolve_axis("sum", -3, 2)),
                     ArgumentError,
                     "[sum] axis -3 lies outside [-2, 2)");
  RONDO_CHECK_THROWS(static_cast<void>(resolve_axis("softmax", 0, 0)),
                     ArgumentError,
                     "[softmax] axis 0 lies outside [0, 0)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace shape_test
