#include "rondo/apps/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "rondo/timeseries/forecast_errors.hpp"
#include "rondo/timeseries/rolling_origin.hpp"
#include "rondo/timeseries/season.hpp"
#include "rondo/timeseries/simple_methods.hpp"

namespace rondo::apps {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

void append(std::vector<double>& values, const std::vector<double>& more) {
  values.insert(values.end(), more.begin(), more.end());
}

/// Of these places: all, or those of one step of the horizon.
template <class Values>
std::vector<double> picked(const Values& values,
                           std::size_t horizon,
                           std::size_t width,
                           std::optional<std::size_t> step) {
  if (!step) {
    return values;
  }
  std::vector<double> result;
  for (std::size_t i = *step * width; i < values.size(); i += horizon * width) {
    result.insert(result.end(),
                  values.begin() + static_cast<std::ptrdiff_t>(i),
                  values.begin() + static_cast<std::ptrdiff_t>(i + width));
  }
  return result;
}

std::vector<double> column_of(std::span<const double> table,
                              std::size_t width,
                              std::size_t column) {
  std::vector<double> result;
  for (std::size_t i = column; i < table.size(); i += width) {
    result.push_back(table[i]);
  }
  return result;
}

/// Each value so many times: a single number as all quantiles.
std::vector<double> repeated(const std::vector<double>& values, std::size_t times) {
  std::vector<double> result;
  for (const double value : values) {
    result.insert(result.end(), times, value);
  }
  return result;
}

/// What the figures of a target are computed from.
struct Pooled {
  std::vector<double> actual = {};
  std::vector<double> point = {};
  std::vector<double> quantiles = {};
  std::vector<double> scaled = {};  // MASE of each series
};

Figures figures_of(const Pooled& pooled, std::span<const double> levels) {
  double mase = 0.0;
  for (const double each : pooled.scaled) {
    mase += each / static_cast<double>(pooled.scaled.size());
  }
  return {
      .mae = forecast_mae(pooled.point, pooled.actual),
      .rmse = forecast_rmse(pooled.point, pooled.actual),
      .mase = pooled.scaled.empty() ? none : mase,
      .smape = forecast_smape(pooled.point, pooled.actual),
      .weighted_quantile_loss = weighted_quantile_loss(pooled.quantiles, levels, pooled.actual)};
}

/// Of figures that are there.
template <class Count>
Figures mean_of(std::span<const Figures> all, Count count) {
  Figures result;
  for (const Figures& each : all) {
    Figures::for_each(
        [&](const char*, double& sum, const double& value) { sum += value / count; }, result, each);
  }
  return result;
}

}  // namespace

std::vector<std::string> SimpleMethods::names() const {
  std::vector<std::string> result{"naive"};
  if (period) {
    result.emplace_back("seasonal_naive");
  }
  for (const char* const name : {"drift", "linear_autoregression", "holt_winters"}) {
    result.emplace_back(name);
  }
  return result;
}

std::vector<std::vector<double>> SimpleMethods::forecast(
    std::span<const double> values,
    std::size_t training,
    std::span<const std::size_t> origins) const {
  const auto history = values.first(training);
  // A series of fewer than two periods shows no season.
  const std::size_t season = period && training >= 2 * *period ? *period : 1;
  const LinearAutoregression linear(history, window, horizon);
  HoltWinters smoothing(history, season);
  std::size_t smoothed = training;
  std::vector<std::vector<double>> result(names().size());
  for (const std::size_t origin : origins) {
    const auto seen = values.first(origin);
    smoothing.update(seen.subspan(smoothed));
    smoothed = origin;
    std::size_t method = 0;
    append(result[method++], naive_forecast(seen, horizon));
    if (period) {
      append(result[method++], seasonal_naive_forecast(seen, horizon, season));
    }
    append(result[method++], drift_forecast(seen, horizon));
    append(result[method++], linear.forecast(seen));
    append(result[method++], smoothing.forecast(horizon));
  }
  return result;
}

std::vector<std::string> Comparison::methods() const {
  std::vector<std::string> result{"model"};
  for (std::string& name : simple.names()) {
    result.push_back(std::move(name));
  }
  return result;
}

std::vector<std::string> Comparison::targets() const {
  std::vector<std::string> result;
  for (const TestPart& part : parts) {
    if (std::ranges::find(result, part.target) == result.end()) {
      result.push_back(part.target);
    }
  }
  return result;
}

