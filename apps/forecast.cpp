#include "rondo/apps/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/core.h>

#include "rondo/apps/baselines.hpp"
#include "rondo/apps/forecaster.hpp"
#include "rondo/apps/predict.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/plot.hpp"

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
  const std::size_t needed = task.window + task.horizon + 1;
  if (split.train_size < needed || size - split.train_size < task.horizon) {
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
std::vector<Result> baselines(const Split& split, const Task& task, std::size_t season) {
  const auto test = split.test();
  const std::size_t period = season > 0 ? season : find_period(split.train(), task.horizon + 1);
  return {{"persistence", persistence(test, task)},
          {fmt::format("seasonal naive ({})", period),
           seasonal_naive(test, split.test_begin, task, period)},
          {"linear autoregression", LinearAutoregression(split.train(), task).predict(test)}};
}

void print_errors(const std::vector<Result>& results, std::span<const double> actual) {
  fmt::print("{:<28}{:>12}\n{:-<40}\n", "forecast", "test RMSE", "");
  for (const Result& result : results) {
    fmt::print("{:<28}{:>12.2f}\n", result.name, rmse(result.predicted, actual));
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

void draw(const RunDescription& run,
          const Split& split,
          std::span<const double> predicted,
          std::span<const double> future) {
  const std::string path = run.out + "/forecast.svg";
  const std::size_t first = split.series.size() - predicted.size();
  const bool drawn =
      plot_svg(path,
               {curve(run.column, std::span(split.series).subspan(first), first),
                curve(fmt::format("GRU, {} ahead", run.horizon.value()), predicted, first),
                curve("beyond the data", future, split.series.size())},
               {.title = fmt::format("{}: test part and forecast", run.column),
                .x_label = "row of the file",
                .y_label = run.column});
  fmt::print("{}\n",
             drawn ? "plot:      " + path : "plot:      gnuplot is not installed, none drawn");
}

/// @return the file: the predictions of the test part and those beyond the data
std::string write_forecast(const std::string& out,
                           std::span<const double> predicted,
                           std::span<const double> future,
                           std::size_t first) {
  std::vector<double> values(predicted.begin(), predicted.end());
  values.insert(values.end(), future.begin(), future.end());
  write_csv(out + "/forecast.csv", forecast_table(values, first));
  return out + "/forecast.csv";
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
  Series series = read_series(run);
  run.column = series.column;
  const RunWatch watch{.quiet = o.quiet, .attach = [&](Trainer<float>& trainer) {
                         announce_column(trainer, series);
                       }};
  Forecaster model(run);
  const Task task = model.task();
  const Split split = split_series(std::move(series.values), task);
  prepare_folder(run.out);
  const std::vector<Result> others = baselines(split, task, o.season);

  const History history = model.train(split.train(), watch).value();
  fmt::print("\n{}\n", model.layers().summary());

  const auto actual = targets(split.test(), task);
  std::vector<Result> results{
      {fmt::format("GRU({})", run.units.value()), model.predict(split.test())}};
  results.insert(results.end(), others.begin(), others.end());
  print_errors(results, actual);

  const std::vector<double>& predicted = results[0].predicted;
  const auto future = model.predict_beyond(split.series);
  const std::string model_file = run.out + "/model.safetensors";
  const std::string history_file = run.out + "/history.csv";
  model.save(model_file);
  history.write_csv(history_file);
  const std::string forecast_file =
      write_forecast(run.out, predicted, future, split.series.size() - actual.size());
  fmt::print("\n");
  draw(run, split, predicted, future);
  fmt::print(
      "forecasts: {}\nhistory:   {}\nmodel:     {}\n", forecast_file, history_file, model_file);
  compare_with_file(model_file, split.test(), predicted);
}

}  // namespace rondo::apps
