#include "rondo/formats/labelled_series.hpp"

#include <ctime>
#include <fstream>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace labelled_series_test {

using namespace rondo;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const std::string header =
    "# About the data\n"
    "@problemName Moves\n"
    "@timeStamps false\n"
    "@missing true\n"
    "@univariate false\n"
    "@dimensions 2\n"
    "@equalLength false\n"
    "@classLabel true walk run\n"
    "@data\n";

using Names = std::vector<std::string>;
using Indices = std::vector<std::size_t>;

struct File {
  explicit File(const std::string& text, const std::string& name = "a.ts") : path(folder / name) {
    std::ofstream(path, std::ios::binary) << text;
  }

  void refused(const std::string& problem) const {
    RONDO_CHECK_THROWS(static_cast<void>(read_labelled_series(path)),
                       FormatError,
                       "[labelled series] " + path.string() + problem);
  }

  test::TempFolder folder;
  std::filesystem::path path;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(formats_labelled_series)

BOOST_AUTO_TEST_CASE(ts_holds_channels_of_different_lengths) {
  const File file(header + "1,2,3:4,5,6:run\n\n7,?:8, +9e1 :walk\r\n");
  const LabelledSeries data = read_labelled_series(file.path);
  BOOST_TEST(data.classes == Names({"walk", "run"}), boost::test_tools::per_element());
  BOOST_TEST(data.labels == Indices({1, 0}), boost::test_tools::per_element());
  BOOST_TEST(data.lines == Indices({10, 12}), boost::test_tools::per_element());
  BOOST_REQUIRE(data.size() == 2U);
  BOOST_TEST(data.channels() == 2U);
  BOOST_TEST(data.series[0].shape() == Shape({3, 2}));
  test::check_close(data.series[0].view(), {1, 4, 2, 5, 3, 6});
  test::check_close(data.series[1].view(), {7, 8, nan, 90});
}

BOOST_AUTO_TEST_CASE(ts_may_hold_series_of_unknown_class) {
  const File file("@classLabel false\n@data\n1,2:3,4\n");
  const LabelledSeries data = read_labelled_series(file.path);
  BOOST_TEST(data.classes.empty());
  BOOST_TEST(data.labels.empty());
  test::check_close(data.series.at(0).view(), {1, 3, 2, 4});
}

BOOST_AUTO_TEST_CASE(tsv_orders_classes_by_number_and_ends_a_series_where_values_end) {
  const File file("10\t1\tNaN\t3\n-1\t4\t5\tNaN\n2.0\t6\t7\t8\n", "a.tsv");
  const LabelledSeries data = read_labelled_series(file.path);
  BOOST_TEST(data.classes == Names({"-1", "2.0", "10"}), boost::test_tools::per_element());
  BOOST_TEST(data.labels == Indices({2, 0, 1}), boost::test_tools::per_element());
  test::check_close(data.series[0].view(), {1, nan, 3});
  BOOST_TEST(data.series[1].shape() == Shape({2, 1}));
}

BOOST_AUTO_TEST_CASE(tsv_orders_classes_that_are_words_as_texts) {
  const File file("b\t1\n10\t2\na\t3\n", "a.tsv");
  BOOST_TEST(read_labelled_series(file.path).classes == Names({"10", "a", "b"}),
             boost::test_tools::per_element());
}

/// As in the archive's file of Chinatown.
BOOST_AUTO_TEST_CASE(comments_with_percent_signs_and_two_problem_names_are_passed_over) {
  const File file(
      "%# cut down\n@problemName Unit Test\n@problemName Chinatown\n@classLabel true a b\n"
      "@data\n1:a\n");
  BOOST_TEST(read_labelled_series(file.path).size() == 1U);
}

/// What looks classes up one by one takes a minute for these.
BOOST_AUTO_TEST_CASE(the_time_to_read_does_not_grow_with_the_number_of_classes) {
  constexpr std::size_t count = 100000;
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "c" + std::to_string(i) + "\t1\n";
  }
  const File file(text, "a.tsv");
  const std::clock_t begin = std::clock();
  const LabelledSeries data = read_labelled_series(file.path);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  BOOST_TEST(data.classes.size() == count);
  BOOST_TEST(data.classes[data.labels[99999]] == "c99999");
  BOOST_TEST(seconds < 10.0);
}

BOOST_AUTO_TEST_CASE(only_question_marks_and_nan_are_missing_values) {
  const std::string wanted = ", expected a finite number, or ? if it is missing";
  File("a\t1\t\t3\n", "a.tsv").refused(":1: value 2 of channel 1 is ''" + wanted);
  File("a\t1\t-\t3\n", "a.tsv").refused(":1: value 2 of channel 1 is '-'" + wanted);
  File(header + "1,:2,3:run\n").refused(":10: value 2 of channel 1 is ''" + wanted);
  File(header + "1,NA:2,3:run\n").refused(":10: value 2 of channel 1 is 'NA'" + wanted);
  File(header + "?,?:?,?:run\n")
      .refused(":10: all values of the series are missing, expected at least one");
  const File blank_end("a\t1\t2\t \r\n", "a.tsv");
  BOOST_TEST(read_labelled_series(blank_end.path).series.at(0).shape() == Shape({2, 1}));
}

