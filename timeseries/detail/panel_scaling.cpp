#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/timeseries/detail/panel_windows.hpp"

namespace rondo::detail {

namespace {

/// Sums of a column for its scale.
class Moments {
 public:
  void add(double x) {
    count_ += 1.0;
    const double from_mean = x - mean_;
    mean_ += from_mean / count_;
    squares_ += from_mean * (x - mean_);
  }

  [[nodiscard]] double count() const { return count_; }

  /// Mean 0 and variance 1.
  [[nodiscard]] ColumnScale standard() const { return {mean_, scale(squares_ / count_)}; }

  /// A mean square of 1; zero stays where it is.
  [[nodiscard]] ColumnScale around_zero() const {
    return {0.0, scale(squares_ / count_ + mean_ * mean_)};
  }

 private:
  /// What is constant stays as it is, but for the rounding of its mean.
  [[nodiscard]] double scale(double mean_square) const {
    const double root = std::sqrt(mean_square);
    return root > 1e-12 * std::abs(mean_) && std::isfinite(root) ? root : 1.0;
  }

  double count_ = 0.0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

std::size_t columns_of(const Tensor<double>& table) {
  return table.shape().rank() == 2 ? table.shape()[1] : 0;
}

/// The target as it is learnt: NaN if it is missing.
double learnt_target(const PanelSeries& series,
                     std::size_t row,
                     std::size_t target,
                     const ForecasterOptions& options) {
  const double y = series.targets.data()[row * columns_of(series.targets) + target];
  if (!options.log || std::isnan(y)) {
    return y;
  }
  if (!(y > 0.0)) {
    throw_argument_error(
        "Forecaster",
        fmt::format(
            "log needs targets above 0, series '{}' has {} in row {}", series.name, y, row));
  }
  return std::log(y);
}

std::vector<float> scaled(const Tensor<double>& table, const std::vector<ColumnScale>& scales) {
  std::vector<float> result(scales.empty() ? 0 : table.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const ColumnScale& column = scales[i % scales.size()];
    result[i] = static_cast<float>((table.data()[i] - column.offset) / column.scale);
  }
  return result;
}

/// @param table  of a series, its first rows[i]
template <class TableOf>
std::vector<ColumnScale> scales_of(const Panel& panel,
                                   std::span<const std::size_t> rows,
                                   std::size_t columns,
                                   TableOf table) {
  std::vector<ColumnScale> result;
  for (std::size_t column = 0; column < columns; ++column) {
    Moments moments;
    for (std::size_t i = 0; i < panel.series.size(); ++i) {
      const double* const values = table(panel.series[i]).data();
      for (std::size_t row = 0; row < rows[i]; ++row) {
        moments.add(values[row * columns + column]);
      }
    }
    result.push_back(moments.count() > 0.0 ? moments.standard() : ColumnScale{});
  }
  return result;
}

}  // namespace

std::vector<ColumnScale> target_scales(const PanelSeries& series,
                                       std::size_t rows,
                                       const ForecasterOptions& options) {
  const bool departure = options.difference || options.season > 0;
  const std::size_t distance = options.season > 0   ? options.season
                               : options.difference ? (options.horizon + 1) / 2
                                                    : 0;
  std::vector<ColumnScale> result;
  for (std::size_t c = 0; c < columns_of(series.targets); ++c) {
    Moments moments;
    for (std::size_t row = distance; row < rows; ++row) {
      const double y = learnt_target(series, row, c, options);
      const double change = departure ? y - learnt_target(series, row - distance, c, options) : y;
      if (!std::isnan(change)) {
        moments.add(change);
      }
    }
    if (moments.count() == 0.0) {
      throw_argument_error(
          "Forecaster",
          fmt::format("all of the first {} targets of series '{}' are missing", rows, series.name));
    }
    result.push_back(departure ? moments.around_zero() : moments.standard());
  }
  return result;
}

PanelScaling scale_inputs(const Panel& panel, std::span<const std::size_t> rows) {
  const PanelColumns& columns = panel.columns;
  PanelScaling result;
  result.past = scales_of(
      panel, rows, columns.past.size(), [](const PanelSeries& series) -> auto& {
        return series.past;
      });
  result.known = scales_of(
      panel, rows, columns.known.size(), [](const PanelSeries& series) -> auto& {
        return series.known;
      });
  for (std::size_t column = 0; column < columns.statics.size(); ++column) {
    Moments moments;
    for (const PanelSeries& series : panel.series) {
      moments.add(series.statics[column]);
    }
    result.statics.push_back(moments.standard());
  }
  result.indicators = std::ranges::any_of(panel.series, [](const PanelSeries& series) {
    return std::any_of(series.targets.view().begin(), series.targets.view().end(), [](double y) {
      return std::isnan(y);
    });
  });
  return result;
}

PreparedSeries prepare(const PanelSeries& series,
                       const PanelScaling& scaling,
                       const std::vector<ColumnScale>& target_scale,
                       const ForecasterOptions& options) {
  const std::size_t width = target_scale.size();
  PreparedSeries result{.rows = series.size(),
                        .past = scaled(series.past, scaling.past),
                        .known = scaled(series.known, scaling.known),
                        .scale = target_scale};
  result.targets.resize(result.rows * width);
  result.observed.resize(result.rows * width);
  for (std::size_t c = 0; c < width; ++c) {
    std::size_t first = result.rows;
    double last = 0.0;
    for (std::size_t row = 0; row < result.rows; ++row) {
      const double y = learnt_target(series, row, c, options);
      const std::size_t i = row * width + c;
      result.observed[i] = !std::isnan(y);
      last = result.observed[i] ? (y - target_scale[c].offset) / target_scale[c].scale : last;
      first = result.observed[i] ? std::min(first, row) : first;
      result.targets[i] = last;
    }
    for (std::size_t row = 0; row < first && first < result.rows; ++row) {
      result.targets[row * width + c] = result.targets[first * width + c];
    }
  }
  for (std::size_t i = 0; i < scaling.statics.size(); ++i) {
    const auto [offset, scale] = scaling.statics[i];
    result.statics.push_back(static_cast<float>((series.statics[i] - offset) / scale));
  }
  return result;
}

}  // namespace rondo::detail
