#include "rondo/timeseries/panel_encoder.hpp"

#include <cmath>
#include <limits>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/table_files.hpp"

namespace panel_encoder_test {

using namespace rondo;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr TimePoint january_2010 = 1262304000;

using Texts = std::vector<std::string>;

struct Files : test::TableFiles {
  EncodedPanel make(const std::string& text, const PanelOptions& options = {}) {
    const Table table = read(text, options.table);
    return PanelEncoder(table, options).encode(table);
  }
};

void check_rows(const Tensor<double>& values,
                const Shape& shape,
                const std::vector<double>& expected) {
  BOOST_TEST(values.shape() == shape);
  test::check_close(values.view(), expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeseries_panel_encoder)

BOOST_FIXTURE_TEST_CASE(a_column_and_its_times_are_a_series, Files) {
  const EncodedPanel made = make("date,x\n2010-01-01,1\n2010-01-02,2\n2010-01-03,4\n");
  const Panel& panel = made.panel;
  BOOST_TEST(panel.columns.targets == Texts{"x"});
  BOOST_TEST((panel.step == TimeStep{TimeUnit::seconds, 24 * 3600}));
  BOOST_REQUIRE(panel.series.size() == 1U);
  BOOST_TEST(panel.series[0].name.empty());
  BOOST_TEST(panel.series[0].begin == january_2010);
  check_rows(panel.series[0].targets, {3, 1}, {1, 2, 4});
  BOOST_TEST(panel.series[0].past.shape() == Shape({3, 0}));
  BOOST_TEST(panel.series[0].known.shape() == Shape({3, 0}));
  BOOST_TEST(made.description == "daily, 3 rows from 2010-01-01 to 2010-01-03");
  BOOST_TEST(made.notes.empty());
}

BOOST_FIXTURE_TEST_CASE(rows_without_times_are_counted, Files) {
  const EncodedPanel made = make("x,y\n1,5\n2,6\n");
  BOOST_TEST((made.panel.step == TimeStep{}));
  BOOST_TEST(made.panel.columns.targets == Texts{"y"});
  check_rows(made.panel.series[0].targets, {2, 1}, {5, 6});
  BOOST_TEST(made.description == "2 rows");
}

BOOST_FIXTURE_TEST_CASE(rows_are_sorted_and_gaps_become_rows, Files) {
  const EncodedPanel made =
      make("date,x,y\n2010-01-05,5,50\n2010-01-01,1,10\n2010-01-02,,20\n", {.past = {"y"}});
  const Panel& panel = made.panel;
  check_rows(panel.series[0].targets, {5, 1}, {1, nan, nan, nan, 5});
  BOOST_TEST(panel.columns.past == (Texts{"y", "x missing", "row missing"}));
  check_rows(panel.series[0].past, {5, 3}, {10, 0, 0, 20, 1, 0, 20, 1, 1, 20, 1, 1, 50, 0, 0});
  BOOST_TEST(made.description ==
             "daily, 3 rows from 2010-01-01 to 2010-01-05, 1 gap (2 rows), 1 missing in x");
  BOOST_TEST(made.notes == Texts{"the rows were not in the order of time and have been sorted"});
}

BOOST_FIXTURE_TEST_CASE(missing_cells_are_filled_as_the_policy_says_but_targets_are_not, Files) {
  const std::string text =
      "date,x,y\n2010-01-01,1,\n2010-01-02,,2\n2010-01-03,3,\n2010-01-04,4,NA\n2010-01-05,5,8\n";
  const auto past = [&](MissingPolicy policy) {
    const EncodedPanel made = make(text, {.targets = {"x"}, .past = {"y"}, .missing = policy});
    check_rows(made.panel.series[0].targets, {5, 1}, {1, nan, 3, 4, 5});
    return made.panel.series[0].past;
  };
  check_rows(past(MissingPolicy::forward), {5, 1}, {2, 2, 2, 2, 8});
  check_rows(past(MissingPolicy::linear), {5, 1}, {2, 2, 4, 6, 8});
  check_rows(past(MissingPolicy::indicator), {5, 3}, {2, 1, 0, 2, 0, 1, 2, 1, 0, 2, 1, 0, 8, 0, 0});
}

BOOST_FIXTURE_TEST_CASE(categories_are_columns_of_zeros_and_ones, Files) {
  const std::string text = "x,wind,state\n1,NW,1\n2,,2\n3,cv,1\n4,NW,2\n";
  const PanelOptions options{.targets = {"x"}, .past = {"wind", "state"}, .categories = {"state"}};
  const EncodedPanel made = make(text, options);
  BOOST_TEST(made.panel.columns.past == (Texts{"wind=NW", "wind=cv", "state=1", "state=2"}));
  check_rows(made.panel.series[0].past, {4, 4}, {1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1});
  BOOST_TEST(made.description == "4 rows, 1 missing in wind");
  PanelOptions forward = options;
  forward.missing = MissingPolicy::forward;
  check_rows(make(text, forward).panel.series[0].past,
             {4, 4},
             {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1});
}

BOOST_FIXTURE_TEST_CASE(an_unknown_category_is_none_of_the_known_ones_and_that_is_said, Files) {
  const PanelEncoder encoder(read("x,wind\n1,NW\n2,cv\n"), {.targets = {"x"}, .past = {"wind"}});
  const EncodedPanel made = encoder.encode(read("x,wind\n1,cv\n2,SE\n3,SE\n"));
  check_rows(made.panel.series[0].past, {3, 2}, {0, 1, 0, 0, 0, 0});
  BOOST_REQUIRE(made.notes.size() == 1U);
  BOOST_TEST(without_folder(made.notes[0]) ==
             "a.csv:3: column 'wind' holds 'SE', which training has not seen: it counts as none of "
             "'NW', 'cv'");
}

BOOST_FIXTURE_TEST_CASE(what_is_learnt_comes_from_the_training_part, Files) {
  const Table table = read("x,y,wind\n1,2,NW\n2,4,cv\n3,,SE\n4,100,SE\n");
  const PanelEncoder encoder(table,
                             {.targets = {"x"}, .past = {"y", "wind"}, .training_part = 0.5});
  BOOST_TEST(encoder.columns().past == (Texts{"y", "wind=NW", "wind=cv"}));
  BOOST_TEST(encoder.encoding().past[0].mean == 3.0);
  const EncodedPanel made = encoder.encode(table);
  check_rows(made.panel.series[0].past, {4, 3}, {2, 1, 0, 4, 0, 1, 4, 0, 0, 100, 0, 0});
  BOOST_REQUIRE(made.notes.size() == 2U);
  BOOST_TEST(without_folder(made.notes[0]) ==
             "a.csv:4: column 'wind' holds 'SE', which training has not seen: it counts as none of "
             "'NW', 'cv'");
  BOOST_TEST(made.notes[1] ==
             "y: 1 missing, filled with the value before, for training had no indicator of that");
  BOOST_CHECK_THROW(PanelEncoder(table, {.training_part = 0.0}), ArgumentError);
}

BOOST_FIXTURE_TEST_CASE(a_column_tells_the_series_apart, Files) {
  const EncodedPanel made = make(
      "date,shop,size,x\n2010-01-01,b,7,1\n2010-01-01,a,8,10\n2010-01-02,b,7,2\n2010-01-02,a,,"
      "20\n2010-01-03,a,8,30\n",
      {.statics = {"size"}, .series = "shop"});
  const Panel& panel = made.panel;
  BOOST_REQUIRE(panel.series.size() == 2U);
  BOOST_TEST(panel.series[0].name == "b");
  check_rows(panel.series[0].targets, {2, 1}, {1, 2});
  check_rows(panel.series[1].targets, {3, 1}, {10, 20, 30});
  BOOST_TEST(panel.columns.statics == (Texts{"size", "size missing"}));
  BOOST_TEST(panel.series[0].statics == (std::vector<double>{7, 0}));
  BOOST_TEST(panel.series[1].statics == (std::vector<double>{8, 0}));
  BOOST_TEST(made.description == "daily, 2 series, 5 rows from 2010-01-01 to 2010-01-03");
}

BOOST_FIXTURE_TEST_CASE(several_files_are_series_if_their_times_overlap, Files) {
  const auto january = write("january.csv", "date,x\n2010-01-30,1\n2010-01-31,2\n");
  const auto february = write("february.csv", "date,x\n2010-02-01,3\n2010-02-02,4\n");
  const auto other = write("other.csv", "date,x\n2010-01-31,5\n2010-02-01,6\n");
  const auto series_of = [](const std::vector<std::filesystem::path>& paths,
                            std::optional<bool> asked) {
    const Table table = read_table(paths);
    const PanelEncoder encoder(table, {.files_are_series = asked});
    BOOST_TEST((encoder.guesses().size() == (asked ? 1U : 2U)));  // the other one is the target
    Texts names;
    for (const PanelSeries& series : encoder.encode(table).panel.series) {
      names.push_back(series.name);
    }
    return names;
  };
  BOOST_TEST(series_of({january, february}, {}) == Texts{""});
  BOOST_TEST(series_of({january, other}, {}) == (Texts{"january", "other"}));
  BOOST_TEST(series_of({january, february}, true) == (Texts{"january", "february"}));
}

BOOST_FIXTURE_TEST_CASE(the_step_is_found, Files) {
  const auto description = [&](const Texts& times) {
    std::string text = "t,x\n";
    for (std::size_t i = 0; i < times.size(); ++i) {
      text += times[i] + "," + std::to_string(i) + "\n";
    }
    return make(text, {.table = {.time = {"t"}}}).description;
  };
  BOOST_TEST(description({"2010-01-01 00:00", "2010-01-01 00:15", "2010-01-01 00:30"}) ==
             "every 15 minutes, 3 rows from 2010-01-01 00:00:00 to 2010-01-01 00:30:00");
  BOOST_TEST(description({"2010-01-31", "2010-02-28", "2010-03-31"}) ==
             "monthly, 3 rows from 2010-01 to 2010-03");
  BOOST_TEST(description({"2010-01-15", "2010-02-15", "2010-05-15"}) ==
             "monthly, 3 rows from 2010-01 to 2010-05, 1 gap (2 rows)");
  BOOST_TEST(description({"2010-03-31", "2010-06-30", "2010-09-30"}) ==
             "quarterly, 3 rows from 2010-03 to 2010-09");
  BOOST_TEST(description({"2010", "2011", "2012"}) == "yearly, 3 rows from 2010 to 2012");
  BOOST_TEST(description({"2010-01", "2010-02", "2010-03"}) ==
             "monthly, 3 rows from 2010-01 to 2010-03");
  BOOST_TEST(description({"2010-01-04", "2010-01-11", "2010-01-18"}) ==
             "weekly, 3 rows from 2010-01-04 to 2010-01-18");
  BOOST_TEST(description({"2010-01-01 00:00", "2010-01-01 02:00", "2010-01-01 05:00"}) ==
             "hourly, 3 rows from 2010-01-01 00:00:00 to 2010-01-01 05:00:00, 2 gaps (3 rows)");
  BOOST_TEST(description({"10", "20", "40"}) ==
             "numbers 10 apart, 3 rows from 10 to 40, 1 gap (1 row)");
}

BOOST_FIXTURE_TEST_CASE(the_step_may_be_given, Files) {
  const std::string text = "t,x\n2010-01-01 00:00,1\n2010-01-01 02:00,2\n";
  const PanelOptions hourly{.missing = MissingPolicy::forward,
                            .step = TimeStep{TimeUnit::seconds, 3600}};
  check_rows(make(text, hourly).panel.series[0].targets, {3, 1}, {1, nan, 2});
  const PanelOptions daily{.step = TimeStep{TimeUnit::seconds, 24 * 3600}};
  BOOST_CHECK_THROW(make(text, daily), FormatError);
}

BOOST_FIXTURE_TEST_CASE(rows_without_targets_at_the_end_are_known_in_advance, Files) {
  const std::string text =
      "date,x,y,plan\n2010-01-01,1,5,1\n2010-01-02,2,6,0\n2010-01-03,,,1\n2010-01-04,,,0\n";
  const EncodedPanel made =
      make(text,
           {.targets = {"x"}, .past = {"y"}, .known = {"plan"}, .missing = MissingPolicy::forward});
  const PanelSeries& series = made.panel.series[0];
  check_rows(series.targets, {2, 1}, {1, 2});
  check_rows(series.past, {2, 1}, {5, 6});
  check_rows(series.known, {4, 1}, {1, 0, 1, 0});
  BOOST_TEST(made.description == "daily, 2 rows from 2010-01-01 to 2010-01-02");
  BOOST_TEST(make(text, {.targets = {"x"}, .known = {"plan"}})
                 .panel.columns.past.empty());  // no x missing
  check_known_future(made.panel, 2);
  BOOST_CHECK_THROW(check_known_future(made.panel, 3), FormatError);
}

BOOST_FIXTURE_TEST_CASE(the_future_may_be_a_second_file, Files) {
  const PanelOptions options{.targets = {"x"}, .known = {"plan"}, .series = "shop"};
  const Table table = read(
      "date,shop,x,plan\n2010-01-01,a,1,1\n2010-01-02,a,2,0\n2010-01-01,b,3,1\n2010-01-02,b,4,0\n");
  const Table future = read_table(
      write("plan.csv", "date,shop,plan\n2010-01-03,b,7\n2010-01-03,a,6\n2010-01-04,a,8\n"));
  const EncodedPanel made = PanelEncoder(table, options).encode(table, &future);
  check_rows(made.panel.series[0].targets, {2, 1}, {1, 2});
  check_rows(made.panel.series[0].known, {4, 1}, {1, 0, 6, 8});
  check_rows(made.panel.series[1].known, {3, 1}, {1, 0, 7});
}

BOOST_FIXTURE_TEST_CASE(the_calendar_is_known_beyond_the_data, Files) {
  const EncodedPanel made =
      make("t,x\n2010-01-01 00:00,1\n2010-01-01 06:00,2\n", {.calendar = {"hour"}, .horizon = 2});
  BOOST_TEST(made.panel.columns.known == (Texts{"hour (sine)", "hour (cosine)"}));
  check_rows(made.panel.series[0].known, {4, 2}, {0, 1, 1, 0, 0, -1, -1, 0});
}

BOOST_FIXTURE_TEST_CASE(an_encoder_is_the_same_after_json, Files) {
  const std::string text =
      "year,month,shop,wind,plan,y,x\n2010,1,a,NW,1,5,1\n2010,2,a,cv,2,,2\n2010,4,a,NW,3,7,\n2010,"
      "1,b,cv,1,5,1\n2010,2,b,"
      "cv,0,6,2\n";
  const Table table = read(text);
  const PanelEncoder encoder(
      table, {.past = {"wind", "y"}, .known = {"plan"}, .series = "shop", .calendar = {"month"}});
  const PanelEncoder again = PanelEncoder::from_json(encoder.to_json());
  BOOST_TEST(again.to_json() == encoder.to_json());
  BOOST_TEST(again.options().targets == Texts{"x"});
  BOOST_TEST(again.options().table.time == (Texts{"year", "month"}));
  const EncodedPanel a = encoder.encode(table), b = again.encode(table);
  BOOST_TEST(a.panel.columns.past ==
             (Texts{"wind=NW", "wind=cv", "y", "y missing", "x missing", "row missing"}));
  BOOST_TEST(b.panel.columns.past == a.panel.columns.past);
  BOOST_TEST((b.panel.step == a.panel.step));
  for (std::size_t i = 0; i < 2; ++i) {
    test::check_close(b.panel.series[i].past.view(), test::values(a.panel.series[i].past.view()));
    test::check_close(b.panel.series[i].known.view(), test::values(a.panel.series[i].known.view()));
  }
  for (const char* const bad : {"", "[]", "{}", R"({"format": "rondo panel 2"})"}) {
    BOOST_CHECK_THROW(PanelEncoder::from_json(bad), FormatError);
  }
}

BOOST_FIXTURE_TEST_CASE(a_file_for_a_forecast_may_be_one_row, Files) {
  const PanelEncoder encoder(read("date,x\n2010-01-01,1\n2010-01-02,2\n"), {});
  check_rows(encoder.encode(read("date,x\n2011-01-01,7\n")).panel.series[0].targets, {1, 1}, {7});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace panel_encoder_test
