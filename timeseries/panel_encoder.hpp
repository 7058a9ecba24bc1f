/// From a table to a panel, with what training has learnt about its columns: categories, the step in time, what was
/// missing. It is saved with a model, so that other files become the same columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/timeseries/panel.hpp"
#include "rondo/timeseries/panel_options.hpp"

namespace rondo {

namespace detail {
class TableRows;
struct SeriesRows;
}  // namespace detail

/// What training has learnt about a column of a table.
struct FeatureColumn {
  std::string name = {};
  std::vector<std::string> categories = {};  // sorted; empty: numbers
  double mean = 0.0;                         // for series that have no value
  bool has_indicator = false;                // numbers were missing

  [[nodiscard]] bool is_category() const { return !categories.empty(); }

  /// Columns that it becomes.
  [[nodiscard]] std::size_t width() const;

  /// `cbwd=NW`, … or `dew point`, `dew point missing`.
  void append_names(std::vector<std::string>& names) const;
};

/// What training has learnt about a table.
struct PanelEncoding {
  TimeStep step = {};
  bool has_gaps = false;  // a column tells of the rows that were made for them: `row missing`
  std::vector<FeatureColumn> targets = {};
  std::vector<FeatureColumn> past = {};
  std::vector<FeatureColumn> known = {};
  std::vector<FeatureColumn> statics = {};
};

struct EncodedPanel {
  Panel panel = {};
  /// `hourly, 43,824 rows from 2010-01-01 00:00:00 to 2014-12-31 23:00:00, 12 gaps, 2,067 missing in pm2.5`
  std::string description = {};
  std::vector<std::string> notes =
      {};  // what a user should know: rows were sorted, a category is unknown
};

class PanelEncoder {
 public:
  /// Learns from a table for training.
  ///
  /// @throws ArgumentError  if there is no such column, one has two roles, or a part of the calendar is unknown or the
  ///                        same in every row
  /// @throws FormatError    with file and line if a target holds texts, a column is empty or constant, or has too many
  ///                        categories; for times that repeat, or follow no step; for what is missing, if that is
  ///                        refused
  PanelEncoder(const Table& table, const PanelOptions& options);

  /// The rows at the end of a series in which all targets and past columns are missing are known in advance.
  ///
  /// @param future  more of such rows: times and known columns, and the column of series if there is one; may be null
  /// @throws FormatError as above
  [[nodiscard]] EncodedPanel encode(const Table& table, const Table* future = nullptr) const;

  /// With the guesses resolved.
  [[nodiscard]] const PanelOptions& options() const { return options_; }

  [[nodiscard]] const PanelColumns& columns() const { return columns_; }

  [[nodiscard]] const PanelEncoding& encoding() const { return encoding_; }

  [[nodiscard]] const std::vector<Guess>& guesses() const { return guesses_; }

  [[nodiscard]] std::string to_json() const;

  /// @throws FormatError unless the text came from to_json()
  [[nodiscard]] static PanelEncoder from_json(std::string_view json);

 private:
  PanelEncoder() = default;
  void choose_targets(const Table& table);
  void check_roles() const;
  void learn(const detail::TableRows& rows, const std::vector<detail::SeriesRows>& series);
  void name_columns();

  PanelOptions options_;
  PanelEncoding encoding_;
  PanelColumns columns_;
  std::vector<Guess> guesses_;
};

/// Refuses a panel in which a series does not know enough rows in advance.
/// @param horizon  steps to be forecast
/// @throws FormatError that names the series, unless there are no known columns
void check_known_future(const Panel& panel, std::size_t horizon);

}  // namespace rondo
