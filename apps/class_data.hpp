/// Series with a class each, from files that hold nothing else or from a table.
#pragma once

#include <string>

#include "rondo/apps/run_description.hpp"
#include "rondo/formats/labelled_series.hpp"

namespace rondo::apps {

/// What a run learns, or tests with, from a file like its own. Of a table each series is one, with its
/// rows in the order of time; values that are missing, also in rows made for gaps, are NaN.
/// @param run          with names of the channels, as `with_channels` gives it
/// @param file         to read
/// @param with_labels  false: nobody knows the classes, the table needs no column of them
/// @throws FormatError, ArgumentError for what cannot be read
[[nodiscard]] LabelledSeries read_classes(const RunDescription& run,
                                          const std::string& file,
                                          bool with_labels = true);

/// Of a table without `--past`: all columns of numbers without another role are channels.
/// @throws ArgumentError if there is none, or no --series
[[nodiscard]] RunDescription with_channels(RunDescription run);

}  // namespace rondo::apps
