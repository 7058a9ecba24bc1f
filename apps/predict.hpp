/// `rondo predict`: what comes next, by a model of `rondo train`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "rondo/apps/series.hpp"
#include "rondo/formats/csv.hpp"

namespace rondo::apps {

/// A model of a series takes the first group, one of a text the second.
struct PredictOptions {
  std::string model = {};

  SeriesFile series = {};
  std::string out = {};     // empty: stdout
  std::string future = {};  // of a table: what is known in advance
  bool follow = false;      // of a table: rows come on stdin

  std::optional<std::string> text_seed = {};
  std::optional<std::size_t> length = {};
  std::optional<double> temperature = {};
  std::optional<std::uint64_t> seed = {};
};

/// @throws rondo::Error for input that cannot be used; nothing is written then
void predict(const PredictOptions& options);

/// `row,forecast`. @param first  the row of the first value
[[nodiscard]] CsvTable forecast_table(std::span<const double> values, std::size_t first);

}  // namespace rondo::apps
