/// Makes the series of a panel from the rows of a table; for the sources of this folder.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rondo/timeseries/detail/features.hpp"
#include "rondo/timeseries/detail/series_rows.hpp"
#include "rondo/timeseries/panel.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

namespace rondo::detail {

/// What the series hold, for a user to read.
struct PanelCounts {
  std::size_t rows = 0;  // of the table, without those that are known in advance
  std::size_t gaps = 0;
  std::size_t gap_rows = 0;
  std::vector<std::size_t> missing_targets = {};  // in rows of the table
  std::vector<std::size_t> missing_past = {};
};

/// Refers to everything that it is given.
class SeriesEncoder {
 public:
  /// @param notes  gets what a user should know
  SeriesEncoder(const PanelOptions& options,
                const PanelEncoding& encoding,
                const PanelColumns& columns,
                const TableRows& rows,
                std::vector<std::string>& notes);

  /// @throws FormatError if no row has a target, a static column changes, or for what is missing if that is refused
  [[nodiscard]] PanelSeries encode(const SeriesRows& series);

  /// `hourly, 43,824 rows from … to …, 12 gaps (24 rows), 2,067 missing in pm2.5`
  [[nodiscard]] std::string describe(const Panel& panel) const;

 private:
  [[nodiscard]] std::size_t length_of_data(const SeriesRows& series) const;
  void count(const SeriesRows& series, std::size_t data_rows);
  void write_targets(const SeriesRows& series, PanelSeries& to) const;
  void write_past(const SeriesRows& series, PanelSeries& to) const;
  void write_known(const SeriesRows& series, PanelSeries& to) const;
  void write_statics(const SeriesRows& series, PanelSeries& to) const;
  std::size_t write_features(const std::vector<Feature>& features,
                             const SeriesRows& series,
                             Tensor<double>& to) const;

  const PanelOptions& options_;
  const PanelEncoding& encoding_;
  const PanelColumns& columns_;
  const TableRows& rows_;
  std::vector<std::string>& notes_;
  std::vector<Feature> targets_;
  std::vector<Feature> past_;
  std::vector<Feature> known_;
  std::vector<Feature> statics_;
  PanelCounts counts_;
};

}  // namespace rondo::detail
