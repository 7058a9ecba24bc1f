#include <algorithm>
#include <chrono>
#include <cstring>
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
  const auto views = table.text(name);
  return {views.begin(), views.end()};
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
                     file.error(": unknown column 'sunspots', known are 'month', 'value'"));
}

BOOST_AUTO_TEST_CASE(cells_that_are_no_finite_numbers_are_refused_with_line_and_column) {
  const std::string missing = ": fill what is missing or leave the row out";
  const std::string comma = ": if ',' is its decimal sign, say so (--decimal ',')";
  const std::string thousands = ": numbers are read without separators of thousands";
  const std::string unit = ": numbers are read without units";
  const std::vector<std::pair<std::string, std::string>> cells{{"", missing},
                                                               {"NA", missing},
                                                               {"nan", missing},
                                                               {"x", ""},
                                                               {"inf", ""},
                                                               {"1e999", ": it is too large"},
                                                               {"-1e400", ": it is too large"},
                                                               {"1,5", comma},
                                                               {"1,230", comma},
                                                               {"1,230.5", thousands},
                                                               {"-12,345,678", thousands},
                                                               {"1,2345.5", ""},
                                                               {"$5", unit},
                                                               {"1,200.5 €", unit},
                                                               {"7 %", unit},
                                                               {"1 2", ""},
                                                               {"0x10", ""},
                                                               {"+-1", ""},
                                                               {"--1", ""},
                                                               {"2020-01-15", ""}};
  for (const auto& [cell, remedy] : cells) {
    const File file("month,value\n1,58\n2,\"" + cell + "\"\n");
    RONDO_CHECK_THROWS(
        static_cast<void>(read_csv(file.path).column<double>("value")),
        FormatError,
        file.error(":3: column 'value' holds '" + cell + "', expected a finite number" + remedy));
  }
}

