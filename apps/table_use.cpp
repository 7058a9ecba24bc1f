#include "rondo/apps/table_use.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/apps/forecast_results.hpp"
#include "rondo/apps/forecast_test_parts.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/result_folder.hpp"
#include "rondo/apps/shell.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/core/error.hpp"

namespace rondo::apps {

namespace {

void check_csv(const char* command, const SeriesFile& file) {
  if (file.csv.empty()) {
    throw_argument_error(command, "a file is missing: the model is one of tables, give --csv");
  }
}

/// What results say of the run that made the model.
RunDescription description_of(const ForecasterOptions& options, const std::string& csv) {
  RunDescription run{.csv = csv, .units = options.units, .cell = options.cell};
  if (options.season > 0) {
    run.season = options.season;
  }
  return run;
}

std::string command_of(const EvaluateOptions& o) {
  return fmt::format("rondo evaluate --model {} --csv {}{}{} --out {}",
                     quoted_for_shell(o.model),
                     quoted_for_shell(o.series.csv),
                     o.rows ? fmt::format(" --rows {}", *o.rows) : "",
                     o.test_split ? fmt::format(" --test-split {}", *o.test_split) : "",
                     quoted_for_shell(o.out));
}

std::size_t test_rows_of(const EvaluateOptions& o, std::size_t rows) {
  if (o.rows) {
    return std::min(rows, *o.rows);
  }
  return last_share(rows, o.test_split.value_or(default_test_split));
}

void check_test_options(const EvaluateOptions& o) {
  if (o.rows && o.test_split) {
    throw_argument_error("evaluate", "--rows and --test-split exclude one another");
  }
  if (o.test_split && !(*o.test_split > 0.0 && *o.test_split <= 1.0)) {
    throw_argument_error("evaluate",
                         fmt::format("test_split must be in (0, 1], got {}", *o.test_split));
  }
}

}  // namespace

TableOptions options_for(const char* command, const TableModel& model, const SeriesFile& file) {
  if (!file.column.empty()) {
    throw_argument_error(command, "--column is for models of one column, this one is of tables");
  }
  TableOptions options = model.encoder.options().table;
  if (!file.delimiter.empty()) {
    options.delimiter = sign_of("--delimiter", file.delimiter);
  }
  if (!file.decimal.empty()) {
    options.decimal = sign_of("--decimal", file.decimal);
  }
  if (file.no_header) {
    options.header = !*file.no_header;
  }
  return options;
}

void evaluate_table(const EvaluateOptions& o) {
  check_csv("evaluate", o.series);
  check_test_options(o);
  const TableModel model = load_table_model(o.model);
  const EncodedPanel encoded =
      read_panel(model, o.series.csv, {}, options_for("evaluate", model, o.series));
  const ForecasterOptions& options = model.forecaster.options();
  const TestSplit split = split_for_test(
      encoded.panel, model.forecaster, [&](std::size_t rows) { return test_rows_of(o, rows); });
  say(split.notes);
  const auto season = options.season > 0 ? std::optional(options.season) : std::nullopt;
  const ForecastResults results{
      .run = description_of(options, o.series.csv),
      .panel = encoded.panel,
      .description = encoded.description,
      .comparison =
          measure(model.forecaster, split, simple_methods(options, season, split.training)),
      .command = command_of(o)};
  if (!o.out.empty()) {
    const ResultFolder folder(o.out);
    folder.check_no_run("evaluate");
    write_metrics(folder.path("metrics.json"), results);
    write_report(folder.path("report.html"), forecast_report(results, nullptr));
  }
  print_results(results);
}

void predict_table(const PredictOptions& o) {
  if (o.text_seed || o.length || o.temperature || o.seed) {
    throw_argument_error("predict",
                         "the model is one of tables, which takes --csv, its options, --future, "
                         "--follow and --out only");
  }
  const TableModel model = load_table_model(o.model);
  const TableOptions options = options_for("predict", model, o.series);
  if (o.follow) {
    if (!o.series.csv.empty() || !o.future.empty() || !o.out.empty()) {
      throw_argument_error("predict",
                           "--follow reads rows from stdin and answers on stdout: leave --csv, "
                           "--future and --out out");
    }
    follow_table(model, options);
    return;
  }
  check_csv("predict", o.series);
  const EncodedPanel encoded = read_panel(model, o.series.csv, o.future, options);
  check_known_future(encoded.panel, model.forecaster.options().horizon);
  const Panel panel = long_enough(encoded.panel, model.forecaster);
  const CsvTable table = forecast_table(
      model.forecaster.forecast(panel), panel.step, model.forecaster.options().quantiles);
  if (o.out.empty()) {
    fmt::print("{}", to_csv(table));
  } else {
    write_csv(o.out, table);
  }
}

}  // namespace rondo::apps
