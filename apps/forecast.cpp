#include "rondo/apps/forecast.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

#include <fmt/core.h>

#include "rondo/apps/baselines.hpp"
#include "rondo/rondo.hpp"

namespace rondo::apps {

namespace {

namespace fs = std::filesystem;

constexpr double train_share = 0.8;
constexpr double validation_share = 0.15;  // of the training windows, the latest ones

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

Split read_series(const ForecastOptions& o) {
  const Tensor<double> column = read_csv(o.csv).column<double>(o.column);
  Split split{{column.view().begin(), column.view().end()}, 0, 0};
  split.train_size = static_cast<std::size_t>(train_share * static_cast<double>(column.size()));
  const std::size_t needed = o.window + o.horizon + 1;
  if (split.train_size < needed || column.size() - split.train_size < o.horizon) {
    throw_argument_error(
        "forecast",
        fmt::format(
            "window {} and horizon {} do not fit the series: {} values, {} of them for training",
            o.window,
            o.horizon,
            column.size(),
            split.train_size));
  }
  split.test_begin = split.train_size - o.window;
  return split;
}

/// Creates the folder and proves that files can be written there, before anything is computed.
void prepare_folder(const std::string& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (error || access(out.c_str(), W_OK) != 0) {
    throw_format_error("forecast", fmt::format("the folder {} cannot be written", out));
  }
}

/// The series as the column that the model reads.
Tensor<float> column_of(std::span<const double> series) {
  Tensor<float> column({series.size(), 1});
  std::transform(series.begin(), series.end(), column.data(), [](double value) {
    return static_cast<float>(value);
  });
  return column;
}

/// A GRU, the scale that it was trained in, and the sizes that a file must hold to make it again.
class Forecaster {
 public:
  Forecaster(const Task& task, std::size_t units)
      : task_(task), units_(units), layers_(GRU{{.units = units}}, Dense{{.units = 1}}) {}

  /// Fits scaler and weights to the series.
  History train(std::span<const double> series, const ForecastOptions& o) {
    scaler_.fit(column_of(series));
    layers_.build({task_.window, 1}, o.seed);
    Adam<float> optimizer({.learning_rate = o.learning_rate});
    Trainer<float> trainer(layers_, mean_squared_error<float>, optimizer);
    trainer.add(EarlyStopping<float>({.patience = o.patience, .restore_best_weights = true}));
    return trainer.fit(windows(series),
                       {.epochs = o.epochs,
                        .batch_size = o.batch_size,
                        .verbose = o.quiet ? Verbosity::quiet : Verbosity::automatic,
                        .validation_split = validation_share,
                        .seed = o.seed});
  }

  /// A prediction for each window of the series, in the series' unit.
  [[nodiscard]] std::vector<double> predict(std::span<const double> series) {
    const WindowDataset<float> data = windows(series);
    BatchLoader<float> loader(data, {.batch_size = 256});
    Tape<float> tape({.recording = false});
    std::vector<double> result;
    while (const auto batch = loader.next()) {
      tape.reset();
      for (const float scaled : layers_(tape.borrow(batch->inputs)).value()) {
        result.push_back(scaler_.inverse_transform(scaled, 0));
      }
      if (loader.position().batch == loader.num_batches()) {
        break;
      }
    }
    return result;
  }

  [[nodiscard]] std::string summary() const { return layers_.summary(); }

  void save(const std::string& path, const ForecastOptions& o) {
    save_weights<float>(path,
                        layers_.weights(),
                        {{"format", "rondo forecast 1"},
                         {"column", o.column},
                         {"window", fmt::format("{}", task_.window)},
                         {"horizon", fmt::format("{}", task_.horizon)},
                         {"units", fmt::format("{}", units_)},
                         {"offset", fmt::format("{}", scaler_.offset()[0])},
                         {"scale", fmt::format("{}", scaler_.scale()[0])}});
  }

