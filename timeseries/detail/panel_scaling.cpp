#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/timeseries/detail/panel_windows.hpp"

namespace rondo::detail {

namespace {

/// The values of a column for its scale, in units of the largest: their squares neither vanish nor
/// overflow.
class Moments {
 public:
  explicit Moments(const std::vector<double>& values) {
    for (const double x : values) {
      unit_ = std::max(unit_, std::abs(x));
    }
    unit_ = unit_ > 0.0 ? unit_ : 1.0;
    double count = 0.0;
    for (const double x : values) {
      count += 1.0;
      const double from_mean = x / unit_ - mean_;
      mean_ += from_mean / count;
      squares_ += from_mean * (x / unit_ - mean_);
    }
    squares_ /= count;
  }

  /// Mean 0 and variance 1.
  [[nodiscard]] ColumnScale standard() const { return {unit_ * mean_, scale(squares_)}; }

  /// A mean square of 1; zero stays where it is.
  [[nodiscard]] ColumnScale around_zero() const { return {0.0, scale(squares_ + mean_ * mean_)}; }

 private:
  /// What is constant stays as it is, but for the rounding of its mean.
  [[nodiscard]] double scale(double mean_square) const {
    const double root = std::sqrt(mean_square);
    const double result = unit_ * root;
    return root > 1e-12 * std::abs(mean_) && std::isfinite(result) && result > 0.0 ? result : 1.0;
  }

  double unit_ = 0.0;
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

/// @throws ArgumentError if single precision does not hold it
double scaled(double x, const ColumnScale& column, const PanelSeries& series, std::size_t row) {
  const double result = (x - column.offset) / column.scale;
  if (!std::isfinite(static_cast<float>(result))) {
    throw_argument_error("Forecaster",
                         fmt::format("series '{}' has {} in row {}, which is out of all proportion "
                                     "to training, where values deviate by {} from {}",
                                     series.name,
                                     x,
                                     row,
                                     column.scale,
                                     column.offset));
  }
  return result;
}

std::vector<float> scaled(const Tensor<double>& table,
                          const std::vector<ColumnScale>& scales,
                          const PanelSeries& series) {
  std::vector<float> result(scales.empty() ? 0 : table.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<float>(
        scaled(table.data()[i], scales[i % scales.size()], series, i / scales.size()));
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
    std::vector<double> values;
    for (std::size_t i = 0; i < panel.series.size(); ++i) {
      const double* const cells = table(panel.series[i]).data();
      for (std::size_t row = 0; row < rows[i]; ++row) {
        values.push_back(cells[row * columns + column]);
      }
    }
    result.push_back(values.empty() ? ColumnScale{} : Moments(values).standard());
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
    std::vector<double> values;
    for (std::size_t row = distance; row < rows; ++row) {
      const double y = learnt_target(series, row, c, options);
      const double change = departure ? y - learnt_target(series, row - distance, c, options) : y;
      if (!std::isnan(change)) {
        values.push_back(change);
      }
    }
    if (values.empty()) {
      throw_argument_error(
          "Forecaster",
          fmt::format("all of the first {} targets of series '{}' are missing", rows, series.name));
    }
    const Moments moments(values);
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
    std::vector<double> values;
    for (const PanelSeries& series : panel.series) {
      values.push_back(series.statics[column]);
    }
    result.statics.push_back(Moments(values).standard());
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
                        .past = scaled(series.past, scaling.past, series),
                        .known = scaled(series.known, scaling.known, series),
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
      last = result.observed[i] ? scaled(y, target_scale[c], series, row) : last;
      first = result.observed[i] ? std::min(first, row) : first;
      result.targets[i] = last;
    }
    for (std::size_t row = 0; row < first && first < result.rows; ++row) {
      result.targets[row * width + c] = result.targets[first * width + c];
    }
  }
  for (std::size_t i = 0; i < scaling.statics.size(); ++i) {
    result.statics.push_back(
        static_cast<float>(scaled(series.statics[i], scaling.statics[i], series, 0)));
  }
  return result;
}

}  // namespace rondo::detail
