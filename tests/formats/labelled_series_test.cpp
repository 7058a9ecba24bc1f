#include "rondo/formats/labelled_series.hpp"

#include <cmath>
#include <fstream>

#include "rondo/formats/ts.hpp"
#include "rondo/formats/ucr.hpp"
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace labelled_series_test {

using namespace rondo;

namespace {

using Names = std::vector<std::string>;
using Labels = std::vector<std::size_t>;

/// A file that holds `text` until the end of the test.
struct File {
  File(const std::string& name, const std::string& text) : path(folder / name) {
    std::ofstream(path, std::ios::binary) << text;
  }

  test::TempFolder folder;
  std::filesystem::path path;
};

/// The text behind `[op] path` of the error that reading such a file gives.
std::string problem_of(const std::string& name, const std::string& text) {
  const File file(name, text);
  const std::string op = name.ends_with("v") ? "read_ucr" : "read_ts";
  try {
    static_cast<void>(read_labelled_series(file.path));
  } catch (const FormatError& error) {
    const std::string begin = "[" + op + "] " + file.path.string();
    const std::string what = error.what();
    return what.starts_with(begin) ? what.substr(begin.size()) : what;
  }
  return "no error";
}

std::string ts_problem(const std::string& text) {
  return problem_of("a.ts", text);
}

const std::string two_classes = "@classLabel true up down\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(formats_labelled_series)

BOOST_AUTO_TEST_CASE(a_ucr_line_is_a_label_and_values) {
  const File file("a_TRAIN.tsv", "10\t0.5\t-1\t2e1\r\n\n9\t1\t2\t3\n10\t4\t5\t6");
  const LabelledSeries read = read_ucr(file.path);
  BOOST_TEST(read.size() == 3U);
  BOOST_TEST(read.channels() == 1U);
  BOOST_TEST(read.class_names == Names({"9", "10"}), boost::test_tools::per_element());
  BOOST_TEST(read.labels == Labels({1, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(read.lines == Labels({1, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(read.series[0].shape() == Shape({3, 1}));
  test::check_close(read.series[0].view(), {0.5, -1, 20});
}

BOOST_AUTO_TEST_CASE(in_ucr_files_missing_values_at_the_end_are_no_values) {
  const File file("a.tsv", "a\tNaN\t1\tnan\t2\tNaN\tNaN\nb\t1\t2\t3\t4\t5\t6\n");
  const LabelledSeries read = read_ucr(file.path);
  BOOST_TEST(read.series[0].shape() == Shape({4, 1}));
  BOOST_TEST(std::isnan(read.series[0].data()[0]));
  BOOST_TEST(read.series[0].data()[1] == 1.0);
  BOOST_TEST(std::isnan(read.series[0].data()[2]));
  BOOST_TEST(read.series[1].shape() == Shape({6, 1}));
}

BOOST_AUTO_TEST_CASE(bad_ucr_lines_are_named) {
  BOOST_TEST(problem_of("a.tsv", "") == ": holds no series");
  BOOST_TEST(problem_of("a.tsv", "1\t2\n\n\t3\n") ==
             ":3: the line begins with a tab, expected a label");
  BOOST_TEST(problem_of("a.tsv", "1\t2\n1\n") ==
             ":2: the series '1' has no values, expected a label and numbers with tabs between "
             "them");
  BOOST_TEST(problem_of("a.tsv", "1,2,3\n") ==
             ":1: the series '1,2,3' has no values, expected a label and numbers with tabs between "
             "them");
  BOOST_TEST(problem_of("a.tsv", "1\t2\tx\n") == ":1: field 3 is 'x', expected a number or NaN");
  BOOST_TEST(problem_of("a.tsv", "1\t2\t\t3\n") == ":1: field 3 is '', expected a number or NaN");
  BOOST_TEST(problem_of("a.tsv", "1\t1e999\n") ==
             ":1: field 2 is '1e999', expected a number or NaN");
  BOOST_TEST(problem_of("a.tsv", "1\tNaN\tNaN\n") ==
             ":1: all values of the series '1' are missing");
}

BOOST_AUTO_TEST_CASE(a_ts_file_has_channels_lengths_and_missing_values) {
  const File file("a.ts",
                  "# where it comes from\n@problemName Three Words\n@timestamps FALSE\n"
                  "@missing true\n@univariate false\n@dimensions 2\n@equalLength false\n" +
                      two_classes + "@data\n1, 2,3:10,20,30:up\n# between\n4,?:nan,50:down\n");
  const LabelledSeries read = read_labelled_series(file.path);
  BOOST_TEST(read.name == "Three Words");
  BOOST_TEST(read.channels() == 2U);
  BOOST_TEST(read.class_names == Names({"down", "up"}), boost::test_tools::per_element());
  BOOST_TEST(read.labels == Labels({1, 0}), boost::test_tools::per_element());
  BOOST_TEST(read.lines == Labels({10, 12}), boost::test_tools::per_element());
  BOOST_TEST(read.series[0].shape() == Shape({3, 2}));
  test::check_close(read.series[0].view(), {1, 10, 2, 20, 3, 30});
  BOOST_TEST(read.series[1].shape() == Shape({2, 2}));
  BOOST_TEST(read.series[1].data()[0] == 4.0);
  BOOST_TEST(std::isnan(read.series[1].data()[1]));
  BOOST_TEST(std::isnan(read.series[1].data()[2]));
}

BOOST_AUTO_TEST_CASE(a_ts_file_may_have_no_labels_and_few_lines_of_a_header) {
  const File file("a.ts", "@classLabel false\n@data\n1:2\n3,4:5,6\n");
  const LabelledSeries read = read_ts(file.path);
  BOOST_TEST(!read.has_labels());
  BOOST_TEST(read.class_names.empty());
  BOOST_TEST(read.series[1].shape() == Shape({2, 2}));
}

BOOST_AUTO_TEST_CASE(two_names_of_a_problem_occur_in_the_archive) {
  const File file("a.ts",
                  "@problemName UnitTest\n@problemName Chinatown\n@classLabel true 1 2\n@data\n"
                  "1:2\n");
  const LabelledSeries read = read_ts(file.path);
  BOOST_TEST(read.name == "Chinatown");
  BOOST_TEST(read.class_names.size() == 2U);  // also the one that no series has
}

BOOST_AUTO_TEST_CASE(broken_ts_headers_are_named) {
  BOOST_TEST(ts_problem("1,2:up\n") ==
             ":1: found '1,2:up', expected a line of the header that begins with @: the header "
             "ends with @data");
  BOOST_TEST(ts_problem(two_classes) == ": has no line @data, which ends the header");
  BOOST_TEST(ts_problem("@problemName x\n@data\n1:up\n") ==
             ": has no line @classLabel in its header: write '@classLabel true' and the names of "
             "the classes, or '@classLabel false'");
  BOOST_TEST(ts_problem("\n@clasLabel true a b\n")
                 .starts_with(":2: unknown line of the header '@clasLabel' (did you mean "
                              "'@classLabel'?), known are @problemName, "));
  BOOST_TEST(ts_problem(two_classes + "@missing false\n" + two_classes + "@data\n") ==
             ":3: @classLabel comes again, it is in line 1 already");
  BOOST_TEST(ts_problem("@classLabel yes\n@data\n") ==
             ": line 1: @classLabel is 'yes', expected true or false");
  BOOST_TEST(ts_problem("@classLabel true\n@data\n") ==
             ": line 1: @classLabel is 'true', expected true and the names of the classes");
  BOOST_TEST(ts_problem("@classLabel true a b a\n@data\n") ==
             ": line 1: @classLabel is 'a', expected each class once");
  BOOST_TEST(ts_problem("@dimensions two\n" + two_classes + "@data\n") ==
             ": line 1: @dimensions is 'two', expected a whole number from 1 on");
  BOOST_TEST(ts_problem("@seriesLength 0\n" + two_classes + "@data\n") ==
             ": line 1: @seriesLength is '0', expected a whole number from 1 on");
  BOOST_TEST(ts_problem("@dimensions 3\n@univariate true\n" + two_classes + "@data\n") ==
             ": line 2: @univariate is 'true', expected false, since @dimensions is 3");
  BOOST_TEST(ts_problem("@timeStamps true\n" + two_classes + "@data\n") ==
             ": @timeStamps true: time stamps beside the values are not read");
  BOOST_TEST(ts_problem("@targetLabel true\n@data\n1:0.5\n") ==
             ": @targetLabel true: its series have numbers to be predicted, expected classes "
             "(@classLabel)");
}

BOOST_AUTO_TEST_CASE(series_that_are_not_what_their_header_says_are_named) {
  const auto problem = [](const std::string& promise, const std::string& data) {
    return ts_problem(promise + "\n" + two_classes + "@data\n" + data);
  };
  BOOST_TEST(problem("@dimensions 2", "1:2:up\n1:up\n") ==
             ":5: 1 channels, expected 2 as in line 1");
  BOOST_TEST(problem("@univariate true", "1:2:up\n") == ":4: 2 channels, expected 1 as in line 1");
  BOOST_TEST(problem("@missing true", "1:2:up\n1:up\n") ==
             ":5: 1 channels, expected 2 as in line 4");
  BOOST_TEST(problem("@seriesLength 3", "1,2:up\n") ==
             ":4: 2 values, expected 3 (@seriesLength, line 1)");
  BOOST_TEST(problem("@equalLength true", "1,2:up\n1,2,3:up\n") ==
             ":5: 3 values, expected 2 as in line 4: line 1 says @equalLength true");
  BOOST_TEST(problem("@missing false", "1,?:up\n") ==
             ":4: value 2 is missing, but line 1 says @missing false");
  BOOST_TEST(problem("@missing true", "1,2:left\n") ==
             ":4: the label is 'left', @classLabel of the header has 'down', 'up'");
  BOOST_TEST(problem("@missing true", "1,2\n") ==
             ":4: there is no ':' and so no label behind the values");
  BOOST_TEST(problem("@missing true", "1,2:3:up\n") ==
             ":4: channel 2 has 1 values, channel 1 has 2: all channels of a series must be "
             "equally long");
  BOOST_TEST(problem("@missing true", ":up\n") == ":4: channel 1 has no values");
  BOOST_TEST(problem("@missing true", "1,2:3,x:up\n") ==
             ":4: value 2 of channel 2 is 'x', expected a number, ? or NaN");
  BOOST_TEST(problem("@missing true", "1,2,:up\n") ==
             ":4: value 3 is '', expected a number, ? or NaN");
  BOOST_TEST(problem("@missing true", "?,NaN:up\n") == ":4: all values of the series are missing");
  BOOST_TEST(problem("@missing true", "") == ": holds no series behind @data");
}

BOOST_AUTO_TEST_CASE(readers_are_chosen_by_the_extension) {
  BOOST_TEST(is_labelled_series("a/GunPoint_TRAIN.ts"));
  BOOST_TEST(is_labelled_series("GunPoint_TRAIN.tsv.gz"));
  BOOST_TEST(!is_labelled_series("GunPoint.csv"));
  BOOST_CHECK_THROW(read_labelled_series("a.csv"), ArgumentError);
}

BOOST_AUTO_TEST_CASE(classes_are_sorted_as_numbers_if_all_are) {
  BOOST_TEST(sorted_class_names({"10", "9", "-1", "9"}) == Names({"-1", "9", "10"}),
             boost::test_tools::per_element());
  BOOST_TEST(sorted_class_names({"10", "9", "x"}) == Names({"10", "9", "x"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace labelled_series_test