  /// @throws FormatError if the file is no forecaster
  static Forecaster load(const std::string& path) {
    const SafetensorsFile file = SafetensorsFile::open(path);
    const auto number = [&](const char* key) {
      const auto found = file.metadata().find(key);
      double value = 0.0;
      if (found == file.metadata().end() ||
          std::sscanf(found->second.c_str(), "%lf", &value) != 1) {
        throw_format_error("forecast",
                           fmt::format("{} has no number '{}' in its metadata", path, key));
      }
      return value;
    };
    const auto size = [&](const char* key) { return static_cast<std::size_t>(number(key)); };
    Forecaster model({size("window"), size("horizon")}, size("units"));
    model.scaler_.set_parameters(std::array{number("offset")}, std::array{number("scale")});
    model.layers_.build({model.task_.window, 1});
    load_weights<float>(path, model.layers_.weights());
    return model;
  }

 private:
  [[nodiscard]] WindowDataset<float> windows(std::span<const double> series) const {
    return {scaler_.transform(column_of(series)),
            {.window = task_.window, .horizon = task_.horizon}};
  }

  Task task_;
  std::size_t units_;
  StandardScaler<float> scaler_;
  Sequential<float> layers_;
};

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

void draw(const std::string& path,
          const ForecastOptions& o,
          const Split& split,
          std::span<const double> predicted,
          std::span<const double> future) {
  const std::size_t first = split.series.size() - predicted.size();
  const bool drawn = plot_svg(path,
                              {curve(o.column, std::span(split.series).subspan(first), first),
                               curve(fmt::format("GRU, {} ahead", o.horizon), predicted, first),
                               curve("beyond the data", future, split.series.size())},
                              {.title = fmt::format("{}: test part and forecast", o.column),
                               .x_label = "row of the file",
                               .y_label = o.column});
  fmt::print("{}\n",
             drawn ? "plot:      " + path : "plot:      gnuplot is not installed, none drawn");
}

/// The windows that end last see everything that is known and look beyond its end.
std::vector<double> beyond_the_data(Forecaster& model, const Split& split, const Task& task) {
  std::vector<double> padded = split.series;
  padded.insert(padded.end(), task.horizon, 0.0);  // targets, which a prediction does not look at
  const std::size_t begin = padded.size() - (task.window + 2 * task.horizon - 1);
  return model.predict(std::span(padded).subspan(begin));
}

void write_forecast(const std::string& path,
                    std::span<const double> predicted,
                    std::span<const double> future,
                    std::size_t first) {
  std::vector<double> rows;
  std::vector<double> values(predicted.begin(), predicted.end());
  values.insert(values.end(), future.begin(), future.end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    rows.push_back(static_cast<double>(first + i));
  }
  CsvTable table;
  table.add_column<double>("row", rows);
  table.add_column<double>("forecast", values);
  write_csv(path, table);
}

}  // namespace

void forecast(const ForecastOptions& o) {
  const Task task{o.window, o.horizon};
  const Split split = read_series(o);
  prepare_folder(o.out);
  const std::vector<Result> others = baselines(split, task, o.season);

  Forecaster model(task, o.units);
  const History history = model.train(split.train(), o);
  fmt::print("\n{}\n", model.summary());

  const auto actual = targets(split.test(), task);
  std::vector<Result> results{{fmt::format("GRU({})", o.units), model.predict(split.test())}};
  results.insert(results.end(), others.begin(), others.end());
  print_errors(results, actual);

  const auto future = beyond_the_data(model, split, task);
  const std::string model_file = o.out + "/model.safetensors";
  const std::string history_file = o.out + "/history.csv";
  const std::string forecast_file = o.out + "/forecast.csv";
  model.save(model_file, o);
  history.write_csv(history_file);
  write_forecast(forecast_file, results[0].predicted, future, split.series.size() - actual.size());
  fmt::print("\n");
  draw(o.out + "/forecast.svg", o, split, results[0].predicted, future);
  fmt::print(
      "forecasts: {}\nhistory:   {}\nmodel:     {}\n", forecast_file, history_file, model_file);

  const auto again = Forecaster::load(model_file).predict(split.test());
  double largest = 0.0;
  for (std::size_t i = 0; i < again.size(); ++i) {
    largest = std::max(largest, std::abs(again[i] - results[0].predicted[i]));
  }
  fmt::print("reloaded:  largest difference of {} predictions is {}\n", again.size(), largest);
}

}  // namespace rondo::apps
