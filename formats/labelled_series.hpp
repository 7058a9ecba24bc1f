/// Series with a class each, as the archives of time series classification keep them: UCR's tables
/// (`.tsv`) and UEA's and sktime's files with a header (`.ts`).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// Series that a class is known of, or, after `@classLabel false`, is not: then there are neither labels
/// nor classes. Lengths may differ, channels do not.
struct LabelledSeries {
  std::string source = {};                  // the file, for errors
  std::vector<Tensor<double>> series = {};  // each [L, C], L > 0; a missing value is NaN
  std::vector<std::size_t> labels = {};     // of each: an index of `classes`
  std::vector<std::size_t> lines = {};      // of each in the file, from 1
  std::vector<std::string> names = {};      // of each, where the source has them; or none
  std::vector<std::string> classes =
      {};  // as written; numbers first to last, or in the header's order

  [[nodiscard]] std::size_t size() const { return series.size(); }

  [[nodiscard]] std::size_t channels() const { return series.empty() ? 0 : series[0].shape()[1]; }
};

/// Whether the name ends in `.ts` or `.tsv`, or in one of them and `.gz`.
[[nodiscard]] bool is_labelled_series(const std::filesystem::path& path);

/// Reads a file by the end of its name.
///
///   .tsv  a series per line: its class, then its values, separated by tabs. Values that are missing at
///         the end (NaN) are where a shorter series ends
///   .ts   @problemName @timeStamps @missing @univariate @dimensions @equalLength @seriesLength
///         @classLabel @data, then a series per line: its channels and its class, separated by colons,
///         values by commas, `?` or NaN for a missing one. What the header says is checked.
///         Lines that begin with #, in the header also with %, are comments
///
/// Errors read `[labelled series] x.ts:12: 5 channels, expected 6, as @dimensions says`.
/// @throws FormatError  if the file cannot be read, its name ends otherwise, or it holds anything else
[[nodiscard]] LabelledSeries read_labelled_series(const std::filesystem::path& path);

}  // namespace rondo
