#include "rondo/apps/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "rondo/apps/baselines.hpp"
#include "rondo/apps/error_table.hpp"
#include "rondo/apps/forecaster.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/predict.hpp"
#include "rondo/apps/result_folder.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/plot.hpp"
#include "rondo/timeseries/season.hpp"

namespace rondo::apps {

namespace {

constexpr double train_share = 0.8;

/// A series cut into a training part and a test part; the first test window begins `window` values
/// before the cut, so that its targets, but nothing else, lie behind it.
struct Split {
  std::vector<double> series;
  std::size_t train_size;
  std::size_t test_begin;

  [[nodiscard]] std::span<const double> train() const { return {series.data(), train_size}; }

  [[nodiscard]] std::span<const double> test() const {
    return std::span(series).subspan(test_begin);
  }
};

Split split_series(std::vector<double> series, const Task& task) {
  Split split{std::move(series), 0, 0};
  const std::size_t size = split.series.size();
  split.train_size = static_cast<std::size_t>(train_share * static_cast<double>(size));
  if (task.count(split.train_size) < 2 || size - split.train_size < task.horizon) {
    throw_argument_error(
        "forecast",
        fmt::format(
            "window {} and horizon {} do not fit the series: {} values, {} of them for training",
            task.window,
            task.horizon,
            size,
            split.train_size));
  }
  split.test_begin = split.train_size - task.window;
  return split;
}

struct Result {
  std::string name;
  std::vector<double> predicted;
};

/// The forecasts that the model has to beat, on the test part.
/// @param period  of the seasonal naive one; none: it is left out
std::vector<Result> baselines(const Split& split,
                              const Task& task,
                              std::optional<std::size_t> period) {
  const auto test = split.test();
  std::vector<Result> results{{"persistence", persistence(test, task)}};
  if (period) {
    results.push_back({fmt::format("seasonal naive ({})", *period),
                       seasonal_naive(test, split.test_begin, task, *period)});
  }
  results.push_back(
      {"linear autoregression", LinearAutoregression(split.train(), task).predict(test)});
  return results;
}

void print_errors(const std::vector<Result>& results, std::span<const double> actual) {
  std::vector<std::pair<std::string, double>> errors;
  for (const Result& result : results) {
    errors.emplace_back(result.name, rmse(result.predicted, actual));
  }
  fmt::print("{}", error_table(errors));
}

/// A guess is printed.
void print_season(std::optional<std::size_t> period) {
  if (period) {
    fmt::print("The period of {} was found in the training part; --season sets another.\n",
               *period);
  } else {
    fmt::print("No period stands out of the training part; --season sets one.\n");
  }
}

/// x = index + offset
PlotCurve curve(std::string title, std::span<const double> values, std::size_t offset) {
  PlotCurve result{std::move(title), {}, {values.begin(), values.end()}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.x.push_back(static_cast<double>(i + offset));
  }
  return result;
}

/// @return the line about the plot
std::string draw(const std::string& path,
                 const RunDescription& run,
                 const Split& split,
                 std::span<const double> predicted,
                 std::span<const double> future) {
  const std::size_t first = split.series.size() - predicted.size();
  std::string line = "plot:      gnuplot is not installed, none drawn\n";
  const bool done = write_aside([&] {
    if (plot_svg(path,
                 {curve(run.column, std::span(split.series).subspan(first), first),
                  curve(fmt::format("GRU, {} ahead", run.horizon.value()), predicted, first),
                  curve("beyond the data", future, split.series.size())},
                 {.title = fmt::format("{}: test part and forecast", run.column),
                  .x_label = "row of the file",
                  .y_label = run.column})) {
      line = fmt::format("plot:      {}\n", path);
    }
  });
  return done ? line : "plot:      none\n";
}

/// The predictions of the test part and those beyond the data.
void write_forecast(const std::string& path,
                    std::span<const double> predicted,
                    std::span<const double> future,
                    std::size_t first) {
  std::vector<double> values(predicted.begin(), predicted.end());
  values.insert(values.end(), future.begin(), future.end());
  write_csv(path, forecast_table(values, first));
}

/// A user can rely on the file alone.
void compare_with_file(const std::string& path,
                       std::span<const double> test,
                       std::span<const double> predicted) {
  const auto again = Forecaster(load_model(path)).predict(test);
  double largest = 0.0;
  for (std::size_t i = 0; i < again.size(); ++i) {
    largest = std::max(largest, std::abs(again[i] - predicted[i]));
  }
  fmt::print("reloaded:  largest difference of {} predictions is {}\n", again.size(), largest);
}

}  // namespace

void forecast(const ForecastOptions& o) {
  RunDescription run = completed(o.run);
  if (run.kind() == DataKind::classes) {
    throw_argument_error(
        "forecast", fmt::format("{} holds series with classes: rondo train learns them", run.csv));
  }
  Series series = read_series(run);
  run.column = series.column;
  const RunWatch watch{.quiet = o.quiet, .attach = [&](Trainer<float>& trainer) {
                         announce_column(trainer, series);
                       }};
  Forecaster model(run);
  const Task task = model.task();
  const Split split = split_series(std::move(series.values), task);
  const ResultFolder folder(run.out);
  folder.check_new_run("forecast", run.csv);
  const auto period = o.season > 0 ? std::optional(o.season) : find_period(split.train());
  const std::vector<Result> others = baselines(split, task, period);

  const History history = model.train(split.train(), watch).value();
  const auto actual = targets(split.test(), task);
  std::vector<Result> results{
      {fmt::format("GRU({})", run.units.at(0)), model.predict(split.test())}};
  results.insert(results.end(), others.begin(), others.end());
  const std::vector<double>& predicted = results[0].predicted;
  const auto future = model.predict_beyond(split.series);

  // Files first: the terminal may be gone.
  folder.remove_results();
  const std::string history_file = folder.path("history.csv");
  const bool has_history = write_aside([&] { history.write_csv(history_file); });
  model.save(folder.model());
  const std::string forecast_file = folder.path("forecast.csv");
  write_forecast(forecast_file, predicted, future, split.series.size() - actual.size());
  const std::string plot = draw(folder.path("forecast.svg"), run, split, predicted, future);

  fmt::print("\n{}\n", model.layers().summary());
  print_errors(results, actual);
  if (o.season == 0) {
    print_season(period);
  }
  fmt::print("\n{}forecasts: {}\nhistory:   {}\nmodel:     {}\n",
             plot,
             forecast_file,
             has_history ? history_file : "none",
             folder.model());
  compare_with_file(folder.model(), split.test(), predicted);
}

}  // namespace rondo::apps