BOOST_AUTO_TEST_CASE(a_number_too_small_is_zero) {
  const File file("a\n1e-400\n-1e-5000\n0.0e99999\n1e-320\n-2e-9999999999999\n");
  const Tensor<double> values = read_csv(file.path).column<double>("a");
  BOOST_TEST(test::values(values.view()) == std::vector<double>({0, 0, 0, 1e-320, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(decimal_commas_are_read_if_asked_for) {
  const File file("a;b\n1,5;-2,5e-1\n,5;3\n");
  const CsvTable table = read_csv(file.path, {.delimiter = ';', .decimal = ','});
  test::check_close(table.column<double>("a").view(), {1.5, 0.5});
  test::check_close(table.column<double>("b").view(), {-0.25, 3});
  const File points("a;b\n1.5;1.234.567,5\n");
  const CsvTable wrong = read_csv(points.path, {.delimiter = ';', .decimal = ','});
  RONDO_CHECK_THROWS(static_cast<void>(wrong.column<double>("a")),
                     FormatError,
                     points.error(":2: column 'a' holds '1.5', expected a finite number: if '.' is "
                                  "its decimal sign, say so (--decimal '.')"));
  RONDO_CHECK_THROWS(static_cast<void>(wrong.column<double>("b")),
                     FormatError,
                     points.error(":2: column 'b' holds '1.234.567,5', expected a finite number: "
                                  "numbers are read without separators of thousands"));
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(file.path, {.decimal = ','})),
                     ArgumentError,
                     "[read_csv] ',' is both the decimal sign and the delimiter");
}

BOOST_AUTO_TEST_CASE(another_delimiter_than_asked_for_is_named) {
  const auto refuses = [](const std::string& text, char asked, const std::string& problem) {
    const File file(text);
    RONDO_CHECK_THROWS(static_cast<void>(read_csv(file.path, {.delimiter = asked})),
                       FormatError,
                       file.error(": the delimiter seems to be " + problem));
  };
  refuses("date;load\n2020;1,5\n", ',', "';', not ',' (--delimiter ';')");
  refuses("date\tload\n2020\t1\n", ',', "tab, not ',' (--delimiter tab)");
  refuses("date,load\n2020,1\n", '\t', "',', not '\\t' (--delimiter ',')");
  const File quoted("\"a;b\"\n1\n");
  BOOST_TEST(read_csv(quoted.path).names().front() == "a;b");
}

BOOST_AUTO_TEST_CASE(columns_of_numbers_are_known_by_all_their_cells) {
  const File file("a,b,c,d,e\n1,NA,x,2020-01-01,$5\n2,3,y,2020-01-02,$6\n");
  const CsvTable table = read_csv(file.path);
  BOOST_TEST((table.content("a") == CsvContent::numbers));
  BOOST_TEST((table.content("b") == CsvContent::mixed));
  BOOST_TEST((table.content("c") == CsvContent::text));
  BOOST_TEST((table.content("d") == CsvContent::text));
  BOOST_TEST((table.content("e") == CsvContent::mixed));
}

BOOST_AUTO_TEST_CASE(blank_lines_at_the_begin_and_line_ends_of_old_macs_are_fine) {
  const File blank("\r\n\na,b\n1,2\nx,3\n");
  const CsvTable table = read_csv(blank.path);
  BOOST_TEST(table.names() == Cells({"a", "b"}), boost::test_tools::per_element());
  RONDO_CHECK_THROWS(static_cast<void>(table.column<double>("a")),
                     FormatError,
                     blank.error(":5: column 'a' holds 'x', expected a finite number"));
  const File mac("a,b\r1,2\r3,4\r");
  test::check_close(read_csv(mac.path).column<double>("b").view(), {2, 4});
}

BOOST_AUTO_TEST_CASE(comments_above_the_header_are_passed_over) {
  for (const char* comments : {"# station 12\n", "# station 12\r\n\n#\n\n", "\n#a\n#b\n"}) {
    const File file(std::string(comments) + "a,b\n1,2\nx,4\n");
    const CsvTable table = read_csv(file.path);
    BOOST_TEST(table.names() == Cells({"a", "b"}), boost::test_tools::per_element());
    test::check_close(table.column<double>("b").view(), {2, 4});
    const auto lines = std::count(comments, comments + std::strlen(comments), '\n');
    RONDO_CHECK_THROWS(static_cast<void>(table.column<double>("a")),
                       FormatError,
                       file.error(":" + std::to_string(lines + 3) +
                                  ": column 'a' holds 'x', expected a finite number"));
  }
}

BOOST_AUTO_TEST_CASE(a_header_may_begin_with_a_number_sign) {
  for (const char* text : {"#,b\n1,2\n", "#\n1\n"}) {
    const File file(text);
    BOOST_TEST(read_csv(file.path).names()[0] == "#");
  }
  const File file("# only a comment");
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(file.path)),
                     FormatError,
                     file.error(": there are no rows below the header"));
}

BOOST_AUTO_TEST_CASE(a_line_that_was_taken_for_the_header_is_named) {
  const File file("station 12\na,b\n1,2\n");
  RONDO_CHECK_THROWS(
      static_cast<void>(read_csv(file.path)),
      FormatError,
      file.error(":2: 2 fields, expected 1: line 1, 'station 12', was taken for the header"));
}

BOOST_AUTO_TEST_CASE(columns_without_a_name_are_refused_only_if_asked_for) {
  const File file(",v,\n1,2,3\n");
  const CsvTable table = read_csv(file.path);
  test::check_close(table.column<double>("v").view(), {2});
  RONDO_CHECK_THROWS(static_cast<void>(table.text("")),
                     ArgumentError,
                     file.error(": several columns have no name"));
  const File one(",v\n1,2\n");
  test::check_close(read_csv(one.path).column<double>("").view(), {1});
}

BOOST_AUTO_TEST_CASE(other_encodings_and_nul_bytes_are_refused) {
  const File latin("date,H\xF6he\n1,2\n");
  RONDO_CHECK_THROWS(
      static_cast<void>(read_csv(latin.path)),
      FormatError,
      latin.error(":1: byte 7 of the line, 0xf6, is not UTF-8: if the file is ISO-8859-1, convert "
                  "it with iconv -f ISO-8859-1 -t UTF-8"));
  const File nul(std::string("a\n1\n\0\n", 7));
  RONDO_CHECK_THROWS(static_cast<void>(read_csv(nul.path)),
                     FormatError,
                     nul.error(":3: there is a NUL byte: is the file UTF-16, or damaged?"));
}

