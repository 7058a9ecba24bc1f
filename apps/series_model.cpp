#include "rondo/apps/series_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "rondo/apps/run_notes.hpp"
#include "rondo/core/error.hpp"
#include "rondo/layers/dense.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/optim/adam.hpp"

namespace rondo::apps {

namespace {

std::unique_ptr<Layer<float>> forecasting_layers(const RunDescription& run) {
  return std::make_unique<Sequential<float>>(
      GRU{{.units = run.units.at(0), .input_shape = {run.window.value(), 1}}}, Dense{{.units = 1}});
}

}  // namespace

SeriesModel::SeriesModel(const RunDescription& run) : run_(run), layers_(forecasting_layers(run)) {}

SeriesModel::SeriesModel(ModelFile file)
    : run_(std::move(file.run)), layers_(std::move(file.layers)) {
  in_model_file(file.path, [&] { scaler_.from_json(file.preparation); });
  const std::size_t columns = scaler_.scale().size();
  if (columns != 1 || layers_->output_shape({run_.window.value(), columns}) != Shape{1}) {
    refuse_model(file.path, "its layers do not map a window of one column to one value");
  }
}

std::optional<History> SeriesModel::train(std::span<const double> series, const RunWatch& watch) {
  const std::size_t samples = task().count(series.size());
  check_memory(run_, {.samples = samples, .weights = run_.units.at(0) + 1, .per_step = 0});
  note_monitor(run_);
  scaler_.fit(as_column(series));
  Adam<float> optimizer(
      {.learning_rate = run_.learning_rate.value(), .global_clipnorm = run_.global_clipnorm});
  Trainer<float> trainer(*layers_, mean_squared_error<float>, optimizer);
  auto history = train_as_described(
      trainer, windows(series), {.validation_split = *run_.validation_split}, run_, watch);
  if (history) {
    note_result(*history, run_, loss_of_mean(series));
  }
  return history;
}

double SeriesModel::loss_of_mean(std::span<const double> series) const {
  const std::size_t samples = task().count(series.size());
  const double share = *run_.validation_split > 0.0 ? *run_.validation_split : 1.0;
  const double last = std::max(1.0, std::floor(share * static_cast<double>(samples)));
  const Tensor<double> scaled =
      scaler_.transform(as_column(series.last(static_cast<std::size_t>(last))));
  const std::span<const double> values(scaled.data(), scaled.size());
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0) / last;
}

std::vector<double> SeriesModel::predict(std::span<const double> series) const {
  const WindowDataset<float> data = windows(series);
  BatchLoader<float> loader(data, {.batch_size = 256});
  Tape<float> tape({.recording = false});
  std::vector<double> result;
  while (const auto batch = loader.next()) {
    tape.reset();
    for (const float scaled : (*layers_)(tape.borrow(batch->inputs)).value()) {
      result.push_back(scaler_.inverse_transform(static_cast<double>(scaled), 0));
    }
  }
  return result;
}

std::vector<double> SeriesModel::predict_beyond(std::span<const double> series) const {
  const auto [window, horizon] = task();
  if (series.size() < window || series.size() - window < horizon - 1) {
    throw_argument_error("predict",
                         fmt::format("{} values are needed for window {} and horizon {}, got {}",
                                     window + horizon - 1,
                                     window,
                                     horizon,
                                     series.size()));
  }
  const auto end = series.last(window + horizon - 1);
  std::vector<double> padded(end.begin(), end.end());
  padded.resize(padded.size() + horizon, end.back());  // targets, which are not looked at
  return predict(padded);
}

void SeriesModel::save(const std::string& path) const {
  save_model(path, *layers_, run_, scaler_.to_json());
}

Tensor<float> SeriesModel::scaled(std::span<const double> series) const {
  const Tensor<double> exact = scaler_.transform(as_column(series));
  Tensor<float> column(exact.shape());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    column.data()[i] = static_cast<float>(exact.data()[i]);
    if (!std::isfinite(column.data()[i])) {
      throw_argument_error(
          "series",
          fmt::format("the value {} in row {} is out of all proportion to those of training, "
                      "which deviate by {} from {}",
                      series[i],
                      i,
                      scaler_.scale()[0],
                      scaler_.offset()[0]));
    }
  }
  return column;
}

WindowDataset<float> SeriesModel::windows(std::span<const double> series) const {
  const auto [window, horizon] = task();
  return {scaled(series), {.window = window, .horizon = horizon}};
}

}  // namespace rondo::apps
