#include "rondo/apps/aligned_numbers.hpp"

#include "rondo/tests/support/check.hpp"

namespace aligned_numbers_test {

using rondo::apps::aligned_numbers;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(apps_aligned_numbers)

// As R writes them: format(x, digits = 4), but for zeros at the end.
BOOST_AUTO_TEST_CASE(all_have_the_decimals_of_the_smallest) {
  BOOST_TEST((aligned_numbers({{29.02, 40.67, 131.5}}) == Texts{"29.02", "40.67", "131.50"}));
  BOOST_TEST((aligned_numbers({{0.7916, 2.0421}}) == Texts{"0.7916", "2.0421"}));
  BOOST_TEST((aligned_numbers({{12345.6, 99999.7}}) == Texts{"12346", "100000"}));
  BOOST_TEST((aligned_numbers({{999.96, 999.94}}) == Texts{"1000.0", "999.9"}));
}

BOOST_AUTO_TEST_CASE(small_and_large_numbers_are_scientific) {
  BOOST_TEST((aligned_numbers({{2.367e-5, 6.712e-6}}) == Texts{"2.367e-05", "6.712e-06"}));
  BOOST_TEST((aligned_numbers({{7.9159e30, 2.0421e31}}) == Texts{"7.916e+30", "2.042e+31"}));
}

BOOST_AUTO_TEST_CASE(no_error_at_all) {
  BOOST_TEST((aligned_numbers({{0.0, 1.5}}) == Texts{"0.000", "1.500"}));
  BOOST_TEST((aligned_numbers({{0.0}}) == Texts{"0"}));
  BOOST_TEST(aligned_numbers({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace aligned_numbers_test
