#include "rondo/apps/row_order.hpp"

#include "rondo/tests/support/check.hpp"

namespace row_order_test {

using rondo::CsvTable;

namespace {

bool falls(std::vector<std::string> cells) {
  CsvTable table;
  table.add_column("when", std::move(cells));
  return rondo::apps::falling_column(table).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_row_order)

BOOST_AUTO_TEST_CASE(the_newest_first) {
  BOOST_TEST(falls({"2026-12-01", "2026-11-30", "2025-12-31"}));
  BOOST_TEST(falls({"2026/12/01 10:00", "2026/12/01 09:00", "2026/12/01 09:00"}));
  BOOST_TEST(falls({"100", "99", "9"}));
}

BOOST_AUTO_TEST_CASE(the_oldest_first_or_no_order) {
  BOOST_TEST(!falls({"2025-12-31", "2026-11-30", "2026-12-01"}));
  BOOST_TEST(!falls({"2026-12-01", "2026-11-30", "2026-12-02"}));
  BOOST_TEST(!falls({"7", "7", "7"}));
  BOOST_TEST(!falls({"9", "8"}));
  BOOST_TEST(!falls({"9.5", "8.1", "7.2"}));  // a measurement
  BOOST_TEST(!falls({"c", "b", "a"}));
}

BOOST_AUTO_TEST_CASE(the_column_is_named) {
  CsvTable table;
  table.add_column("place", {"a", "b", "c"});
  table.add_column("date", {"2026-12-03", "2026-12-02", "2026-12-01"});
  BOOST_TEST(rondo::apps::falling_column(table).value() == "date");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace row_order_test
