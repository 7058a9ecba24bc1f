#include "rondo/apps/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "rondo/apps/forecast_results.hpp"
#include "rondo/apps/forecast_test_parts.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/apps/table_train.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/layers/model.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"
#include "rondo/timeseries/rolling_origin.hpp"

namespace rondo::apps {

namespace {

RunDescription completed_forecast(RunDescription run) {
  if (is_of_classes(run.kind())) {
    throw_argument_error(
        "forecast", fmt::format("{} holds series with classes: rondo train learns them", run.csv));
  }
  if (run.test_split && run.folds) {
    throw_argument_error("forecast", "--test-split and --folds exclude one another");
  }
  if (!run.folds) {
    run.test_split = run.test_split.value_or(default_test_split);
    if (!(*run.test_split > 0.0 && *run.test_split < 1.0)) {
      throw_argument_error("forecast",
                           fmt::format("test_split must be in (0, 1), got {}", *run.test_split));
    }
  }
  return completed(std::move(run));
}

/// Trains once for each fold. No fold sees what lies behind its origin, the encoder included.
Comparison measure_folds(const RunDescription& run, const Panel& panel, bool quiet) {
  const Forecaster model(forecaster_options(run));
  const std::size_t horizon = model.options().horizon;
  const auto hidden = [&](std::size_t fold) { return horizon * (*run.folds - fold); };
  const TestSplit usable = split_for_test(panel, model, [&](std::size_t) { return hidden(0); });
  say(usable.notes);
  Comparison result{.simple = simple_methods(model.options(), run.season, usable.training),
                    .quantiles = model.options().quantiles,
                    .median = model.median(),
                    .num_folds = *run.folds};
  for (std::size_t fold = 0; fold < *run.folds; ++fold) {
    if (!quiet) {
      notice("fold {} of {}", fold + 1, *run.folds);
    }
    const Panel known = without_last(usable.whole, hidden(fold));
    Forecaster learner(forecaster_options(run));
    learner.fit(known, [&](Trainer<float>& trainer) {
      trainer.add(TerminateOnNaN<float>({.raise_error = true}));
      if (!quiet) {
        trainer.add(ProgressBar<float>());
      }
    });
    const std::vector<Forecast> forecasts = learner.forecast(known);
    const std::size_t targets = panel.columns.targets.size();
    for (std::size_t i = 0; i < known.series.size(); ++i) {
      add_parts(result,
                panel.columns,
                usable.whole.series[i],
                known.series[i].size(),
                fold,
                std::span(forecasts).subspan(i * targets, targets));
    }
  }
  return result;
}

/// The share of the shortest series that is before the first fold.
double share_before_folds(const RunDescription& run, const Panel& panel) {
  const auto shortest = std::ranges::min_element(
      panel.series, {}, [](const PanelSeries& series) { return series.size(); });
  const double rows = static_cast<double>(shortest->size());
  const double hidden = static_cast<double>(*run.folds) * static_cast<double>(*run.horizon);
  return hidden < rows ? 1.0 - hidden / rows : 1.0;
}

void print_forecast_files(const RunFolder& folder, bool has_report) {
  fmt::print(
      "\nforecasts: {}\nmetrics:   {}\nreport:    {}\nhistory:   {}\nmodel:     {}\nrun:       "
      "{}\n",
      folder.path("forecast.csv"),
      folder.path("metrics.json"),
      has_report ? folder.path("report.html") : "none",
      folder.path("history.csv"),
      folder.model(),
      folder.path("run.json"));
}

/// All but the training: files first, since the terminal may be gone.
void finish_run(const RunDescription& run,
                const RunFolder& folder,
                const Forecaster& model,
                const TableData& data,
                const History& history,
                const Comparison& comparison) {
  const Panel panel = long_enough(data.encoded.panel, model);
  const ForecastResults results{.run = run,
                                .panel = panel,
                                .description = data.encoded.description,
                                .guesses = data.guesses,
                                .comparison = comparison,
                                .beyond = model.forecast(panel),
                                .command = folder.command()};
  write_metrics(folder.path("metrics.json"), results);
  write_csv(folder.path("forecast.csv"), forecast_table(results.beyond, panel.step, run.quantiles));
  const bool has_report = write_aside(
      [&] { write_report(folder.path("report.html"), forecast_report(results, &history)); });
  save_table_model(folder.model(), model, data.encoder, run);
  folder.finish();
  fmt::print("{}\n", model.model().summary());
  print_results(results);
  print_forecast_files(folder, has_report);
}

}  // namespace

int forecast(const ForecastOptions& o) {
  const RunDescription run = completed_forecast(o.run);
  Forecaster model(forecaster_options(run));
  std::optional<Table> table = read_tables(run.csv, table_options(run));
  const TableData data = table_data(*table, run, run.folds ? 1.0 : 1.0 - *run.test_split);
  const Panel& panel = data.encoded.panel;
  check_known_future(panel, *run.horizon);
  check_season(run, panel);
  check_memory(run, panel);
  std::optional<TableData> before_folds;
  if (run.folds) {
    before_folds = table_data(*table, run, share_before_folds(run, panel));
  }
  table.reset();  // panels are all that training needs
  Panel training = panel;
  std::optional<TestSplit> split;
  SimpleMethods simple;
  if (!run.folds) {
    split = split_for_test(
        panel, model, [&](std::size_t rows) { return last_share(rows, *run.test_split); });
    simple = simple_methods(model.options(), run.season, split->training);
    training = split->training;
  }
  RunFolder folder(run, checksum_of(panel), o.resume, true, "forecast");
  say(data.encoded.notes);
  std::optional<Comparison> comparison;
  if (run.folds) {
    comparison = measure_folds(run, before_folds->encoded.panel, o.quiet);
  } else {
    say(split->notes);
  }
  const auto history = fit_in_folder(model, training, folder, data.description(), o.quiet);
  if (!history) {
    return 128 + folder.signal();
  }
  if (!comparison) {
    comparison = measure(model, *split, simple);
  }
  finish_run(run, folder, model, data, *history, *comparison);
  return 0;
}

}  // namespace rondo::apps
