/// Series that each belong to a class, as the archives of time series classification hold them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// All series have the same channels, not the same length.
struct LabelledSeries {
  std::string name = {};                      // of the problem; empty if the file has none
  std::vector<Tensor<double>> series = {};    // each [L, C], L > 0; NaN where a value is missing
  std::vector<std::size_t> labels = {};       // of each series, an index into class_names
  std::vector<std::string> class_names = {};  // sorted: as numbers if all of them are numbers
  std::vector<std::size_t> lines = {};        // of each series in its file, from 1

  [[nodiscard]] std::size_t size() const { return series.size(); }

  [[nodiscard]] std::size_t channels() const { return series.empty() ? 0 : series[0].shape()[1]; }

  /// Some files hold none: what is to be predicted.
  [[nodiscard]] bool has_labels() const { return !labels.empty(); }
};

/// Whether a file is one of labelled series by its name: `.ts` or `.tsv`, also with `.gz` behind it.
[[nodiscard]] bool is_labelled_series(const std::filesystem::path& path);

/// Reads a `.tsv` file by `read_ucr`, a `.ts` file by `read_ts`.
/// @throws ArgumentError for another extension, FormatError as they do
[[nodiscard]] LabelledSeries read_labelled_series(const std::filesystem::path& path);

/// Distinct names in the order that people expect: as numbers if all of them are numbers.
[[nodiscard]] std::vector<std::string> sorted_class_names(std::vector<std::string> names);

}  // namespace rondo
