#include <fstream>

#include "rondo/formats/csv.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace csv_read_test {

using namespace rondo;
using test::RealTypes;

namespace {

/// A file that holds `text` until the end of the test.
struct File {
  explicit File(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

  test::TempFolder folder;
  std::filesystem::path path = folder / "data.csv";

  /// `[read_csv] /tmp/../data.csv` and the rest.
  [[nodiscard]] std::string error(const std::string& rest) const {
    return "[read_csv] " + path.string() + rest;
  }
};

std::vector<std::string> cells(const CsvTable& table, const std::string& name) {
  return {table.text(name).begin(), table.text(name).end()};
}

using Cells = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(data_csv_read)

BOOST_AUTO_TEST_CASE_TEMPLATE(columns_are_read_by_name, T, RealTypes) {
  const File file("month,value\n1749-01,58\n1749-02,62.6\n");
  const CsvTable table = read_csv(file.path);
  BOOST_TEST(table.num_rows() == 2U);
  BOOST_TEST(table.names() == Cells({"month", "value"}), boost::test_tools::per_element());
  BOOST_TEST(cells(table, "month") == Cells({"1749-01", "1749-02"}),
             boost::test_tools::per_element());
  const Tensor<T> values = table.column<T>("value");
  BOOST_TEST(values.shape() == Shape({2}));
  test::check_close(values.view(), {58, 62.6});
}

BOOST_AUTO_TEST_CASE(several_columns_make_a_table_in_the_order_asked_for) {
  const File file("a,text,b\n1,x,2\n3,y,4\n");
  const Tensor<double> values = read_csv(file.path).columns<double>({"b", "a"});
  BOOST_TEST(values.shape() == Shape({2, 2}));
  test::check_close(values.view(), {2, 1, 4, 3});
}

BOOST_AUTO_TEST_CASE(quoted_fields_hold_delimiters_quotes_and_lines) {
  const File file("name,value\n\"a,b\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n\"\",4\n");
  const CsvTable table = read_csv(file.path);
  BOOST_TEST(cells(table, "name") == Cells({"a,b", "say \"hi\"", "two\nlines", ""}),
             boost::test_tools::per_element());
  test::check_close(table.column<double>("value").view(), {1, 2, 3, 4});
}

BOOST_AUTO_TEST_CASE(windows_line_ends_utf8_mark_and_missing_last_line_end_are_fine) {
  const File file(
      "\xEF\xBB\xBF"
      "a,b\r\n1,2\r\n3,4");
  const CsvTable table = read_csv(file.path);
  BOOST_TEST(table.names() == Cells({"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(cells(table, "b") == Cells({"2", "4"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(blank_lines_at_the_end_are_no_rows) {
  const File file("a\n1\n2\n\n\r\n");
  BOOST_TEST(read_csv(file.path).num_rows() == 2U);
}

BOOST_AUTO_TEST_CASE(another_delimiter_and_no_header_can_be_chosen) {
  const File file("1;2\n3;4\n");
  const CsvTable table = read_csv(file.path, {.delimiter = ';', .header = false});
  test::check_close(table.column<double>("0").view(), {1, 3});
  test::check_close(table.column<double>("1").view(), {2, 4});
}

BOOST_AUTO_TEST_CASE(numbers_may_have_blanks_signs_and_exponents) {
  const File file("a\n 1.5 \n+2\n-3e2\n\"4\"\n1e-60\n");
  const CsvTable table = read_csv(file.path);
  const Tensor<double> values = table.column<double>("a");
  BOOST_TEST(test::values(values.view()) == std::vector<double>({1.5, 2, -300, 4, 1e-60}),
             boost::test_tools::per_element());
  BOOST_TEST(table.column<float>("a").data()[4] == 0.0F);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_refused_with_the_reason) {
  const File file("");
  const std::filesystem::path missing = file.folder / "missing.csv";
  RONDO_CHECK_THROWS(
      static_cast<void>(read_csv(missing)),
      FormatError,
      "[read_csv] " + missing.string() + ": cannot be read: No such file or directory");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(file.folder.path())),
                     FormatError,
                     "[read_csv] " + file.folder.path().string() + ": is a folder");
}

BOOST_AUTO_TEST_CASE(a_file_without_content_is_refused) {
  const File empty("\xEF\xBB\xBF\n\n");
  RONDO_CHECK_THROWS(
      static_cast<void>(read_csv(empty.path)), FormatError, empty.error(": the file is empty"));
  const File header("a,b\n");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(header.path)),
                     FormatError,
                     header.error(": there are no rows below the header"));
}

BOOST_AUTO_TEST_CASE(a_row_of_another_length_is_refused_with_its_line) {
  const File more("a,b\n\"1\n1\",2\n1,2,3\n");
  RONDO_CHECK_THROWS(
      static_cast<void>(read_csv(more.path)), FormatError, more.error(":4: 3 fields, expected 2"));
  const File blank("a,b\n1,2\n\n3,4\n");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(blank.path)),
                     FormatError,
                     blank.error(":3: 1 fields, expected 2"));
}

