/// Which rows belong to which series, in the order of time, and where they stand on equal steps; for the sources of
/// this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "rondo/timeseries/detail/table_rows.hpp"
#include "rondo/timeseries/panel_options.hpp"

namespace rondo::detail {

struct SeriesRows {
  std::string name = {};
  std::vector<std::uint32_t> rows = {};  // of TableRows
  std::vector<TimePoint> points = {};    // of these rows, ascending

  /// Steps between a row and the first one; empty: 0, 1, 2, …
  std::vector<std::uint32_t> steps = {};
  std::size_t length = 0;  // rows with those that are made for gaps

  [[nodiscard]] std::size_t step_of(std::size_t i) const { return steps.empty() ? i : steps[i]; }
};

/// Rows of a series up to the last one in which a target or a past column has a value: those behind it are known in
/// advance.
[[nodiscard]] std::size_t count_data_rows(const TableRows& rows,
                                          const SeriesRows& series,
                                          const PanelOptions& options);

/// What was found out about the rows on the way.
struct RowFindings {
  std::vector<Guess> guesses = {};
  std::vector<std::string> notes = {};
  std::optional<bool> files_are_series = {};  // if it was a guess
};

/// Sorted by time within each series; series in the order of their first rows.
/// @throws FormatError if a time comes twice in a series, naming both lines, or a row has no series
[[nodiscard]] std::vector<SeriesRows> group_rows(const TableRows& rows,
                                                 const PanelOptions& options,
                                                 RowFindings& findings);

/// The largest that divides all distances between rows, or the most frequent distance if that has more than four of
/// them. Months if all rows are at the same time of a month, or at its last day.
/// @throws FormatError if no series has two rows
[[nodiscard]] TimeStep find_step(const TableRows& rows, const std::vector<SeriesRows>& series);

/// Sets steps and length of each series. Points of months become the first second of their month.
/// @throws FormatError if a row lies between two steps, a gap is several times the rows, or there is one and the policy
///                     refuses it
void place_rows(const TableRows& rows,
                TimeStep step,
                MissingPolicy policy,
                std::vector<SeriesRows>& series);

}  // namespace rondo::detail
