/// A model of a series: a GRU that sees a window of it and predicts the value `horizon` steps
/// ahead.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rondo/apps/baselines.hpp"
#include "rondo/apps/model_file.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/data/scaler.hpp"
#include "rondo/data/windows.hpp"

namespace rondo::apps {

class SeriesModel {
 public:
  /// To be trained. @param run  completed, with the name of the column
  explicit SeriesModel(const RunDescription& run);

  /// Trained. @throws FormatError if the file holds no scaler of one column
  explicit SeriesModel(ModelFile file);

  /// Fits scaler and weights; the last windows validate.
  /// @return the history, or nothing if the run was interrupted
  [[nodiscard]] std::optional<History> train(std::span<const double> series, const RunWatch& watch);

  /// A prediction for each window of the series, in the series' unit.
  /// @throws ArgumentError if the series is shorter than window and horizon, or has a value so far
  ///         from those of training that single precision does not hold it
  [[nodiscard]] std::vector<double> predict(std::span<const double> series) const;

  /// The `horizon` values that follow the series. The windows that end last see all that is known
  /// and look beyond its end.
  /// @throws ArgumentError if the series is shorter than window + horizon − 1
  [[nodiscard]] std::vector<double> predict_beyond(std::span<const double> series) const;

  void save(const std::string& path) const;

  [[nodiscard]] Task task() const { return {run_.window.value(), run_.horizon.value()}; }

  [[nodiscard]] const RunDescription& run() const { return run_; }

  [[nodiscard]] const Layer<float>& layers() const { return *layers_; }

  [[nodiscard]] const StandardScaler<double>& scaler() const { return scaler_; }

 private:
  /// Of the windows that validate, or of all if none do.
  [[nodiscard]] double loss_of_mean(std::span<const double> series) const;
  /// The series as the column that the model reads. Offset and scale are taken away in double.
  [[nodiscard]] Tensor<float> scaled(std::span<const double> series) const;
  [[nodiscard]] WindowDataset<float> windows(std::span<const double> series) const;

  RunDescription run_;
  StandardScaler<double> scaler_;
  std::unique_ptr<Layer<float>> layers_;
};

}  // namespace rondo::apps
