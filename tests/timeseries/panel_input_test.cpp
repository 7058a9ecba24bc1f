// Tables that no panel can be made of: one line each, with what a user can do.
#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/table_files.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

namespace panel_input_test {

using namespace rondo;

namespace {

struct Files : test::TableFiles {
  template <class Error = FormatError>
  [[nodiscard]] std::string refusal(const std::string& text, const PanelOptions& options = {}) {
    return error_of<Error>([&] {
      const Table table = read(text, options.table);
      return PanelEncoder(table, options).encode(table);
    });
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_panel_input)

BOOST_FIXTURE_TEST_CASE(a_time_that_comes_twice, Files) {
  BOOST_TEST(refusal("date,x\n2010-01-01,1\n2010-01-02,2\n2010-01-01,3\n") ==
             "[read_table] a.csv:4: the time 2010-01-01 stands here and in a.csv:2, expected each "
             "once: leave one row "
             "out, or name the column that tells series apart (--series)");
  BOOST_TEST(refusal("t,s,x\n2010-01-01 01:00,a,1\n2010-01-01 01:00,a,2\n", {.series = "s"}) ==
             "[read_table] a.csv:3: the time 2010-01-01 01:00:00 of series 'a' stands here and in "
             "a.csv:2, expected "
             "each once: leave one row out, or name the column that tells series apart (--series)");
}

BOOST_FIXTURE_TEST_CASE(a_time_between_two_steps_or_far_away, Files) {
  const std::string hours =
      "t,x\n2010-01-01 00:00:00,1\n2010-01-01 01:00:00,2\n2010-01-01 02:00:00,1\n";
  BOOST_TEST(refusal(hours + "2010-01-01 03:00:03,1\n") ==
             "[read_table] a.csv:5: the time 2010-01-01 03:00:03 lies between two steps, for the "
             "rows are hourly from "
             "2010-01-01 00:00:00 on: correct it or leave the row out");
  BOOST_TEST(refusal(hours + "2100-01-01 03:00:00,1\n") ==
             "[read_table] a.csv:5: the time 2100-01-01 03:00:00 is far from 2010-01-01 02:00:00 "
             "in a.csv:4: 788928 "
             "hourly rows would be made for the gap, expected at most 1016: correct the time or "
             "leave the row out");
  BOOST_TEST(refusal("date,x\n2010-01-01,1\n") ==
             "[read_table] a.csv:2: there is one row, expected at least two, so that there is a "
             "step in time");
}

BOOST_FIXTURE_TEST_CASE(a_column_that_is_empty_constant_or_text, Files) {
  const PanelOptions past{.targets = {"x"}, .past = {"y"}};
  BOOST_TEST(refusal("x,y\n1,\n2,NA\n", past) ==
             "[read_table] a.csv: column 'y' is empty in all rows: leave it out");
  BOOST_TEST(
      refusal("x,y\n1,5\n2,5\n", past) ==
      "[read_table] a.csv: column 'y' holds 5 in all rows, so it tells nothing: leave it out");
  BOOST_TEST(refusal("x,y\n1,5\n2,6\n3,abc\n", past) ==
             "[read_table] a.csv:4: column 'y' holds 'abc', expected a number: correct it or leave "
             "it empty");
  BOOST_TEST(refusal("x,y\n1,5\n2,6\n,7\nNW,8\n", past) ==
             "[read_table] a.csv:5: column 'x' holds 'NW', expected a number: correct it or leave "
             "it empty");
  BOOST_TEST(refusal("x,y\n,5\n,6\n", past) ==
             "[read_table] a.csv: column 'x' is empty in all rows: leave it out");
  BOOST_TEST(
      refusal("x,y\n1,a\n2,a\n", past) ==
      "[read_table] a.csv: column 'y' holds 'a' in all rows, so it tells nothing: leave it out");
  BOOST_TEST(refusal("w,v\na,b\nc,d\n") ==
             "[read_table] a.csv: no column without another role holds numbers, expected one to "
             "forecast: name it (--target)");
}

BOOST_FIXTURE_TEST_CASE(too_many_categories, Files) {
  std::string text = "x,id\n";
  for (int i = 0; i < 1000; ++i) {
    text += std::to_string(i) + ",id" + std::to_string(i) + "\n";
  }
  BOOST_TEST(refusal(text, {.targets = {"x"}, .past = {"id"}}) ==
             "[read_table] a.csv: column 'id' holds 1000 different values, expected at most 32, "
             "for each becomes a "
             "column: leave it out, or allow more (--most-categories)");
}

BOOST_FIXTURE_TEST_CASE(missing_cells_and_gaps_if_they_are_refused, Files) {
  const PanelOptions refuse{.targets = {"x"}, .past = {"y"}, .missing = MissingPolicy::refuse};
  BOOST_TEST(refusal("x,y\n1,5\n2,\n3,6\n", refuse) ==
             "[read_table] a.csv:3: column 'y' is empty, expected a value: fill it in, or choose "
             "how to (--missing)");
  BOOST_TEST(refusal("x,y\n1,5\n,5\n3,6\n", refuse) ==
             "[read_table] a.csv:3: column 'x' is empty, expected a value: fill it in, or choose "
             "how to (--missing)");
  BOOST_TEST(refusal("date,x,y\n2010-01-01,1,5\n2010-01-02,2,6\n2010-01-04,3,7\n", refuse) ==
             "[read_table] a.csv:4: rows are missing between 2010-01-02 and 2010-01-04, expected "
             "daily ones: add them, "
             "or choose how they are filled (--missing)");
}

BOOST_FIXTURE_TEST_CASE(roles_that_cannot_be_played, Files) {
  BOOST_TEST(refusal("s,x,y\na,1,5\n,2,6\n", {.targets = {"x"}, .series = "s"}) ==
             "[read_table] a.csv:3: column 's' is empty, expected the name of a series: fill it in "
             "or leave the row out");
  BOOST_TEST(
      refusal("s,x,y\na,1,5\na,2,6\n", {.targets = {"x"}, .statics = {"y"}, .series = "s"}) ==
      "[read_table] a.csv:3: column 'y' changes within series 'a', expected the value of a.csv:2: "
      "it is no static "
      "column");
  BOOST_TEST(refusal("s,x\na,1\na,2\nb,\nb,\n", {.targets = {"x"}, .series = "s"}) ==
             "[read_table] a.csv:4: no row of series 'b' has a value in 'x', expected some: fill "
             "them in or leave the "
             "rows out");
  BOOST_TEST(refusal<ArgumentError>("x,y\n1,5\n2,6\n", {.targets = {"x"}, .past = {"x"}}) ==
             "[PanelEncoder] column 'x' has two roles, or one twice: targets, past, known, statics "
             "and series share no "
             "column");
  BOOST_TEST(refusal<ArgumentError>("temperature,y\n1,5\n2,6\n",
                                    {.targets = {"y"}, .past = {"temprature"}}) ==
             "[read_table] a.csv: unknown column 'temprature' (did you mean 'temperature'?), known "
             "are 'temperature', 'y'");
  BOOST_TEST(
      refusal<ArgumentError>("x,y\n1,5\n2,6\n", {.calendar = {"hour"}}) ==
      "[calendar] 'hour' needs times, but the rows are counted: name the column of times (--time)");
}

BOOST_FIXTURE_TEST_CASE(a_future_that_is_not_there_or_of_another_kind, Files) {
  const PanelOptions options{.targets = {"x"}, .known = {"plan"}};
  const Table table = read("date,x,plan\n2010-01-01,1,1\n2010-01-02,2,0\n");
  const PanelEncoder encoder(table, options);
  const Panel panel = encoder.encode(table).panel;
  BOOST_TEST(error_of<FormatError>([&] {
               check_known_future(panel, 14);
               return 0;
             }) ==
             "[forecast] 0 rows of 'plan' are known beyond the data, expected 14: append rows "
             "without targets, or give them as "
             "a second file");
  const Table months = read_table(write("plan.csv", "date,plan\n2010-02,1\n"));
  BOOST_TEST(error_of<FormatError>([&] { return encoder.encode(table, &months); }) ==
             "[read_table] plan.csv:2: the times are of another kind than those of a.csv: write "
             "them in one form");
  const Table twice = read_table(write("plan.csv", "date,plan\n2010-01-02,1\n"));
  BOOST_TEST(error_of<FormatError>([&] { return encoder.encode(table, &twice); }) ==
             "[read_table] plan.csv:2: the time 2010-01-02 stands here and in a.csv:3, expected "
             "each once: leave one row "
             "out, or name the column that tells series apart (--series)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace panel_input_test
