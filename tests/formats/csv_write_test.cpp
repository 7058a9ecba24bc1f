#include <fstream>
#include <iterator>

#include "rondo/formats/csv.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace csv_write_test {

using namespace rondo;
using test::RealTypes;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_csv_write)

BOOST_AUTO_TEST_CASE(a_table_is_written_as_it_is_documented) {
  const test::TempFolder folder;
  CsvTable table;
  table.add_column("epoch", {"1", "2"});
  table.add_column<double>("loss, mean", std::vector<double>{0.5, 0.1});
  write_csv(folder / "history.csv", table);
  BOOST_TEST(content(folder / "history.csv") == "epoch,\"loss, mean\"\n1,0.5\n2,0.1\n");
  write_csv(folder / "history.csv", table, {.delimiter = ';', .header = false});
  BOOST_TEST(content(folder / "history.csv") == "1;0.5\n2;0.1\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(numbers_survive_the_round_trip_exactly, T, RealTypes) {
  const test::TempFolder folder;
  const std::vector<T> values{T(0.1), T(1) / T(3), T(-1e30), T(1e-40), T(0)};
  CsvTable table;
  table.add_column<T>("x", values);
  write_csv(folder / "x.csv", table);
  const Tensor<T> read = read_csv(folder / "x.csv").column<T>("x");
  BOOST_TEST((test::values(read.view()) == values));
}

BOOST_AUTO_TEST_CASE(texts_survive_the_round_trip_exactly) {
  const test::TempFolder folder;
  const std::vector<std::string> texts{"a,b", "say \"hi\"", "two\r\nlines", " blanks ", "ü", ""};
  CsvTable table;
  table.add_column("only", texts);
  write_csv(folder / "x.csv", table);
  const CsvTable read = read_csv(folder / "x.csv");
  BOOST_TEST(read.text("only") == texts, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_is_replaced_and_nothing_is_left_beside_it) {
  const test::TempFolder folder;
  std::ofstream(folder / "x.csv") << "a long text that stood there before";
  CsvTable table;
  table.add_column("a", {"1"});
  write_csv(folder / "x.csv", table);
  BOOST_TEST(content(folder / "x.csv") == "a\n1\n");
  const std::filesystem::directory_iterator files(folder.path());
  BOOST_TEST(std::distance(begin(files), end(files)) == 1);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_refused_with_the_reason) {
  const test::TempFolder folder;
  CsvTable table;
  table.add_column("a", {"1"});
  const std::filesystem::path path = folder / "missing" / "x.csv";
  RONDO_CHECK_THROWS(
      write_csv(path, table),
      FormatError,
      "[write_csv] " + path.string() + ": cannot be written: No such file or directory");
}

BOOST_AUTO_TEST_CASE(links_stay_links_and_rights_stay_rights) {
  const test::TempFolder folder;
  std::ofstream(folder / "real.csv") << "old";
  std::filesystem::permissions(folder / "real.csv", std::filesystem::perms{0600});
  std::filesystem::create_symlink("real.csv", folder / "link.csv");
  std::ofstream(folder / "link.csv.tmp") << "mine";
  CsvTable table;
  table.add_column("a", {"1"});
  write_csv(folder / "link.csv", table);
  BOOST_TEST(std::filesystem::is_symlink(folder / "link.csv"));
  BOOST_TEST(content(folder / "real.csv") == "a\n1\n");
  BOOST_TEST(
      (std::filesystem::status(folder / "real.csv").permissions() == std::filesystem::perms{0600}));
  BOOST_TEST(content(folder / "link.csv.tmp") == "mine");
}

BOOST_AUTO_TEST_CASE(a_decimal_comma_is_not_written) {
  RONDO_CHECK_THROWS(write_csv("x.csv", {}, {.delimiter = ';', .decimal = ','}),
                     ArgumentError,
                     "[write_csv] numbers are written with a decimal point");
}

BOOST_AUTO_TEST_CASE(columns_that_do_not_fit_the_table_are_refused) {
  CsvTable table;
  table.add_column("a", {"1", "2"});
  RONDO_CHECK_THROWS(
      table.add_column("a", {"3", "4"}), ArgumentError, "[CsvTable] there is a column 'a' already");
  RONDO_CHECK_THROWS(
      table.add_column("b", {"3"}), ShapeError, "[CsvTable] column 'b' has 1 rows, the table 2");
}

BOOST_AUTO_TEST_CASE(errors_of_a_table_without_file_name_the_row) {
  CsvTable table;
  table.add_column("a", {"1", "x"});
  RONDO_CHECK_THROWS(static_cast<void>(table.column<double>("a")),
                     FormatError,
                     "[CsvTable] row 2: column 'a' holds 'x', expected a finite number");
  RONDO_CHECK_THROWS(static_cast<void>(table.text("b")),
                     ArgumentError,
                     "[CsvTable] unknown column 'b', known are 'a'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace csv_write_test
