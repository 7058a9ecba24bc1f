#include "rondo/apps/series.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/apps/notice.hpp"
#include "rondo/apps/row_order.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"

namespace rondo::apps {

namespace {

constexpr const char* reader = "read_csv";

CsvOptions options_of(const RunDescription& run) {
  CsvOptions options{.header = !run.no_header};
  if (!run.delimiter.empty()) {
    options.delimiter = sign_of("--delimiter", run.delimiter);
  }
  if (!run.decimal.empty()) {
    options.decimal = sign_of("--decimal", run.decimal);
  }
  return options;
}

/// The last column that holds numbers.
std::string choose_column(const CsvTable& table, const RunDescription& run) {
  const auto& names = table.names();
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!name->empty() && table.content(*name) != CsvContent::text) {
      return *name;
    }
  }
  throw_format_error(
      reader,
      fmt::format(
          "{}: no column with a name holds numbers, there are {}", run.csv, listed(names, 20)));
}

/// A name that is a number is the first value of a file without a header.
void check_name(const std::string& column, const RunDescription& run) {
  CsvTable name;
  name.add_column("name", {column});
  if (!run.no_header && name.content("name") == CsvContent::numbers) {
    throw_format_error(reader,
                       fmt::format("{}: the first line looks like data, it holds {}: --no-header "
                                   "if it is, --column {} if that is the name of a column",
                                   run.csv,
                                   in_quotes(column),
                                   printable(column)));
  }
}

}  // namespace

RunDescription described(RunDescription trained, const SeriesFile& file) {
  const auto set = [](std::string& option, const std::string& given) {
    option = given.empty() ? option : given;
  };
  trained.csv = file.csv;
  set(trained.column, file.column);
  set(trained.delimiter, file.delimiter);
  set(trained.decimal, file.decimal);
  trained.no_header = file.no_header.value_or(trained.no_header);
  return trained;
}

const char* SeriesFile::first_flag() const {
  return !column.empty()      ? "--column"
         : !delimiter.empty() ? "--delimiter"
         : !decimal.empty()   ? "--decimal"
         : no_header          ? "--no-header"
                              : nullptr;
}

Series read_series(const RunDescription& run) {
  const CsvTable table = read_csv(run.csv, options_of(run));
  Series series{run.column, {}, run.column.empty()};
  if (series.column_was_chosen) {
    series.column = choose_column(table, run);
    check_name(series.column, run);
  }
  const Tensor<double> values = table.column<double>(series.column);
  series.values.assign(values.view().begin(), values.view().end());
  if (const auto name = falling_column(table)) {
    notice(
        "{} falls from row to row: the rows are taken in the order of the file, and the oldest "
        "must come first",
        in_quotes(*name));
  }
  return series;
}

void announce_column(Trainer<float>& trainer, const Series& series) {
  if (series.column_was_chosen) {
    trainer.add(LambdaCallback<float>({.on_train_begin = [name = series.column](Trainer<float>&) {
      const std::string line =
          fmt::format("column {}: the last one that holds numbers (--column chooses another)\n\n",
                      in_quotes(name));
      std::fputs(line.c_str(), stdout);  // a terminal that is gone ends no training
    }}));
  }
}

}  // namespace rondo::apps
