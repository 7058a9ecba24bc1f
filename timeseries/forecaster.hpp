/// Forecasts of every step up to a horizon at once, as quantiles, for all series of a panel by one
/// recurrent network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rondo/formats/safetensors.hpp"
#include "rondo/optim/fit_options.hpp"
#include "rondo/optim/history.hpp"
#include "rondo/timeseries/panel.hpp"

namespace rondo {

template <Real T>
class Model;
template <Real T>
class Trainer;

namespace detail {
struct PanelScaling;
struct PreparedSeries;
struct SeriesOrigins;
}  // namespace detail

struct ForecasterOptions {
  std::size_t window = 0;   // rows that a forecast sees, > 0
  std::size_t horizon = 1;  // steps that are forecast, > 0
  /// Of the recurrent layers, one upon the other.
  std::vector<std::size_t> units = {64};
  std::string cell = "gru";  // gru, lstm or rnn
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  bool layer_normalization = false;                 // behind each recurrent layer
  std::vector<double> quantiles = {0.1, 0.5, 0.9};  // rising, in (0, 1)
  /// The network sees and learns the logarithms of the targets, which must be positive.
  bool log = false;
  /// What is learnt is the change since the last value of the window.
  bool difference = false;
  /// What is learnt is the departure from the seasonal naive forecast of this period; 0: no.
  std::size_t season = 0;
  std::size_t epochs = 50;
  std::size_t batch_size = 64;
  double learning_rate = 1e-3;  // of Adam, with gradients of norm 1 at most
  /// Epochs without a better validation before training ends; the best weights are kept. 0: all
  /// epochs are run, and the last weights kept.
  std::size_t patience = 5;
  double validation_split = 0.1;  // the last share of each series; 0: none
  std::uint64_t seed = 0;
  Verbosity verbose = Verbosity::quiet;
};

/// What is forecast of one target of one series.
struct Forecast {
  std::string series = {};
  std::string target = {};
  std::size_t origin = 0;         // rows of the series that were seen
  TimePoint begin = 0;            // of the first step
  Tensor<double> quantiles = {};  // [horizon, quantiles], rising in each row
};

/// A stack of recurrent layers sees a window of targets, past and known columns; a dense layer on
/// its state, the known columns of the horizon and the static ones gives all quantiles. A target
/// that is missing enters as the last one before it, beside a column that says so, and does not
/// count in the loss. Targets are scaled for each series by its training part, in double.
class Forecaster {
 public:
  /// @throws ArgumentError for options out of range, or `difference` beside `season`
  explicit Forecaster(ForecasterOptions options);

  /// @throws FormatError if the file is damaged, or is no forecaster
  [[nodiscard]] static Forecaster load(const std::filesystem::path& path);

  Forecaster(Forecaster&&) noexcept;
  Forecaster& operator=(Forecaster&&) noexcept;
  ~Forecaster();

  /// Trains anew. A series that is too short, or whose targets are all missing, is left out with a
  /// note.
  /// @param attach  adds callbacks to the trainer
  /// @return the numbers of each epoch, or nothing if a callback interrupted the run
  /// @throws ArgumentError if no series is left, or a target is not positive beside `log`
  std::optional<History> fit(const Panel& panel,
                             const std::function<void(Trainer<float>&)>& attach = {});

  /// Whether the last rows of any series will validate in a fit.
  [[nodiscard]] bool validates(const Panel& panel) const;

  /// What follows the last row, for each series and each of its targets. A series that was not in
  /// the training is scaled by all of its rows.
  /// @throws StateError     if not fitted
  /// @throws ArgumentError  if columns or step are not those of the training, a series is too short
  ///                        or does not know `horizon` rows in advance
  [[nodiscard]] std::vector<Forecast> forecast(const Panel& panel) const;

  /// What would have been forecast at each row of the last `rows`: from all origins whose whole
  /// horizon lies in them, in the order of series, origins and targets.
  /// @throws as forecast, and ArgumentError if rows < horizon
  [[nodiscard]] std::vector<Forecast> backtest(const Panel& panel, std::size_t rows) const;

  /// Rows that a series must have for a forecast.
  [[nodiscard]] std::size_t min_rows() const;

  /// The place of the quantile that is nearest to the median: the forecast as one number.
  [[nodiscard]] std::size_t median() const;

  /// Writes or replaces a safetensors file: weights, and options and scales as metadata.
  /// @param more  metadata under other keys, such as the encoder of the panel
  /// @throws StateError if not fitted, FormatError if it cannot be written
  void save(const std::filesystem::path& path, const FileMetadata& more = {}) const;

  [[nodiscard]] const ForecasterOptions& options() const { return options_; }

  /// Of the last fit: what a user should know.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

  [[nodiscard]] const PanelColumns& columns() const { return columns_; }

  [[nodiscard]] TimeStep step() const { return step_; }

  /// @throws StateError if not fitted
  [[nodiscard]] const Model<float>& model() const;

 private:
  void check_fitted(const char* method) const;
  void check_columns(const char* method, const Panel& panel) const;
  void build();
  [[nodiscard]] detail::PreparedSeries prepare(const PanelSeries& series) const;
  [[nodiscard]] std::vector<Forecast> forecast_from(
      const Panel& panel,
      const std::vector<detail::PreparedSeries>& prepared,
      const std::vector<detail::SeriesOrigins>& origins) const;

  ForecasterOptions options_;
  PanelColumns columns_;
  TimeStep step_;
  std::unique_ptr<detail::PanelScaling> scaling_;
  std::unique_ptr<Model<float>> model_;
  std::vector<std::string> notes_;
};

}  // namespace rondo
