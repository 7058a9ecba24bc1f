/// A panel as the network sees it: scaled, without gaps, cut into windows.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "rondo/data/dataset.hpp"
#include "rondo/timeseries/forecaster.hpp"

namespace rondo::detail {

/// scaled = (x − offset) / scale
struct ColumnScale {
  double offset = 0.0;
  double scale = 1.0;  // > 0
};

/// What training has learnt about a panel beside the weights.
struct PanelScaling {
  std::vector<ColumnScale> past = {};
  std::vector<ColumnScale> known = {};
  std::vector<ColumnScale> statics = {};
  /// Targets were missing: the network has a column for each that says so.
  bool indicators = false;
  std::map<std::string, std::vector<ColumnScale>> targets = {};  // by series
};

/// A series in the units of the network, rows one after the other.
struct PreparedSeries {
  std::size_t rows = 0;
  std::vector<double> targets = {};  // [rows, C], gaps filled; logarithms if the options say so
  std::vector<bool> observed = {};   // [rows, C]
  std::vector<float> past = {};      // [rows, P]
  std::vector<float> known = {};     // [rows and more, K]
  std::vector<float> statics = {};
  std::vector<ColumnScale> scale = {};  // of the targets
};

/// Rows that are known where forecasts begin: first, …, last − 1.
struct SeriesOrigins {
  std::size_t series = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

/// The targets' scales by the first `rows` of the series.
/// @throws ArgumentError  if a target is not positive beside `log`, or all of one are missing
[[nodiscard]] std::vector<ColumnScale> target_scales(const PanelSeries& series,
                                                     std::size_t rows,
                                                     const ForecasterOptions& options);

/// Scales of all columns but the targets, by the first `rows[i]` of series i.
[[nodiscard]] PanelScaling scale_inputs(const Panel& panel, std::span<const std::size_t> rows);

/// @throws ArgumentError as target_scales
[[nodiscard]] PreparedSeries prepare(const PanelSeries& series,
                                     const PanelScaling& scaling,
                                     const std::vector<ColumnScale>& target_scale,
                                     const ForecasterOptions& options);

/// Samples of a panel: a window that ends before an origin, and the targets behind it as what the
/// network learns, NaN where they are missing or beyond the data.
///
///   inputs           [window, F]: targets, indicators, past, known
///   targets          [horizon, C]
///   extra_inputs[0]  [horizon K + statics], if there are any
class PanelWindows : public Dataset<float> {
 public:
  /// @param series  must outlive the data set
  PanelWindows(std::span<const PreparedSeries> series,
               std::vector<SeriesOrigins> origins,
               const PanelColumns& columns,
               const PanelScaling& scaling,
               const ForecasterOptions& options);

  [[nodiscard]] std::size_t size() const override { return first_sample_.back(); }

  [[nodiscard]] const SampleLayout& layout() const override { return layout_; }

  void copy_sample(std::size_t index, const SampleSlot<float>& slot) const override;

  struct Place {
    std::size_t series;
    std::size_t origin;
  };

  [[nodiscard]] Place place_of(std::size_t index) const;

  /// What a forecast of the network is added to, in the units of the network.
  [[nodiscard]] double reference(const Place& place, std::size_t step, std::size_t target) const;

 private:
  void copy_row(const PreparedSeries& series,
                std::size_t row,
                std::size_t origin,
                float* out) const;

  std::span<const PreparedSeries> series_;
  std::vector<SeriesOrigins> origins_;
  std::vector<std::size_t> first_sample_;  // of each of the origins, and the number of all
  ForecasterOptions options_;
  std::size_t num_targets_;
  std::size_t num_past_;
  std::size_t num_known_;
  bool indicators_;
  SampleLayout layout_;
};

/// Rows in front of the first origin.
[[nodiscard]] std::size_t rows_before(const ForecasterOptions& options);

}  // namespace rondo::detail
