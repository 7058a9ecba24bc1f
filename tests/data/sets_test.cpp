#include <algorithm>

#include "rondo/data/table.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/tests/support/check.hpp"

namespace sets_test {

using namespace rondo;

// Tests run in the project's folder.
BOOST_AUTO_TEST_SUITE(data_sets)

BOOST_AUTO_TEST_CASE(the_sunspots_are_those_of_1749_to_1983) {
  const CsvTable table = read_csv("data/sets/sunspots.csv");
  const Tensor<double> values = table.column<double>("sunspots");
  BOOST_TEST(values.size() == 235U * 12U);
  BOOST_TEST(table.text("month").front() == "1749-01");
  BOOST_TEST(table.text("month").back() == "1983-12");
  BOOST_TEST(values.data()[0] == 58.0);
  BOOST_TEST(values.data()[1] == 62.6);
  BOOST_TEST(values.data()[2819] == 33.4);
  BOOST_TEST(*std::max_element(values.view().begin(), values.view().end()) == 253.8);
}

BOOST_AUTO_TEST_CASE(the_passengers_are_those_of_1949_to_1960) {
  const CsvTable table = read_csv("data/sets/airline_passengers.csv");
  const Tensor<double> values = table.column<double>("passengers");
  BOOST_TEST(values.size() == 144U);
  BOOST_TEST(table.text("month").front() == "1949-01");
  BOOST_TEST(table.text("month").back() == "1960-12");
  BOOST_TEST(values.data()[0] == 112.0);
  BOOST_TEST(values.data()[143] == 432.0);
}

BOOST_AUTO_TEST_CASE(the_air_of_beijing_is_that_of_2010_to_2014) {
  const Table table = read_table("data/sets/beijing_pm25.csv.gz");
  BOOST_TEST(table.num_rows() == 43824U);
  BOOST_TEST(table.column("pm2.5").count_missing() == 2067U);
  BOOST_TEST(table.column("cbwd").categories.size() == 4U);
  BOOST_TEST(table.numbers("TEMP").at(0) == -11.0);
  BOOST_TEST(table.numbers("Iws").at(43823) == 249.85);
}

BOOST_AUTO_TEST_CASE(the_words_are_600_of_each_language) {
  const CsvTable table = read_csv("data/sets/words.csv");
  const auto languages = table.text("language");
  for (const char* language : {"dutch", "english", "polish", "spanish"}) {
    BOOST_TEST(std::count(languages.begin(), languages.end(), language) == 600);
  }
  BOOST_TEST(table.num_rows() == 2400U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sets_test
