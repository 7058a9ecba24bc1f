#include "rondo/core/detail/nearest_name.hpp"

#include "rondo/tests/support/check.hpp"

namespace nearest_name_test {

using rondo::did_you_mean;
using rondo::nearest_name;

namespace {

const std::vector<std::string> known{"csv", "epochs", "units", "window", "learning_rate"};

}  // namespace

BOOST_AUTO_TEST_SUITE(core_nearest_name)

BOOST_AUTO_TEST_CASE(typos_are_near) {
  BOOST_TEST(nearest_name("epoch", known) == "epochs");
  BOOST_TEST(nearest_name("epohcs", known) == "epochs");  // swapped
  BOOST_TEST(nearest_name("unit", known) == "units");
  BOOST_TEST(nearest_name("widow", known) == "window");
  BOOST_TEST(nearest_name("lerning_rat", known) == "learning_rate");
  BOOST_TEST(nearest_name("cvs", known) == "csv");
}

BOOST_AUTO_TEST_CASE(other_words_are_not) {
  for (const char* const name : {"", "x", "colour", "text", "rate"}) {
    BOOST_TEST(nearest_name(name, known) == "");
  }
  BOOST_TEST(nearest_name("epochs", {}) == "");
  BOOST_TEST(nearest_name(std::string(1'000'000, 'x'), known) == "");
}

BOOST_AUTO_TEST_CASE(of_several_the_nearest_then_the_first) {
  const std::vector<std::string> names{"horizon", "horizons", "horizont"};
  BOOST_TEST(nearest_name("horizonts", names) == "horizons");
  BOOST_TEST(nearest_name("horizont", names) == "horizont");
}

BOOST_AUTO_TEST_CASE(a_question) {
  BOOST_TEST(did_you_mean("epoch", known) == " (did you mean 'epochs'?)");
  BOOST_TEST(did_you_mean("colour", known) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nearest_name_test
