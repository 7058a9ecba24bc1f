#include "rondo/apps/forecast_test_parts.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/apps/notice.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/timeseries/rolling_origin.hpp"

namespace rondo::apps {

namespace {

Panel only(const Panel& panel, std::size_t series) {
  return {panel.columns, panel.step, {panel.series[series]}};
}

std::string called(const PanelSeries& series) {
  return series.name.empty() ? std::string("the series") : "series " + in_quotes(series.name);
}

std::string counted(std::size_t rows) {
  return fmt::format("{} row{}", rows, rows == 1 ? "" : "s");
}

/// Why a series cannot be tested; empty if it can.
std::string problem_of(const PanelSeries& series, std::size_t test, const Forecaster& model) {
  const std::size_t rows = series.size(), horizon = model.options().horizon;
  const std::size_t training = rows - std::min(rows, test);
  const std::size_t needed = model.min_rows() + horizon;
  if (test < horizon) {
    return fmt::format(
        "{} has {} for the test, the horizon needs {}", called(series), counted(test), horizon);
  }
  if (training < needed) {
    return fmt::format("{} has {} rows, {} of them for training: window and horizon need {}",
                       called(series),
                       rows,
                       training,
                       needed);
  }
  const std::size_t targets = series.targets.shape()[1];
  for (std::size_t c = 0; c < targets; ++c) {
    bool missing = true;
    for (std::size_t row = 0; missing && row < training; ++row) {
      missing = std::isnan(series.targets.data()[row * targets + c]);
    }
    if (missing) {
      return fmt::format("all targets of {} are missing in its training part", called(series));
    }
  }
  return {};
}

}  // namespace

std::size_t last_share(std::size_t rows, double share) {
  return rows - static_cast<std::size_t>((1.0 - share) * static_cast<double>(rows));
}

TestSplit split_for_test(const Panel& panel,
                         const Forecaster& model,
                         const std::function<std::size_t(std::size_t)>& test_rows) {
  TestSplit split{.training = {panel.columns, panel.step, {}},
                  .whole = {panel.columns, panel.step, {}}};
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const PanelSeries& series = panel.series[i];
    const std::size_t test = test_rows(series.size());
    std::string problem = problem_of(series, test, model);
    if (problem.empty()) {
      split.training.series.push_back(without_last(only(panel, i), test).series[0]);
      split.whole.series.push_back(series);
      split.rows.push_back(test);
    } else {
      split.notes.push_back(std::move(problem));
    }
  }
  if (split.rows.empty()) {
    throw_argument_error("forecast",
                         fmt::format("nothing can be tested: {}", fmt::join(split.notes, "; ")));
  }
  for (std::string& note : split.notes) {
    note += ": it is left out";
  }
  return split;
}

SimpleMethods simple_methods(const ForecasterOptions& options,
                             std::optional<std::size_t> season,
                             const Panel& training) {
  return {.window = options.window,
          .horizon = options.horizon,
          .period = season ? season : common_period(training)};
}

Comparison measure(const Forecaster& model, const TestSplit& split, const SimpleMethods& simple) {
  Comparison result{
      .simple = simple, .quantiles = model.options().quantiles, .median = model.median()};
  for (std::size_t i = 0; i < split.rows.size(); ++i) {
    const PanelSeries& series = split.whole.series[i];
    add_parts(result,
              split.whole.columns,
              series,
              series.size() - split.rows[i],
              0,
              model.backtest(only(split.whole, i), split.rows[i]));
  }
  return result;
}

Panel long_enough(const Panel& panel, const Forecaster& model) {
  Panel result{panel.columns, panel.step, {}};
  std::vector<std::string> notes;
  for (const PanelSeries& series : panel.series) {
    if (series.size() >= model.min_rows()) {
      result.series.push_back(series);
    } else {
      notes.push_back(fmt::format(
          "{} has {} rows, a forecast needs {}", called(series), series.size(), model.min_rows()));
    }
  }
  if (result.series.empty()) {
    throw_argument_error("forecast", fmt::format("{}", fmt::join(notes, "; ")));
  }
  for (const std::string& note : notes) {
    notice("{}: it has none", note);
  }
  return result;
}

}  // namespace rondo::apps
