// The page of a forecast.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "rondo/apps/aligned_numbers.hpp"
#include "rondo/apps/forecast_results.hpp"

namespace rondo::apps {

namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_plots = 12;    // series and targets that are drawn
constexpr std::size_t most_origins = 10;  // of a test part that are drawn, one after another

std::string title_of(const std::string& series, const std::string& target) {
  return series.empty() ? target : fmt::format("{}, {}", series, target);
}

const PanelSeries& series_called(const Panel& panel, const std::string& name) {
  return *std::ranges::find(panel.series, name, &PanelSeries::name);
}

/// Without seconds that are always 0: `2014-12-31 05:00`.
std::string time_at(const Panel& panel, const PanelSeries& series, std::size_t row) {
  const TimePoint point = advance(series.begin, panel.step, static_cast<std::int64_t>(row));
  std::string text = to_string(point, panel.step);
  const bool minutes = panel.step.unit == TimeUnit::seconds && panel.step.length % 60 == 0 &&
                       text.ends_with(":00") && text.size() > 16;
  return minutes ? text.substr(0, text.size() - 3) : text;
}

std::vector<ReportQuantile> empty_quantiles(const std::vector<double>& levels) {
  std::vector<ReportQuantile> result;
  for (const double level : levels) {
    result.push_back({.level = level});
  }
  return result;
}

/// The end of the test part: forecasts that begin where the one before ends.
ReportForecast test_plot(const ForecastResults& results,
                         const std::vector<const TestPart*>& folds) {
  const Comparison& comparison = results.comparison;
  const std::size_t horizon = comparison.simple.horizon, levels = comparison.quantiles.size();

  struct Drawn {
    const TestPart* part;
    std::size_t index;
  };

  std::vector<Drawn> drawn;  // the last one first
  for (auto part = folds.rbegin(); part != folds.rend(); ++part) {
    for (std::size_t i = (*part)->origins.size(); i > 0 && drawn.size() < most_origins;
         i -= std::min(i, horizon)) {
      drawn.push_back({*part, i - 1});
    }
  }
  std::ranges::reverse(drawn);
  const TestPart& first = *folds.front();
  const PanelSeries& series = series_called(results.panel, first.series);
  ReportForecast plot{.title = fmt::format("{}: test part", title_of(first.series, first.target)),
                      .quantiles = empty_quantiles(comparison.quantiles)};
  for (const auto& [part, index] : drawn) {
    for (std::size_t h = 0; h < horizon; ++h) {
      const std::size_t at = index * horizon + h;
      plot.times.push_back(time_at(results.panel, series, part->origins[index] + h));
      plot.actual.push_back(part->actual[at]);
      for (std::size_t q = 0; q < levels; ++q) {
        plot.quantiles[q].values.push_back(part->quantiles[at * levels + q]);
      }
    }
  }
  return plot;
}

/// The last rows of the data, then the forecast.
ReportForecast beyond_plot(const ForecastResults& results, const Forecast& forecast) {
  const PanelSeries& series = series_called(results.panel, forecast.series);
  const auto& names = results.panel.columns.targets;
  const auto target =
      static_cast<std::size_t>(std::ranges::find(names, forecast.target) - names.begin());
  const std::size_t horizon = forecast.quantiles.shape()[0], levels = forecast.quantiles.shape()[1];
  const std::size_t before = std::min(series.size(), 3 * horizon);
  ReportForecast plot{
      .title = fmt::format("{}: beyond the data", title_of(forecast.series, forecast.target)),
      .quantiles = empty_quantiles(results.comparison.quantiles)};
  for (std::size_t i = 0; i < before + horizon; ++i) {
    const std::size_t row = series.size() - before + i;
    plot.times.push_back(time_at(results.panel, series, row));
    plot.actual.push_back(i < before ? series.targets.data()[row * names.size() + target]
                                     : no_value);
    for (std::size_t q = 0; q < levels; ++q) {
      plot.quantiles[q].values.push_back(
          i < before ? no_value : forecast.quantiles.data()[(i - before) * levels + q]);
    }
  }
  return plot;
}

std::vector<ReportForecast> plots_of(const ForecastResults& results) {
  std::vector<ReportForecast> plots;
  for (const Forecast& forecast : results.beyond) {
    if (plots.size() >= 2 * most_plots) {
      break;
    }
    plots.push_back(beyond_plot(results, forecast));
    std::vector<const TestPart*> folds;
    for (const TestPart& part : results.comparison.parts) {
      if (part.series == forecast.series && part.target == forecast.target) {
        folds.push_back(&part);
      }
    }
    if (!folds.empty()) {
      plots.push_back(test_plot(results, folds));
    }
  }
  return plots;
}

/// The mean absolute error of each step, of the model and the methods.
ReportTable step_table(const ForecastResults& results) {
  const Comparison& comparison = results.comparison;
  ReportTable table{.title = "Mean absolute error by step of the horizon", .columns = {"step"}};
  for (const std::string& label : method_labels(results)) {
    table.columns.push_back(label);
  }
  for (std::size_t h = 0; h < comparison.simple.horizon; ++h) {
    std::vector<double> errors;
    for (std::size_t method = 0; method + 1 < table.columns.size(); ++method) {
      errors.push_back(comparison.mean(method, h).mae);
    }
    std::vector<std::string> row = aligned_numbers(errors);
    row.insert(row.begin(), fmt::format("{}", h + 1));
    table.rows.push_back(std::move(row));
  }
  return table;
}

ReportTable data_table(const ForecastResults& results) {
  const PanelColumns& columns = results.panel.columns;
  ReportTable table{.title = results.run.csv, .columns = {"role", "columns"}};
  const auto add = [&](const char* role, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      text += (text.empty() ? "" : ", ") + name;
    }
    if (!names.empty()) {
      table.rows.push_back({role, text});
    }
  };
  add("targets", columns.targets);
  add("past", columns.past);
  add("known in advance", columns.known);
  add("static", columns.statics);
  table.note = results.description + ".";
  return table;
}

ReportCurves learning_curves(const History& history) {
  ReportCurves plot{.title = "loss"};
  for (const std::string& name : history.names()) {
    if (name == "loss" || name == "val_loss") {
      plot.curves.push_back({name, history.values(name)});
    }
  }
  return plot;
}

}  // namespace

Report forecast_report(const ForecastResults& results, const History* history) {
  ReportTable comparison = comparison_table(results);
  comparison.title = "All steps of the horizon";
  Report report{.title = fmt::format(
                    "Forecasts of {}",
                    std::filesystem::path(csv_files(results.run.csv)[0]).filename().string()),
                .summary = {verdict(results)},
                .data = {data_table(results)},
                .guesses = results.guesses,
                .forecasts = plots_of(results),
                .comparisons = {std::move(comparison), step_table(results)},
                .command = results.command};
  for (std::string& line : about_test(results)) {
    report.summary.push_back(std::move(line));
  }
  if (results.beyond.size() > most_plots) {
    report.summary.push_back(
        fmt::format("Of {} forecasts beyond the data the first {} are drawn; forecast.csv has all.",
                    results.beyond.size(),
                    most_plots));
  }
  if (history != nullptr) {
    report.curves = {learning_curves(*history)};
  }
  return report;
}

}  // namespace rondo::apps
