/// The rows of a run for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "rondo/bench/harness.hpp"

namespace rondo::bench {

/// Minimum and median of each row; the median divided by rondo's and by the arithmetic limit with
/// the same number of threads.
[[nodiscard]] std::string to_table(const std::vector<Row>& rows);

/// `{"date": …, "machine": …, "busy": …, "rows": [{"name": …, "peer": …, "version": …, "threads":
/// …, "min_ns": …, "median_ns": …}, …]}`; sizes have `min_bytes` and `median_bytes`.
/// @throws FormatError if the file cannot be written
void write_json(const std::string& path, const std::vector<Row>& rows);

}  // namespace rondo::bench
