/// Whether the rows of a file are in the order of time.
#pragma once

#include <optional>
#include <string>

#include "rondo/formats/csv.hpp"

namespace rondo::apps {

/// The first column of dates (as in ISO 8601, 2026-12-01 or 2026/12/01) or whole numbers that falls
/// and never rises from row to row: a series whose newest value comes first.
[[nodiscard]] std::optional<std::string> falling_column(const CsvTable& table);

}  // namespace rondo::apps
