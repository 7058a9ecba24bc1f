#include "rondo/data/table.hpp"

#include <cmath>
#include <filesystem>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/table_files.hpp"

namespace table_test {

using namespace rondo;

namespace {

struct Files : test::TableFiles {
  [[nodiscard]] std::string refusal(const std::string& text, const TableOptions& options = {}) {
    return error_of<FormatError>([&] { return read(text, options); });
  }
};

using Texts = std::vector<std::string>;
using Points = std::vector<TimePoint>;

}  // namespace

BOOST_AUTO_TEST_SUITE(data_table)

BOOST_FIXTURE_TEST_CASE(cells_are_numbers_texts_or_times, Files) {
  const Table table = read("date,x,wind\n2010-01-01,1.5,NW\n2010-01-02,-2e3,cv\n2010-01-03,7,NW\n");
  BOOST_TEST(table.num_rows() == 3U);
  BOOST_TEST((table.column("date").kind == ColumnKind::times));
  BOOST_TEST(table.column("date").times == (Points{1262304000, 1262390400, 1262476800}));
  BOOST_TEST(table.numbers("x") == (std::vector<double>{1.5, -2000.0, 7.0}));
  BOOST_TEST((table.column("wind").kind == ColumnKind::texts));
  BOOST_TEST(table.column("wind").categories == (Texts{"NW", "cv"}));
  BOOST_TEST(table.column("wind").codes == (std::vector<std::int32_t>{0, 1, 0}));
}

BOOST_FIXTURE_TEST_CASE(blanks_around_a_text_are_no_part_of_it, Files) {
  const Table table = read("c,x\n NW,1\nNW,2\nNW \t,3\n S W,4\n");
  BOOST_TEST(table.column("c").categories == (Texts{"NW", "S W"}));
  BOOST_TEST(table.column("c").codes == (std::vector<std::int32_t>{0, 0, 0, 1}));
}

BOOST_FIXTURE_TEST_CASE(cells_may_be_missing_in_every_kind_of_column, Files) {
  for (const char* const missing :
       {"", " ", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-"}) {
    const Table table = read(std::string("x,wind,date\n1,NW,2010-01-01\n") + missing + "," +
                                 missing + "," + missing + "\n",
                             {.count_rows = true});
    BOOST_TEST(std::isnan(table.numbers("x")[1]), missing);
    BOOST_TEST(table.column("wind").codes[1] == TableColumn::no_text, missing);
    BOOST_TEST(table.column("date").times[1] == TableColumn::no_time, missing);
    BOOST_TEST(table.column("x").count_missing() == 1U, missing);
    BOOST_TEST(table.column("wind").count_missing() == 1U, missing);
    BOOST_TEST(table.column("date").count_missing() == 1U, missing);
  }
}

BOOST_FIXTURE_TEST_CASE(a_text_among_numbers_is_named_when_numbers_are_asked_for, Files) {
  const Table table = read("x,y,date\n1,2,2010-01-01\nNA,2.5,2010-01-02\nabc,\"1,5\",2010-01-03\n");
  const auto error_for = [&](const char* name) {
    return error_of<FormatError>([&] { return table.numbers(name); });
  };
  BOOST_TEST(error_for("x") ==
             "[read_table] a.csv:4: column 'x' holds 'abc', expected a number: correct it or leave "
             "it empty");
  BOOST_TEST(
      error_for("y") ==
      "[read_table] a.csv:4: column 'y' holds '1,5', expected a number: if ',' is its decimal "
      "sign, say so (--decimal ',')");
  BOOST_TEST(
      error_for("date") ==
      "[read_table] a.csv:2: column 'date' holds times, expected numbers: choose another column");
  BOOST_CHECK_THROW(table.numbers("z"), ArgumentError);
}

BOOST_FIXTURE_TEST_CASE(several_files_are_one_table_if_their_names_are_the_same, Files) {
  const std::vector<std::filesystem::path> paths{write("one.csv", "x,w\n1,a\n2,b\n"),
                                                 write("two.csv", "x,w\n\n3,b\n"),
                                                 write("other.csv", "x,v\n3,b\n")};
  BOOST_CHECK_THROW(read_table(paths), FormatError);
  const std::vector<std::filesystem::path> same{paths[0], write("three.csv", "x,w\n3,b\n4,c\n")};
  const Table table = read_table(same);
  BOOST_TEST(table.numbers("x") == (std::vector<double>{1, 2, 3, 4}));
  BOOST_TEST(table.column("w").codes == (std::vector<std::int32_t>{0, 1, 1, 2}));
  BOOST_TEST(table.file_of(1) == 0U);
  BOOST_TEST(table.file_of(2) == 1U);
  BOOST_TEST(without_folder(table.location(1)) == "one.csv:3");
  BOOST_TEST(without_folder(table.location(3)) == "three.csv:3");
}

BOOST_FIXTURE_TEST_CASE(a_line_is_that_of_the_file_whatever_the_cells_hold, Files) {
  const Table table = read("# a logger\nx,w\n1,\"two\nlines\"\n2,\"a \"\"b\"\"\nc\"\n3,d\n");
  BOOST_TEST(without_folder(table.location(0)) == "a.csv:3");
  BOOST_TEST(without_folder(table.location(1)) == "a.csv:5");
  BOOST_TEST(without_folder(table.location(2)) == "a.csv:7");
}

BOOST_FIXTURE_TEST_CASE(a_file_without_names_is_recognized_and_that_is_a_guess, Files) {
  const Table guessed = read("1.5,2,NA\n3,4,5\n");
  BOOST_TEST(guessed.num_rows() == 2U);
  BOOST_TEST(guessed.columns()[1].name == "1");
  BOOST_TEST(guessed.guesses().front().flag == "--header");
  BOOST_TEST(read("1.5,2,x\n3,4,5\n").num_rows() == 1U);
  BOOST_TEST(read("1.5,2,NA\n3,4,5\n", {.header = true}).num_rows() == 1U);
  BOOST_TEST(read("a,b\n3,4\n", {.header = false}).num_rows() == 2U);
  BOOST_TEST(read("x,\n1,2\n").columns()[1].name == "column 2");
}

BOOST_FIXTURE_TEST_CASE(the_time_is_the_first_column_of_times_or_the_parts_of_one, Files) {
  const Table dates = read("no,date,x\n1,2010-01-01 00:00,5\n2,2010-01-01 01:00,6\n");
  BOOST_TEST(dates.times().columns == (Texts{"date"}));
  BOOST_TEST(dates.times().points == (Points{1262304000, 1262307600}));
  BOOST_TEST((dates.times().unit == TimeUnit::seconds));
  BOOST_TEST(dates.guesses().back().flag == "--time");

  const Table parts = read("No,year,month,day,hour,x\n1,2010,1,1,0,5\n2,2010,1,1,1,6\n");
  BOOST_TEST(parts.times().columns == (Texts{"year", "month", "day", "hour"}));
  BOOST_TEST(parts.times().points == dates.times().points);

  const Table months = read("Year,Month,x\n2010,1,5\n2010,2,6\n");
  BOOST_TEST(months.times().points == (Points{1262304000, 1264982400}));
  BOOST_TEST((months.times().unit == TimeUnit::months));

  const Table none = read("x\n5\n6\n");
  BOOST_TEST(none.times().columns.empty());
  BOOST_TEST(none.guesses().back().flag == "--time");
  BOOST_TEST(read("date,x\n2010-01-01,5\n", {.count_rows = true}).times().columns.empty());
}

BOOST_FIXTURE_TEST_CASE(a_column_that_is_meant_as_the_time_is_not_passed_over, Files) {
  BOOST_TEST(refusal("date,x\n2010-01-01,1\n01.02.2010,2\n")
                 .starts_with("[read_table] a.csv:3: column 'date'"));
  BOOST_TEST(refusal("when,x\n2010-01-01,1\nNA,2\n")
                 .starts_with("[read_table] a.csv:3: column 'when' holds 'NA'"));
  BOOST_TEST(refusal("Date,x\n01.02.2010,1\n02.02.2010,2\n")
                 .starts_with("[read_table] a.csv:2: column 'Date'"));
  BOOST_TEST(refusal("time,x\nmorning,1\nevening,2\n") == "no error");
}

BOOST_FIXTURE_TEST_CASE(the_time_may_be_named, Files) {
  const Table counts = read("n,x\n998,5\n1000,6\n", {.time = {"n"}});
  BOOST_TEST(counts.times().points == (Points{998, 1000}));
  BOOST_TEST((counts.times().unit == TimeUnit::count));

  const Table years = read("n,x\n1998,5\n2000,6\n", {.time = {"n"}});
  BOOST_TEST(years.times().points == (Points{883612800, 946684800}));
  BOOST_TEST((years.times().unit == TimeUnit::months));

  const Table two =
      read("day,clock,x\n2010-01-01,00:00,5\n2010-01-01,01:00,6\n", {.time = {"day", "clock"}});
  BOOST_TEST(two.times().points == (Points{1262304000, 1262307600}));

  const Table format = read("day,clock,x\n1/1/2010,0.00,5\n1/1/2010,1.00,6\n",
                            {.time = {"day", "clock"}, .time_format = "%d/%m/%Y %H.%M"});
  BOOST_TEST(format.times().points == two.times().points);
  BOOST_CHECK_THROW(read("x\n1\n", {.time = {"date"}}), ArgumentError);
  BOOST_CHECK_THROW(read("x\n1\n", {.time = {"x"}, .time_format = "%d"}), ArgumentError);
}

BOOST_FIXTURE_TEST_CASE(a_format_of_times_is_honoured_or_refused, Files) {
  const Table found = read("no,when,x\n1,1.2.2010,5\n2,2.2.2010,6\n", {.time_format = "%d.%m.%Y"});
  BOOST_TEST(found.times().columns == (Texts{"when"}));
  BOOST_TEST(found.times().points == (Points{1264982400, 1265068800}));
  BOOST_TEST(found.guesses().back().flag == "--time");
  RONDO_CHECK_THROWS(
      read("no,x\n1,5\n2,6\n", {.time_format = "%d.%m.%Y"}),
      ArgumentError,
      "[read_table] the form of times is '%d.%m.%Y', but no column begins with such a time: "
      "name the column (--time)");
  BOOST_CHECK_THROW(read("no,x\n1,5\n2,6\n", {.time_format = "%d"}), ArgumentError);
  BOOST_CHECK_THROW(read("date,x\n2010-01-01,5\n", {.count_rows = true, .time_format = "%Y"}),
                    ArgumentError);
}

BOOST_FIXTURE_TEST_CASE(numbers_that_all_are_days_are_no_counts, Files) {
  const Table named = read("n,x\n20100131,5\n20100201,6\n", {.time = {"n"}});
  BOOST_TEST(named.times().points == (Points{1264896000, 1264982400}));
  BOOST_TEST((named.times().unit == TimeUnit::seconds));
  BOOST_TEST(named.guesses().back().flag == "--time-format");
  BOOST_TEST(read("Date,x\n20100131,5\n20100201,6\n").times().points == named.times().points);
  BOOST_TEST(read("n,x\n20100131,5\n20100201,6\n").times().columns.empty());
  const Table counts = read("n,x\n20100131,5\n20100132,6\n", {.time = {"n"}});
  BOOST_TEST(counts.times().points == (Points{20100131, 20100132}));
  BOOST_TEST((counts.times().unit == TimeUnit::count));
}

BOOST_FIXTURE_TEST_CASE(a_time_that_cannot_be_read_is_named_with_its_line_and_a_remedy, Files) {
  const TableOptions date{.time = {"date"}};
  BOOST_TEST(
      refusal("date,x\n2010-01-01,1\n31.01.2010,2\n", date) ==
      "[read_table] a.csv:3: column 'date' holds '31.01.2010', expected the form of the first "
      "row, '2010-01-01': write all times in one form");
  BOOST_TEST(
      refusal("date,x\n01/02/2010 18:00,1\n", date) ==
      "[read_table] a.csv:2: column 'date' holds '01/02/2010 18:00', expected a time such as "
      "2014-12-31: say how it is written (--time-format '%d/%m/%Y %H:%M' or '%m/%d/%Y "
      "%H:%M')");
  BOOST_TEST(refusal("date,x\n2010-02-28,1\n2010-02-30,2\n", date) ==
             "[read_table] a.csv:3: column 'date' holds '2010-02-30', expected a time such as "
             "2014-12-31: correct it, or say how times are written (--time-format)");
  BOOST_TEST(refusal("date,x\n01/31/2010 6 PM,1\n", date) ==
             "[read_table] a.csv:2: column 'date' holds '01/31/2010 6 PM', expected a time such as "
             "2014-12-31: correct it, or say how times are written (--time-format)");
  BOOST_TEST(refusal("date,x\n2010-01-01,1\n,2\n", date) ==
             "[read_table] a.csv:3: column 'date' holds '', expected a time: fill it in or leave "
             "the row out");
  BOOST_TEST(
      refusal("date,x\n2010-01-01,1\n2010-01,2\n", date) ==
      "[read_table] a.csv:3: column 'date' holds '2010-01', expected the form of the first row, "
      "'2010-01-01': write all times in one form");
  BOOST_TEST(refusal("date,x\n2010-01-01 00:00Z,1\n2010-01-01 01:00+01:00,2\n", date) ==
             "[read_table] a.csv:3: column 'date' holds '2010-01-01 01:00+01:00' with +01:00, "
             "expected +00:00 "
             "as in the first row: convert all times to one zone");
  BOOST_TEST(refusal("date,x\n1.1.2010,1\n2010-01-01,2\n",
                     {.time = {"date"}, .time_format = "%d.%m.%Y"}) ==
             "[read_table] a.csv:3: column 'date' holds '2010-01-01', expected a time as "
             "'%d.%m.%Y' (--time-format)");
  BOOST_TEST(refusal("year,month,day\n2010,13,1\n") ==
             "[read_table] a.csv:2: column 'month' holds 13, expected a month from 1 to 12: "
             "correct it or leave "
             "the row out");
  BOOST_TEST(refusal("year,month,day\n2010,,1\n") ==
             "[read_table] a.csv:2: column 'month' holds nothing, expected a month from 1 to 12: "
             "correct it or "
             "leave the row out");
  BOOST_TEST(refusal("year,month,day\n2010,2,29\n") ==
             "[read_table] a.csv:2: there is no day 2010-02-29: correct it or leave the row out");
}

BOOST_FIXTURE_TEST_CASE(a_column_is_one_of_categories_if_most_of_its_cells_are_texts, Files) {
  const Table table = read("x,y,z\na,1,\nb,2,\n3,c,\n", {.header = true});
  BOOST_TEST(table.holds_categories("x"));
  BOOST_TEST(!table.holds_categories("y"));
  BOOST_TEST(!table.holds_categories("z"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace table_test