Figures Comparison::figures(std::size_t method,
                            std::size_t fold,
                            std::optional<std::size_t> step) const {
  const std::size_t levels = quantiles.size();
  std::map<std::string, Pooled> by_target;
  for (const TestPart& part : parts) {
    if (part.fold != fold) {
      continue;
    }
    Pooled& pooled = by_target[part.target];
    const auto actual = picked(part.actual, simple.horizon, 1, step);
    const auto all =
        method == 0 ? picked(part.quantiles, simple.horizon, levels, step)
                    : repeated(picked(part.simple[method - 1], simple.horizon, 1, step), levels);
    const auto point = column_of(all, levels, median);
    const double scaled = forecast_mae(point, actual) / part.scale;
    if (std::isfinite(scaled)) {
      pooled.scaled.push_back(scaled);
    }
    append(pooled.actual, actual);
    append(pooled.point, point);
    append(pooled.quantiles, all);
  }
  std::vector<Figures> targets;
  for (const auto& [target, pooled] : by_target) {
    targets.push_back(figures_of(pooled, quantiles));
  }
  return mean_of(targets, static_cast<double>(targets.size()));
}

Figures Comparison::mean(std::size_t method, std::optional<std::size_t> step) const {
  std::vector<Figures> folds;
  for (std::size_t fold = 0; fold < num_folds; ++fold) {
    folds.push_back(figures(method, fold, step));
  }
  return mean_of(folds, static_cast<double>(num_folds));
}

Figures Comparison::spread(std::size_t method) const {
  Figures squares;
  const Figures middle = mean(method);
  for (std::size_t fold = 0; fold < num_folds; ++fold) {
    const Figures each = figures(method, fold);
    Figures::for_each(
        [&](const char*, double& sum, const double& value, const double& at) {
          sum += (value - at) * (value - at) / std::max(1.0, static_cast<double>(num_folds) - 1.0);
        },
        squares,
        each,
        middle);
  }
  Figures::for_each([](const char*, double& value) { value = std::sqrt(value); }, squares);
  return squares;
}

Comparison Comparison::only(const std::string& target) const {
  Comparison result = *this;
  std::erase_if(result.parts, [&](const TestPart& part) { return part.target != target; });
  return result;
}

double Comparison::coverage() const {
  const std::size_t levels = quantiles.size();
  if (levels < 2) {
    return none;
  }
  std::vector<double> low, high, actual;
  for (const TestPart& part : parts) {
    append(low, column_of(part.quantiles, levels, 0));
    append(high, column_of(part.quantiles, levels, levels - 1));
    append(actual, part.actual);
  }
  return rondo::coverage(low, high, actual);
}

std::optional<std::size_t> common_period(const Panel& panel) {
  std::map<std::size_t, std::size_t> votes;
  for (const PanelSeries& series : panel.series) {
    for (std::size_t target = 0; target < panel.columns.targets.size(); ++target) {
      if (const auto period = find_period(filled_target(series, target))) {
        ++votes[*period];
      }
    }
  }
  const auto most = std::ranges::max_element(
      votes, [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == votes.end() ? std::nullopt : std::optional(most->first);
}

void add_parts(Comparison& comparison,
               const PanelColumns& columns,
               const PanelSeries& series,
               std::size_t training,
               std::size_t fold,
               std::span<const Forecast> forecasts) {
  const std::size_t targets = columns.targets.size(), horizon = comparison.simple.horizon;
  for (std::size_t c = 0; c < targets; ++c) {
    TestPart part{.series = series.name, .target = columns.targets[c], .fold = fold};
    for (std::size_t i = c; i < forecasts.size(); i += targets) {
      const Tensor<double>& quantiles = forecasts[i].quantiles;
      part.origins.push_back(forecasts[i].origin);
      part.quantiles.insert(
          part.quantiles.end(), quantiles.data(), quantiles.data() + quantiles.size());
      for (std::size_t h = 0; h < horizon; ++h) {
        part.actual.push_back(series.targets.data()[(forecasts[i].origin + h) * targets + c]);
      }
    }
    const std::vector<double> values = filled_target(series, c);
    part.simple = comparison.simple.forecast(values, training, part.origins);
    const std::vector<double> history =
        column_of({series.targets.data(), training * targets}, targets, c);
    const std::size_t period = comparison.simple.period.value_or(1);
    part.scale = training > period ? seasonal_error(history, period) : none;
    comparison.parts.push_back(std::move(part));
  }
}

}  // namespace rondo::apps
