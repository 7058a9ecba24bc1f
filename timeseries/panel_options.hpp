/// How the columns of a table become those of a panel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rondo/data/table.hpp"

namespace rondo {

/// What becomes of missing cells, also in rows that are made for gaps. Missing targets stay NaN, so that they count
/// neither in a loss nor in an error.
enum class MissingPolicy : std::uint8_t {
  refuse,     ///< an error that names the first one; gaps in time are errors, too
  forward,    ///< the last value of the series; before the first one, that one
  linear,     ///< on a line to the next value, which a forecast does not know in advance
  indicator,  ///< forward, and a column that says so: `dew point missing`
};

struct PanelOptions {
  /// How the table was read; kept for the files of a forecast.
  TableOptions table = {};
  std::vector<std::string> targets =
      {};  // empty: a guess, the last column of numbers without another role
  std::vector<std::string> past = {};  // columns of numbers or categories
  std::vector<std::string> known = {};
  std::vector<std::string> statics = {};  // one value in all rows of a series
  /// The column that says which series a row belongs to; empty: one series, or one for each file.
  std::string series = {};
  /// Whether each of several files is a series; nullopt: a guess, they are if their times overlap.
  std::optional<bool> files_are_series = std::nullopt;
  /// Parts of the time, as sine and cosine columns that are known in advance: names of calendar.hpp.
  std::vector<std::string> calendar = {};
  /// Columns of numbers that are codes. Columns of texts are categories anyway.
  std::vector<std::string> categories = {};
  MissingPolicy missing = MissingPolicy::indicator;
  std::size_t most_categories = 32;  // of a column; each becomes a column of zeros and ones
  std::optional<TimeStep> step = std::nullopt;  // between rows; nullopt: found
  /// How much of each series, from its beginning, is learnt from: the rest is for a test and may hold categories that
  /// training has not seen. 0 .. 1, not 0.
  double training_part = 1.0;
  /// Rows beyond the data that the calendar is given for if no column is known in advance.
  std::size_t horizon = 0;
};

}  // namespace rondo
