#include "rondo/core/printable.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

namespace printable_test {

using rondo::in_quotes;
using rondo::listed;
using rondo::printable;
using rondo::shortened;

BOOST_AUTO_TEST_SUITE(printable_text)

BOOST_AUTO_TEST_CASE(shows_what_a_terminal_would_obey) {
  BOOST_TEST(printable("Zürich €5 😀") == "Zürich €5 😀");
  BOOST_TEST(printable({"a\0\a\t\r\n\x1b\x7f", 8}) == R"(a\x00\x07\t\r\n\x1b\x7f)");
  BOOST_TEST(printable("\xc2\x80\xc2\x9f\xc2\xa0") == "\\u0080\\u009f\xc2\xa0");
  BOOST_TEST(printable("\u202e\u2066\u2027") == "\\u202e\\u2066\u2027");
  BOOST_TEST(printable("H\xf6he\xe2\x82") == R"(H\xf6he\xe2\x82)");
  BOOST_TEST(printable("a\nb\x1b", true) == "a\nb\\x1b");
}

BOOST_AUTO_TEST_CASE(is_cut_between_characters) {
  BOOST_TEST(shortened("short\n", 10) == "short\\n");
  BOOST_TEST(shortened("0123456789abcdef", 9) == "012345 … def");
  BOOST_TEST(shortened("01234ü6789abcdüf", 9) == "01234 … üf");
  const std::string long_name(119, 'x');
  BOOST_TEST(in_quotes(long_name + 'y') == '\'' + long_name + "y'");
  BOOST_TEST(in_quotes(long_name + "üü") == '\'' + long_name + "'…");
}

BOOST_AUTO_TEST_CASE(lists_no_more_names_than_wanted) {
  BOOST_TEST(listed({}, 3) == "nothing");
  BOOST_TEST(listed(std::vector<std::string>{"a", "b\n"}, 2) == R"('a', 'b\n')");
  BOOST_TEST(listed(std::vector<std::string>{"a", "b", "c"}, 2) == "'a', 'b', … (3 in all)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace printable_test
