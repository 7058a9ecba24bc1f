#include "rondo/core/detail/utf8.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace utf8_test {

using rondo::find_invalid_utf8;
using rondo::utf8_length;

BOOST_AUTO_TEST_SUITE(core_utf8)

BOOST_AUTO_TEST_CASE(characters_have_one_to_four_bytes) {
  BOOST_TEST(utf8_length("a") == 1U);
  BOOST_TEST(utf8_length("é") == 2U);
  BOOST_TEST(utf8_length("€b") == 3U);
  BOOST_TEST(utf8_length("\xF0\x9F\x98\x80") == 4U);
  BOOST_TEST(utf8_length("") == 0U);
  BOOST_TEST(!find_invalid_utf8("aé€\xF0\x9F\x98\x80\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"));
}

BOOST_AUTO_TEST_CASE(the_first_wrong_byte_is_found) {
  for (const std::string wrong : {"\x80",
                                  "\xC0\x80",  // overlong
                                  "\xC1\xBF",
                                  "\xE0\x9F\xBF",
                                  "\xF0\x8F\xBF\xBF",
                                  "\xED\xA0\x80",      // surrogate
                                  "\xF4\x90\x80\x80",  // above U+10FFFF
                                  "\xF5\x80\x80\x80",
                                  "\xC3",  // cut off
                                  "\xE2\x82",
                                  "\xC3(",
                                  "\xE2\x82("}) {
    BOOST_TEST((find_invalid_utf8("é" + wrong) == std::size_t{2}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace utf8_test
