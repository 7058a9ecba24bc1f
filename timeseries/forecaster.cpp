#include "rondo/timeseries/forecaster.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/core/ops_quantile_loss.hpp"
#include "rondo/data/batch_loader.hpp"
#include "rondo/optim/adam.hpp"
#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/trainer.hpp"
#include "rondo/timeseries/detail/forecast_network.hpp"
#include "rondo/timeseries/detail/panel_windows.hpp"

namespace rondo {

namespace {

using detail::ColumnScale;
using detail::PanelScaling;
using detail::PanelWindows;
using detail::PreparedSeries;
using detail::SeriesOrigins;

constexpr const char* who = "Forecaster";

void check_options(const ForecasterOptions& o) {
  if (o.window == 0 || o.horizon == 0 || o.units.empty() || o.epochs == 0) {
    throw_argument_error(who, "window, horizon, units and epochs must be at least 1");
  }
  if (o.difference && o.season > 0) {
    throw_argument_error(who,
                         "difference and season exclude one another: what is learnt is the change "
                         "since the last value, or the departure from the season before");
  }
  if (!(o.learning_rate > 0.0)) {
    throw_argument_error(who,
                         fmt::format("learning_rate must be positive, got {}", o.learning_rate));
  }
  if (!(o.validation_split >= 0.0 && o.validation_split < 1.0)) {
    throw_argument_error(
        who, fmt::format("validation_split must lie in [0, 1), got {}", o.validation_split));
  }
  detail::check_quantiles(who, o.quantiles);
}

/// What a fit does with a series.
struct Parts {
  std::size_t training = 0;  // rows
  bool validates = false;    // the rows behind those
};

/// @param rows  enough for a sample
Parts parts_of(std::size_t rows, const ForecasterOptions& options) {
  const double share = options.validation_split * static_cast<double>(rows);
  const std::size_t wanted =
      share > 0.0 ? std::max(options.horizon, static_cast<std::size_t>(share)) : 0;
  const bool fits = wanted > 0 && rows - detail::rows_before(options) >= options.horizon + wanted;
  return {fits ? rows - wanted : rows, fits};
}

bool has_target(const PanelSeries& series, std::size_t rows) {
  const std::size_t columns = series.targets.shape()[1];
  for (std::size_t c = 0; c < columns; ++c) {
    bool found = false;
    for (std::size_t row = 0; row < rows && !found; ++row) {
      found = !std::isnan(series.targets.data()[row * columns + c]);
    }
    if (!found) {
      return false;
    }
  }
  return true;
}

/// The series of a panel that can be learnt from.
struct TrainingPanel {
  Panel panel = {};
  std::vector<std::size_t> training_rows = {};
  std::vector<SeriesOrigins> training = {};
  std::vector<SeriesOrigins> validation = {};
  std::vector<std::string> notes = {};
};

TrainingPanel choose_series(const Panel& panel, const ForecasterOptions& options) {
  TrainingPanel result{.panel = {panel.columns, panel.step, {}}};
  const std::size_t before = detail::rows_before(options), horizon = options.horizon;
  for (const PanelSeries& series : panel.series) {
    const std::size_t rows = series.size();
    if (rows < before + horizon) {
      result.notes.push_back(
          fmt::format("series '{}' is left out: {} rows, window and horizon "
                      "need {}",
                      series.name,
                      rows,
                      before + horizon));
      continue;
    }
    const Parts parts = parts_of(rows, options);
    if (!has_target(series, parts.training)) {
      result.notes.push_back(fmt::format(
          "series '{}' is left out: all targets of its training part are missing", series.name));
      continue;
    }
    const std::size_t index = result.panel.series.size();
    result.panel.series.push_back(series);
    result.training_rows.push_back(parts.training);
    result.training.push_back({index, before, parts.training - horizon + 1});
    if (parts.validates) {
      result.validation.push_back({index, parts.training, rows - horizon + 1});
    }
  }
  if (result.panel.series.empty()) {
    throw_argument_error(who,
                         result.notes.empty() ? std::string("the panel has no series")
                                              : fmt::format("nothing to learn from: {}",
                                                            fmt::join(result.notes, "; ")));
  }
  return result;
}

/// Fills in the scales of the targets, too.
std::vector<PreparedSeries> prepare_all(const TrainingPanel& chosen,
                                        PanelScaling& scaling,
                                        const ForecasterOptions& options) {
  std::vector<PreparedSeries> result;
  for (std::size_t i = 0; i < chosen.panel.series.size(); ++i) {
    const PanelSeries& series = chosen.panel.series[i];
    const auto scale = detail::target_scales(series, chosen.training_rows[i], options);
    scaling.targets[series.name] = scale;
    result.push_back(detail::prepare(series, scaling, scale, options));
  }
  return result;
}

/// A forecast for each target.
void append_empty(std::vector<Forecast>& result,
                  const Panel& panel,
                  const PanelWindows::Place& place,
                  const PanelColumns& columns,
                  const ForecasterOptions& options) {
  const PanelSeries& series = panel.series[place.series];
  for (const std::string& target : columns.targets) {
    result.push_back(
        {.series = series.name,
         .target = target,
         .origin = place.origin,
         .begin = advance(series.begin, panel.step, static_cast<std::int64_t>(place.origin)),
         .quantiles = Tensor<double>({options.horizon, options.quantiles.size()})});
  }
}

/// @param forecasts  one for each target
/// @param output     [horizon, C, Q] of the network
void fill(std::span<Forecast> forecasts,
          std::span<const float> output,
          const PanelWindows& windows,
          const PanelWindows::Place& place,
          const std::vector<ColumnScale>& scales,
          bool log) {
  const Shape shape = forecasts[0].quantiles.shape();
  const std::size_t quantiles = shape[1];
  const float* learnt = output.data();
  for (std::size_t h = 0; h < shape[0]; ++h) {
    for (std::size_t c = 0; c < forecasts.size(); ++c) {
      const auto [offset, scale] = scales[c];
      const double reference = windows.reference(place, h, c);
      for (std::size_t q = 0; q < quantiles; ++q) {
        const double y = offset + scale * (reference + static_cast<double>(*learnt++));
        forecasts[c].quantiles.data()[h * quantiles + q] = log ? std::exp(y) : y;
      }
    }
  }
}

}  // namespace

Forecaster::Forecaster(ForecasterOptions options) : options_(std::move(options)) {
  check_options(options_);
  static_cast<void>(detail::forecast_network(options_, 1));  // what layers refuse
}

Forecaster::Forecaster(Forecaster&&) noexcept = default;
Forecaster& Forecaster::operator=(Forecaster&&) noexcept = default;
Forecaster::~Forecaster() = default;

std::size_t Forecaster::min_rows() const {
  return detail::rows_before(options_);
}

std::size_t Forecaster::median() const {
  return detail::median_of(options_.quantiles);
}

const Model<float>& Forecaster::model() const {
  check_fitted("model");
  return *model_;
}

void Forecaster::check_fitted(const char* method) const {
  if (!model_) {
    throw_state_error(who, fmt::format("{} comes after fit or load", method));
  }
}

void Forecaster::check_columns(const char* method, const Panel& panel) const {
  const auto check = [&](const char* role,
                         const std::vector<std::string>& found,
                         const std::vector<std::string>& expected) {
    if (found != expected) {
      throw_argument_error(who,
                           fmt::format("{}: the {} columns are [{}], those of the training were "
                                       "[{}]",
                                       method,
                                       role,
                                       fmt::join(found, ", "),
                                       fmt::join(expected, ", ")));
    }
  };
  check("target", panel.columns.targets, columns_.targets);
  check("past", panel.columns.past, columns_.past);
  check("known", panel.columns.known, columns_.known);
  check("static", panel.columns.statics, columns_.statics);
  if (panel.step != step_) {
    throw_argument_error(who,
                         fmt::format("{}: the rows are {}, those of the training were {}",
                                     method,
                                     to_string(panel.step),
                                     to_string(step_)));
  }
}

bool Forecaster::validates(const Panel& panel) const {
  return std::ranges::any_of(panel.series, [&](const PanelSeries& series) {
    const std::size_t rows = series.size();
    if (rows < detail::rows_before(options_) + options_.horizon) {
      return false;
    }
    const Parts parts = parts_of(rows, options_);
    return parts.validates && has_target(series, parts.training);
  });
}

std::optional<History> Forecaster::fit(const Panel& panel,
                                       const std::function<void(Trainer<float>&)>& attach) {
  if (panel.columns.targets.empty()) {
    throw_argument_error(who, "fit: the panel has no target column");
  }
  TrainingPanel chosen = choose_series(panel, options_);
  auto scaling =
      std::make_unique<PanelScaling>(detail::scale_inputs(chosen.panel, chosen.training_rows));
  const auto prepared = prepare_all(chosen, *scaling, options_);
  columns_ = panel.columns;
  step_ = panel.step;
  scaling_ = std::move(scaling);
  notes_ = std::move(chosen.notes);
  const PanelWindows training(prepared, std::move(chosen.training), columns_, *scaling_, options_);
  const PanelWindows validation(
      prepared, std::move(chosen.validation), columns_, *scaling_, options_);
  model_ = detail::forecast_network(options_, columns_.targets.size());
  Adam<float> optimizer({.learning_rate = options_.learning_rate, .global_clipnorm = 1.0});
  Trainer<float> trainer(*model_, detail::known_quantile_loss(options_.quantiles), optimizer);
  const bool validates = validation.size() > 0;
  if (validates && options_.patience > 0) {
    trainer.add(EarlyStopping<float>(
        {.patience = static_cast<int>(options_.patience), .restore_best_weights = true}));
  } else if (options_.patience > 0 && options_.validation_split > 0.0) {
    notes_.push_back("the series are too short to validate: all epochs are run");
  }
  if (attach) {
    attach(trainer);
  }
  History history = trainer.fit(
      training,
      {.epochs = options_.epochs,
       .batch_size = options_.batch_size,
       .verbose = options_.verbose,
       .validation_data = validates ? &validation : nullptr,
       .seed = options_.seed,
       .validation_batch_size = validates ? std::optional<std::size_t>(256) : std::nullopt});
  return trainer.interrupted() ? std::nullopt : std::optional(std::move(history));
}

std::vector<Forecast> Forecaster::forecast(const Panel& panel) const {
  check_fitted("forecast");
  check_columns("forecast", panel);
  std::vector<PreparedSeries> prepared;
  std::vector<SeriesOrigins> origins;
  for (const PanelSeries& series : panel.series) {
    const std::size_t rows = series.size();
    if (rows < min_rows()) {
      throw_argument_error(
          who,
          fmt::format(
              "forecast: series '{}' has {} rows, {} are needed", series.name, rows, min_rows()));
    }
    const std::size_t known = columns_.known.empty() ? 0 : series.known.shape()[0];
    if (!columns_.known.empty() && known < rows + options_.horizon) {
      throw_argument_error(who,
                           fmt::format("forecast: series '{}' knows {} rows in advance, the "
                                       "horizon has {}: give rows of {} beyond the data",
                                       series.name,
                                       known - std::min(known, rows),
                                       options_.horizon,
                                       fmt::join(columns_.known, ", ")));
    }
    origins.push_back({prepared.size(), rows, rows + 1});
    prepared.push_back(prepare(series));
  }
  return forecast_from(panel, prepared, origins);
}

std::vector<Forecast> Forecaster::backtest(const Panel& panel, std::size_t rows) const {
  check_fitted("backtest");
  check_columns("backtest", panel);
  if (rows < options_.horizon) {
    throw_argument_error(
        who,
        fmt::format("backtest: {} rows are less than the horizon of {}", rows, options_.horizon));
  }
  std::vector<PreparedSeries> prepared;
  std::vector<SeriesOrigins> origins;
  for (const PanelSeries& series : panel.series) {
    if (series.size() < rows || series.size() - rows < min_rows()) {
      throw_argument_error(
          who,
          fmt::format("backtest: series '{}' has {} rows, {} are needed for the last {}",
                      series.name,
                      series.size(),
                      min_rows() + rows,
                      rows));
    }
    origins.push_back(
        {prepared.size(), series.size() - rows, series.size() - options_.horizon + 1});
    prepared.push_back(prepare(series));
  }
  return forecast_from(panel, prepared, origins);
}

PreparedSeries Forecaster::prepare(const PanelSeries& series) const {
  const auto found = scaling_->targets.find(series.name);
  return detail::prepare(series,
                         *scaling_,
                         found != scaling_->targets.end()
                             ? found->second
                             : detail::target_scales(series, series.size(), options_),
                         options_);
}

std::vector<Forecast> Forecaster::forecast_from(const Panel& panel,
                                                const std::vector<PreparedSeries>& prepared,
                                                const std::vector<SeriesOrigins>& origins) const {
  const PanelWindows windows(prepared, origins, columns_, *scaling_, options_);
  std::vector<Forecast> result;
  BatchLoader<float> loader(windows, {.batch_size = 256});
  Tape<float> tape({.recording = false});
  std::size_t sample = 0;
  while (const auto batch = loader.next()) {
    tape.reset();
    CallOptions<float> call;
    call.extra_inputs = extra_inputs_on(tape, *batch);
    const auto output = (*model_)(tape.borrow(batch->inputs), call).value();
    const std::size_t samples = output.shape()[0], size = output.size() / samples;
    for (std::size_t n = 0; n < samples; ++n) {
      const PanelWindows::Place place = windows.place_of(sample++);
      const std::size_t first = result.size();
      append_empty(result, panel, place, columns_, options_);
      fill(std::span(result).subspan(first),
           output.span().subspan(n * size, size),
           windows,
           place,
           prepared[place.series].scale,
           options_.log);
    }
  }
  return result;
}

}  // namespace rondo
