#include "rondo/timeseries/rolling_origin.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

Tensor<double> first_rows(const Tensor<double>& table, std::size_t rows) {
  if (table.shape().rank() < 2) {  // none
    return table;
  }
  const std::size_t columns = table.shape()[1];
  Tensor<double> result({rows, columns});
  std::copy_n(table.data(), rows * columns, result.data());
  return result;
}

}  // namespace

std::vector<std::size_t> rolling_origins(std::size_t rows, const RollingOriginOptions& options) {
  constexpr const char* method = "rolling_origins";
  const auto [horizon, folds, given_step] = options;
  if (horizon == 0 || folds == 0) {
    throw_argument_error(method, "horizon and folds must be at least 1");
  }
  const std::size_t step = given_step > 0 ? given_step : horizon;
  if (rows <= horizon || (rows - horizon - 1) / step < folds - 1) {
    throw_argument_error(method,
                         fmt::format("{} folds with horizon {} and {} rows from one to the next "
                                     "leave nothing of {} rows to train on: fewer folds",
                                     folds,
                                     horizon,
                                     step,
                                     rows));
  }
  std::vector<std::size_t> result;
  for (std::size_t fold = folds; fold-- > 0;) {
    result.push_back(horizon + fold * step);
  }
  return result;
}

Panel without_last(const Panel& panel, std::size_t rows) {
  Panel result{panel.columns, panel.step, {}};
  for (const PanelSeries& series : panel.series) {
    if (series.size() <= rows) {
      throw_argument_error(
          "without_last",
          fmt::format("series '{}' has {} rows: without the last {} nothing is left",
                      series.name,
                      series.size(),
                      rows));
    }
    const std::size_t left = series.size() - rows;
    result.series.push_back({.name = series.name,
                             .begin = series.begin,
                             .targets = first_rows(series.targets, left),
                             .past = first_rows(series.past, left),
                             .known = series.known,
                             .statics = series.statics});
  }
  return result;
}

std::vector<double> filled_target(const PanelSeries& series, std::size_t target) {
  const std::size_t columns = series.targets.shape()[1];
  std::vector<double> result(series.size());
  for (std::size_t row = 0; row < result.size(); ++row) {
    result[row] = series.targets.data()[row * columns + target];
  }
  const auto known = [](double y) { return !std::isnan(y); };
  const auto first = std::ranges::find_if(result, known);
  if (first == result.end()) {
    throw_argument_error("filled_target",
                         fmt::format("all targets of series '{}' are missing", series.name));
  }
  double last = *first;
  for (double& y : result) {
    last = known(y) ? y : last;
    y = last;
  }
  return result;
}

}  // namespace rondo
