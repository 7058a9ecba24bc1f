/// What a forecast has found: on the terminal, in metrics.json, forecast.csv and report.html.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rondo/apps/comparison.hpp"
#include "rondo/apps/run_description.hpp"
#include "rondo/formats/csv.hpp"
#include "rondo/optim/history.hpp"
#include "rondo/timeseries/report.hpp"

namespace rondo::apps {

struct ForecastResults {
  RunDescription run = {};
  Panel panel = {};
  std::string description = {};
  std::vector<std::string> guesses = {};
  Comparison comparison = {};
  std::vector<Forecast> beyond = {};  // the data
  std::string command = {};           // that repeats the run
};

/// `time,series,target,0.1,0.5,0.9`
[[nodiscard]] CsvTable forecast_table(std::span<const Forecast> forecasts,
                                      TimeStep step,
                                      std::span<const double> quantiles);

/// `GRU(64, 32)`
[[nodiscard]] std::string model_name(const RunDescription& run);

/// Methods as people call them: `seasonal naive (24)`.
[[nodiscard]] std::vector<std::string> method_labels(const ForecastResults& results);

/// A row for each method.
[[nodiscard]] ReportTable comparison_table(const ForecastResults& results);

/// Sentences: how many forecasts were measured, the period, the coverage.
[[nodiscard]] std::vector<std::string> about_test(const ForecastResults& results);

/// The comparison in words.
[[nodiscard]] std::string verdict(const ForecastResults& results);

/// Errors of all methods, coverage and verdict on stdout.
void print_results(const ForecastResults& results);

/// `{"model": {"mae": …, …}, "naive": {…}, …, "folds": [{…}, …], "coverage": …}`
void write_metrics(const std::string& path, const ForecastResults& results);

/// @param history  of the training; null: none
[[nodiscard]] Report forecast_report(const ForecastResults& results, const History* history);

}  // namespace rondo::apps
