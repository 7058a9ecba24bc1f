#include <stdexcept>
#include <type_traits>

#include "rondo/tests/support/check.hpp"

namespace error_test {

using namespace rondo;

BOOST_AUTO_TEST_SUITE(core_error)

BOOST_AUTO_TEST_CASE(a_shape_error_names_the_op_the_problem_and_every_shape) {
  const Shape a{32, 64};
  const Shape b{63, 128};
  RONDO_CHECK_THROWS(throw_shape_error("matmul", "inner dimensions differ", {{"a", a}, {"b", b}}),
                     ShapeError,
                     "[matmul] inner dimensions differ: a (32, 64), b (63, 128)");
}

BOOST_AUTO_TEST_CASE(a_shape_error_without_shapes_ends_after_the_problem) {
  RONDO_CHECK_THROWS(throw_shape_error("op", "nothing fits"), ShapeError, "[op] nothing fits");
}

BOOST_AUTO_TEST_CASE(the_other_errors_have_the_same_form) {
  RONDO_CHECK_THROWS(
      throw_argument_error("clip", "low is NaN"), ArgumentError, "[clip] low is NaN");
  RONDO_CHECK_THROWS(throw_state_error("GRU", "not built"), StateError, "[GRU] not built");
  RONDO_CHECK_THROWS(throw_format_error("csv", "no header"), FormatError, "[csv] no header");
}

BOOST_AUTO_TEST_CASE(text_with_braces_is_not_taken_for_a_format) {
  RONDO_CHECK_THROWS(throw_argument_error("json", "found {}"), ArgumentError, "[json] found {}");
}

BOOST_AUTO_TEST_CASE(an_error_is_one_line_that_a_terminal_can_show) {
  RONDO_CHECK_THROWS(throw_format_error("csv", "column '\033[2J\na\u009b\x7f\xf6ü'"),
                     FormatError,
                     "[csv] column '\\x1b[2J\\na\\u009b\\x7f\\xf6ü'");
  std::string large(5'000'000, 'x');
  large += " end";
  BOOST_CHECK_EXCEPTION(throw_argument_error("csv", large), ArgumentError, [](const Error& error) {
    const std::string_view text = error.what();
    return text.size() < 2100 && text.starts_with("[csv] xx") && text.ends_with("xx end");
  });
}

BOOST_AUTO_TEST_CASE(every_error_is_a_rondo_error_and_a_runtime_error) {
  static_assert(std::is_base_of_v<std::runtime_error, Error>);
  static_assert(std::is_base_of_v<Error, ShapeError>);
  static_assert(std::is_base_of_v<Error, ArgumentError>);
  static_assert(std::is_base_of_v<Error, StateError>);
  static_assert(std::is_base_of_v<Error, FormatError>);
  BOOST_CHECK_THROW(throw_state_error("op", "problem"), Error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace error_test