BOOST_AUTO_TEST_CASE(cells_and_names_stay_on_one_line_of_an_error) {
  const File file("\"x\ny\",\"\033[31m\"\n\"1\n2\",3\n");
  const CsvTable table = read_csv(file.path);
  RONDO_CHECK_THROWS(static_cast<void>(table.column<double>("x\ny")),
                     FormatError,
                     file.error(R"(:3: column 'x\ny' holds '1\n2', expected a finite number)"));
  RONDO_CHECK_THROWS(static_cast<void>(table.text("z")),
                     ArgumentError,
                     file.error(R"(: unknown column 'z', known are 'x\ny', '\x1b[31m')"));
}

/// 60,000 columns took 22 s, 200,000 would have taken four minutes.
BOOST_AUTO_TEST_CASE(many_columns_take_time_that_grows_with_them) {
  std::string names = "c0", cells = "1";
  for (int i = 1; i < 200'000; ++i) {
    names += ",c" + std::to_string(i);
    cells += ",1";
  }
  const File file(names + '\n' + cells + '\n');
  const auto begin = std::chrono::steady_clock::now();
  const CsvTable table = read_csv(file.path);
  double sum = 0;
  for (const std::string& name : table.names()) {
    sum += table.column<double>(name).data()[0];
  }
  BOOST_TEST(sum == 200'000);
  write_csv(file.folder / "again.csv", table);
  BOOST_TEST(std::filesystem::file_size(file.folder / "again.csv") ==
             std::filesystem::file_size(file.path));
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(10)));
  BOOST_CHECK_EXCEPTION(static_cast<void>(table.text("x")), ArgumentError, [](const Error& error) {
    const std::string_view text = error.what();
    return text.size() < 1000 && text.ends_with("'c19', … (200000 in all)");
  });
}

BOOST_AUTO_TEST_CASE(a_number_too_large_for_float_is_refused_as_float_only) {
  const File file("a\n1e39\n");
  const CsvTable table = read_csv(file.path);
  test::check_close(table.column<double>("a").view(), {1e39});
  RONDO_CHECK_THROWS(
      static_cast<void>(table.column<float>("a")),
      FormatError,
      file.error(":2: column 'a' holds '1e39', expected a finite number: it is too large"));
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

BOOST_AUTO_TEST_CASE(whether_there_is_a_header_can_be_guessed) {
  const CsvOptions guess{.header = std::nullopt};
  const CsvTable numbers = read_csv(File("1.5,NA\n2,3\n").path, guess);
  BOOST_TEST(!numbers.has_header());
  BOOST_TEST(numbers.names() == (Cells{"0", "1"}));
  BOOST_TEST(numbers.num_rows() == 2U);
  const CsvTable names = read_csv(File("x,2\n2,3\n").path, guess);
  BOOST_TEST(names.has_header());
  BOOST_TEST(names.names() == (Cells{"x", "2"}));
  BOOST_TEST(read_csv(File(",\n2,3\n").path, guess).has_header());
}

BOOST_AUTO_TEST_CASE(rows_know_their_lines) {
  using Lines = std::vector<std::uint32_t>;
  BOOST_TEST(read_csv(File("\n# a\nx,y\n1,\"a\n\"\"b\"\"\n\"\n2,c\n").path).lines() ==
             (Lines{4, 7}));
  BOOST_TEST(read_csv(File("x\r1\r2\r").path).lines() == (Lines{2, 3}));
  CsvTable made;
  made.add_column("x", {"1"});
  BOOST_TEST(made.lines().empty());
}

BOOST_AUTO_TEST_CASE(columns_without_names_have_a_place) {
  const CsvTable table = read_csv(File("x,,\n1,2,3\n").path);
  BOOST_TEST(table.text_at(2)[0] == "3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace csv_read_test
