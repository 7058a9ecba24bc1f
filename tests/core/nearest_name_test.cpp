#include "rondo/core/detail/nearest_name.hpp"

#include <array>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/tests/support/check.hpp"

namespace nearest_name_test {

using rondo::did_you_mean;
using rondo::find_named;
using rondo::get_named;
using rondo::Named;
using rondo::nearest_name;
using rondo::unknown_name;

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
  BOOST_TEST(nearest_name("Epochs", known) == "epochs");  // in any case
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

BOOST_AUTO_TEST_CASE(an_unknown_name_is_answered_with_the_known_ones) {
  BOOST_TEST(unknown_name("key", "unit", known) ==
             "unknown key 'unit' (did you mean 'units'?), known are csv, epochs, units, window, "
             "learning_rate");
  BOOST_TEST(unknown_name("key", "a\n", std::vector<std::string>{}) ==
             "unknown key 'a\\n', known are none");
  BOOST_TEST(unknown_name("column", "cs", known, 2) ==
             "unknown column 'cs' (did you mean 'csv'?), known are 'csv', 'epochs', … (5 in all)");
}

BOOST_AUTO_TEST_CASE(a_row_answers_to_each_of_its_names) {
  constexpr std::array table{Named<int>{{"mse", "MeanSquaredError"}, 1}, Named<int>{{"mae"}, 2}};
  BOOST_TEST(get_named("loss", table, "MeanSquaredError").value == 1);
  BOOST_TEST(find_named(table, "mae")->value == 2);
  BOOST_TEST(find_named(table, "") == nullptr);
  RONDO_CHECK_THROWS(static_cast<void>(get_named("loss", table, "maes")),
                     rondo::ArgumentError,
                     "[loss] unknown name 'maes' (did you mean 'mae'?), known are mse, mae");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nearest_name_test
