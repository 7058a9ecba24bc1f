/// The `.ts` files of the UEA archive of time series classification and of sktime.
#pragma once

#include <filesystem>

#include "rondo/formats/labelled_series.hpp"

namespace rondo {

/// A header of lines that begin with @ (`@problemName` `@timeStamps` `@missing` `@univariate`
/// `@dimensions` `@equalLength` `@seriesLength` `@classLabel` `@data`), then a line for each series:
/// channels with `:` between them, values with commas, the label behind the last colon. `?` and
/// `NaN` are missing values; lines that begin with # are comments. What the header says is checked.
/// Without labels (`@classLabel false`) `labels` and `class_names` are empty; the classes of a
/// header that no series has stay in `class_names`. Unpacked if it is compressed by gzip.
///
/// Errors read `[read_ts] Vowels.ts:12: 11 channels, expected 12 (@dimensions, line 5)`.
/// @throws FormatError if the file cannot be read, its header is incomplete, unknown, repeated or
///         not what the series are, or a value is no finite number; for time stamps and targets
///         (`@timeStamps true`, `@targetLabel true`), which are not read
[[nodiscard]] LabelledSeries read_ts(const std::filesystem::path& path);

}  // namespace rondo
