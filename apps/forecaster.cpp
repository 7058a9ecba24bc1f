#include "rondo/apps/forecaster.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"

namespace rondo::apps {

namespace {

/// The series as the column that the model reads.
Tensor<float> column_of(std::span<const double> series) {
  Tensor<float> column({series.size(), 1});
  std::transform(series.begin(), series.end(), column.data(), [](double value) {
    return static_cast<float>(value);
  });
  return column;
}

std::unique_ptr<Layer<float>> forecasting_layers(const RunDescription& run) {
  return std::make_unique<Sequential<float>>(
      GRU{{.units = run.units.value(), .input_shape = {run.window.value(), 1}}},
      Dense{{.units = 1}});
}

}  // namespace

Forecaster::Forecaster(const RunDescription& run) : run_(run), layers_(forecasting_layers(run)) {}

Forecaster::Forecaster(ModelFile file)
    : run_(std::move(file.run)), layers_(std::move(file.layers)) {
  in_model_file(file.path, [&] { scaler_.from_json(file.preparation); });
  const std::size_t columns = scaler_.scale().size();
  if (columns != 1 || layers_->output_shape({run_.window.value(), columns}) != Shape{1}) {
    refuse_model(file.path, "its layers do not map a window of one column to one value");
  }
}

std::optional<History> Forecaster::train(std::span<const double> series, const RunWatch& watch) {
  scaler_.fit(column_of(series));
  Adam<float> optimizer(
      {.learning_rate = run_.learning_rate.value(), .global_clipnorm = run_.global_clipnorm});
  Trainer<float> trainer(*layers_, mean_squared_error<float>, optimizer);
  return train_as_described(
      trainer, windows(series), {.validation_split = run_.validation_split}, run_, watch);
}

std::vector<double> Forecaster::predict(std::span<const double> series) const {
  const WindowDataset<float> data = windows(series);
  BatchLoader<float> loader(data, {.batch_size = 256});
  Tape<float> tape({.recording = false});
  std::vector<double> result;
  while (const auto batch = loader.next()) {
    tape.reset();
    for (const float scaled : (*layers_)(tape.borrow(batch->inputs)).value()) {
      result.push_back(scaler_.inverse_transform(scaled, 0));
    }
  }
  return result;
}

std::vector<double> Forecaster::predict_beyond(std::span<const double> series) const {
  const auto [window, horizon] = task();
  const std::size_t seen = window + horizon - 1;
  if (series.size() < seen) {
    throw_argument_error("predict",
                         fmt::format("{} values are needed for window {} and horizon {}, got {}",
                                     seen,
                                     window,
                                     horizon,
                                     series.size()));
  }
  const auto end = series.last(seen);
  std::vector<double> padded(end.begin(), end.end());
  padded.insert(padded.end(), horizon, 0.0);  // targets, which a prediction does not look at
  return predict(padded);
}

void Forecaster::save(const std::string& path) const {
  save_model(path, *layers_, run_, scaler_.to_json());
}

WindowDataset<float> Forecaster::windows(std::span<const double> series) const {
  const auto [window, horizon] = task();
  return {scaler_.transform(column_of(series)), {.window = window, .horizon = horizon}};
}

}  // namespace rondo::apps
