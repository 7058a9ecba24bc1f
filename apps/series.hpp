/// The series that a CSV file holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rondo/apps/run_description.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo::apps {

struct Series {
  std::string column;
  std::vector<double> values;
  bool column_was_chosen = false;  // by read_series
};

/// Another file for a model of a series; what is not given is as in training.
struct SeriesFile {
  std::string csv = {};
  std::string column = {};
  std::string delimiter = {};
  std::string decimal = {};
  std::optional<bool> no_header = {};

  /// The first flag that says how to read it; null: none is given.
  [[nodiscard]] const char* first_flag() const;
};

/// How the file would be described for the run that the model was trained in.
[[nodiscard]] RunDescription described(RunDescription trained, const SeriesFile& file);

/// @param run  csv, column, delimiter, decimal, no_header; without a column the last one is taken
///             that has a name and holds a number in any row, so that a bad cell is an error and
///             its column is not passed over
/// @throws FormatError    for a file that cannot be used, with the line
/// @throws ArgumentError  if there is no such column; the text lists those there are
[[nodiscard]] Series read_series(const RunDescription& run);

/// Says at the start of training which column was chosen, if one was.
void announce_column(Trainer<float>& trainer, const Series& series);

}  // namespace rondo::apps
