/// The series that a CSV file holds.
#pragma once

#include <string>
#include <vector>

namespace rondo::apps {

struct Series {
  std::string column;
  std::vector<double> values;
};

/// @param column  empty: the last one whose first cell is a number, so that a column with a bad
///                cell further down is an error and not passed over
/// @throws FormatError    for a file that cannot be used, with the line
/// @throws ArgumentError  if there is no such column; the text lists those there are
[[nodiscard]] Series read_series(const std::string& csv, const std::string& column);

}  // namespace rondo::apps
