/// The `.tsv` files of the UCR archive of time series classification.
#pragma once

#include <filesystem>

#include "rondo/formats/labelled_series.hpp"

namespace rondo {

/// A line for each series: its label, then its values, with tabs between them; no header, one
/// channel. `NaN` is a missing value; at the end of a line it fills up a shorter series, as in the
/// archive, and is left out. Unpacked if it is compressed by gzip.
///
/// Errors read `[read_ucr] Gun_TRAIN.tsv:7: field 3 is 'x', expected a number or NaN`.
/// @throws FormatError if the file cannot be read, a line has no label or no value, or a field is
///         no finite number
[[nodiscard]] LabelledSeries read_ucr(const std::filesystem::path& path);

}  // namespace rondo