BOOST_AUTO_TEST_CASE(broken_headers_are_named) {
  const auto refuses = [](const std::string& text, const std::string& problem) {
    File(text).refused(problem);
  };
  refuses("1,2:a\n", ":1: '1,2:a' stands above @data, expected a line that begins with @ or #");
  refuses("@problemName x\n", ": the file ends without @data");
  refuses("@classLabel a b\n",
          ":1: expected '@classLabel true' and the names of the classes, or '@classLabel false'");
  refuses("@classLabel false\n@classLabel true a b\n", ":2: @classLabel comes twice");
  refuses("@classLabel true a\n", ":1: @classLabel names 1 classes, expected two or more");
  refuses("@classLabel true a b a\n", ":1: @classLabel names a class twice");
  refuses("@data\n", ":1: @data comes before @classLabel");
  refuses("@timestamps true\n",
          ":1: @timeStamps is true, expected false: values with time stamps are not read");
  refuses("@missing perhaps\n", ":1: @missing is 'perhaps', expected true or false");
  refuses("@missing\n", ":1: @missing has 0 values, expected true or false");
  refuses("@dimensions 2.5\n", ":1: @dimensions is '2.5', expected a whole number above 0");
  refuses("@missing true\n@missing true\n", ":2: @missing comes twice");
  refuses("@targetLabel true\n", ":1: @targetLabel is for regression, expected @classLabel");
  refuses("@classLabel true a b\n@univariate true\n@dimensions 3\n@data\n",
          ":4: @univariate is true, but @dimensions is 3");
  refuses("@classLabl true a b\n",
          ":1: unknown line of the header '@classLabl' (did you mean '@classLabel'?), known are "
          "@problemName, @timeStamps, @missing, @univariate, @dimensions, @equalLength, "
          "@seriesLength, @classLabel, @targetLabel, @data");
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_series_are_named) {
  const auto refuses = [](const std::string& line, const std::string& problem) {
    File(header + "1:2:run\n" + line).refused(problem);
  };
  refuses("1,2\n", ":11: there is no colon, expected channels and a class, separated by colons");
  refuses("1,2:3:run\n", ":11: channel 2 has 1 values, expected 2, as channel 1 has");
  refuses("1,2:run\n", ":11: 1 channels, expected 2, as @dimensions says");
  refuses("1,x:3,4:run\n",
          ":11: value 2 of channel 1 is 'x', expected a finite number, or ? if it is missing");
  refuses("1,1e999:3,4:run\n",
          ":11: value 2 of channel 1 is '1e999', expected a finite number, or ? if it is missing");
  refuses("1::run\n", ":11: channel 2 is empty, expected at least one value");
  refuses("1:2:fly\n", ":11: the class is 'fly', expected one of @classLabel: 'walk', 'run'");
}

BOOST_AUTO_TEST_CASE(what_the_header_says_is_checked) {
  const std::string begin = "@classLabel true a b\n";
  File(begin + "@equalLength true\n@data\n1,2:a\n1,2,3:b\n")
      .refused(":5: 3 values in a channel, expected 2, as @equalLength true says");
  File(begin + "@equalLength true\n@seriesLength 4\n@data\n1,2:a\n")
      .refused(":5: 2 values in a channel, expected 4, as @seriesLength says");
  File(begin + "@seriesLength 4\n@data\n1,2:a\n")
      .refused(":4: 2 values in a channel, expected 4, as @seriesLength says");
  File(begin + "@univariate true\n@data\n1:2:a\n")
      .refused(":4: 2 channels, expected 1, as @univariate true says");
  File(begin + "@data\n1:2:a\n1:a\n").refused(":4: 1 channels, expected 2, as in line 3");
  File(begin + "@missing false\n@data\n?:a\n")
      .refused(
          ":4: a value is missing, and the header says @missing false: write @missing true there");
}

BOOST_AUTO_TEST_CASE(tables_without_series_are_refused) {
  File("", "a.tsv").refused(": there are no series");
  File(header).refused(": there are no series");
  File("1\n", "a.tsv")
      .refused(":1: '1' is one field, expected a class and its values, separated by tabs");
  File("1\tNaN\n", "a.tsv").refused(":1: the series is empty, expected at least one value");
  File("\t1\n", "a.tsv").refused(":1: the class is missing");
  File("1,2\n", "a.csv").refused(": expected a file whose name ends in .ts or .tsv");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace labelled_series_test
