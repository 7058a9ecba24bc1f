/// Forecasts of a model through test parts beside those of methods without a network, and how far
/// each was off.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rondo/timeseries/forecaster.hpp"

namespace rondo::apps {

/// What a model is beside: `naive`, … in the order of their forecasts.
struct SimpleMethods {
  std::size_t window = 1;   // of the linear autoregression
  std::size_t horizon = 1;  // steps
  std::optional<std::size_t> period = {};

  /// As keys of metrics.json. Without a period there is no seasonal naive forecast.
  [[nodiscard]] std::vector<std::string> names() const;

  /// What each forecasts from some origins on, [origins, horizon]. Parameters are fitted to the
  /// training part once; exponential smoothing goes on through what has come since.
  /// @param values    without gaps
  /// @param training  rows
  /// @param origins   rising, ≥ training
  [[nodiscard]] std::vector<std::vector<double>> forecast(
      std::span<const double> values,
      std::size_t training,
      std::span<const std::size_t> origins) const;
};

/// One target of one series in one fold.
struct TestPart {
  std::string series = {};
  std::string target = {};
  std::size_t fold = 0;
  std::vector<std::size_t> origins = {};         // rows that were seen
  std::vector<double> actual = {};               // [origins, horizon], NaN: missing
  std::vector<double> quantiles = {};            // [origins, horizon, Q], of the model
  std::vector<std::vector<double>> simple = {};  // of each method, [origins, horizon]
  double scale = 1.0;                            // that MASE divides by; not finite: none
};

/// NaN: there is none.
struct Figures {
  double mae = 0.0;
  double rmse = 0.0;
  double mase = 0.0;
  double smape = 0.0;
  double weighted_quantile_loss = 0.0;

  template <class Visitor, class... F>
  static void for_each(Visitor visit, F&... f) {
    visit("mae", f.mae...);
    visit("rmse", f.rmse...);
    visit("mase", f.mase...);
    visit("smape", f.smape...);
    visit("weighted_quantile_loss", f.weighted_quantile_loss...);
  }
};

struct Comparison {
  SimpleMethods simple = {};
  std::vector<double> quantiles = {};
  std::size_t median = 0;  // the place of it
  std::size_t num_folds = 1;
  std::vector<TestPart> parts = {};

  /// `model`, then the simple ones.
  [[nodiscard]] std::vector<std::string> methods() const;

  /// Over all series, the mean over the targets. @param method  a place in methods()
  /// @param step  of the horizon alone; nullopt: all
  [[nodiscard]] Figures figures(std::size_t method,
                                std::size_t fold,
                                std::optional<std::size_t> step = std::nullopt) const;

  /// The mean over the folds.
  [[nodiscard]] Figures mean(std::size_t method,
                             std::optional<std::size_t> step = std::nullopt) const;

  /// The standard deviation over the folds, with one less than their number; 0 for one fold.
  [[nodiscard]] Figures spread(std::size_t method) const;

  /// Of one target alone, over the folds.
  [[nodiscard]] Comparison only(const std::string& target) const;

  /// The share of the targets between the outer quantiles; NaN for a single one.
  [[nodiscard]] double coverage() const;

  [[nodiscard]] std::vector<std::string> targets() const;
};

/// The period that most series of a panel repeat themselves in.
[[nodiscard]] std::optional<std::size_t> common_period(const Panel& panel);

/// @param forecasts  of one series, by origin and target, as Forecaster gives them
/// @param training   rows of the series that were learnt from
void add_parts(Comparison& comparison,
               const PanelColumns& columns,
               const PanelSeries& series,
               std::size_t training,
               std::size_t fold,
               std::span<const Forecast> forecasts);

}  // namespace rondo::apps