BOOST_AUTO_TEST_CASE(wrong_quotes_are_refused_with_their_line) {
  const File open("a,b\n1,\"2\n3,4\n");
  RONDO_CHECK_THROWS(
      static_cast<void>(read_csv(open.path)), FormatError, open.error(":2: a quote is not closed"));
  const File after("a,b\n1,\"2\"x\n");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(after.path)),
                     FormatError,
                     after.error(":2: text after a closing quote"));
}

BOOST_AUTO_TEST_CASE(two_columns_of_one_name_are_refused) {
  const File file("a,b,a\n1,2,3\n");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(file.path)),
                     FormatError,
                     file.error(": two columns are called 'a'"));
}

BOOST_AUTO_TEST_CASE(an_unknown_column_is_refused_with_the_known_ones) {
  const File file("month,value\n1749-01,58\n");
  const CsvTable table = read_csv(file.path);
  RONDO_CHECK_THROWS(static_cast<void>(table.column<float>("sunspots")),
                     ArgumentError,
                     file.error(": no column 'sunspots', known are 'month', 'value'"));
}

BOOST_AUTO_TEST_CASE(cells_that_are_no_finite_numbers_are_refused_with_line_and_column) {
  for (const std::string cell :
       {"", "x", "nan", "inf", "1e999", "1,5", "1 2", "0x10", "+-1", "--1"}) {
    const File file("month,value\n1,58\n2,\"" + cell + "\"\n");
    RONDO_CHECK_THROWS(
        static_cast<void>(read_csv(file.path).column<double>("value")),
        FormatError,
        file.error(":3: column 'value' holds '" + cell + "', expected a finite number"));
  }
}

BOOST_AUTO_TEST_CASE(a_number_too_large_for_float_is_refused_as_float_only) {
  const File file("a\n1e39\n");
  const CsvTable table = read_csv(file.path);
  test::check_close(table.column<double>("a").view(), {1e39});
  RONDO_CHECK_THROWS(static_cast<void>(table.column<float>("a")),
                     FormatError,
                     file.error(":2: column 'a' holds '1e39', expected a finite number"));
}

BOOST_AUTO_TEST_CASE(a_delimiter_that_cannot_delimit_is_refused) {
  const File file("a\n1\n");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(file.path, {.delimiter = '"'})),
                     ArgumentError,
                     "[read_csv] the delimiter must not be a quote or a line end");
}

BOOST_AUTO_TEST_CASE(a_file_that_grows_while_it_is_read_is_refused) {
  // To its directory it is empty; what is in it comes into being as it is read.
  const std::filesystem::path path = "/proc/self/status";
  if (!std::filesystem::exists(path)) {
    return;
  }
  BOOST_CHECK_EXCEPTION(read_csv(path), FormatError, [](const FormatError& error) {
    return std::string(error.what())
        .starts_with(
            "[read_csv] /proc/self/status: changed while it was read: 0 bytes at first, then ");
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace csv_read_test
