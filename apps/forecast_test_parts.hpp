/// How a model of tables is tested: on the last part of each series, or by folds that each train
/// anew.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rondo/apps/comparison.hpp"
#include "rondo/timeseries/forecaster.hpp"

namespace rondo::apps {

constexpr double default_test_split = 0.2;

/// Rows of a test part. Those for training are the first share, rounded down.
[[nodiscard]] std::size_t last_share(std::size_t rows, double share);

/// Series that are long enough, cut in two.
struct TestSplit {
  Panel training = {};
  Panel whole = {};                     // the same series with their test parts
  std::vector<std::size_t> rows = {};   // of the test part of each
  std::vector<std::string> notes = {};  // series that are left out
};

/// @param test_rows  of a series with so many rows
/// @throws ArgumentError naming the series if none is long enough
[[nodiscard]] TestSplit split_for_test(const Panel& panel,
                                       const Forecaster& model,
                                       const std::function<std::size_t(std::size_t)>& test_rows);

/// The methods that a model is beside. @param season  of the user; nullopt: found in the panel
[[nodiscard]] SimpleMethods simple_methods(const ForecasterOptions& options,
                                           std::optional<std::size_t> season,
                                           const Panel& training);

/// All origins of the test parts.
[[nodiscard]] Comparison measure(const Forecaster& model,
                                 const TestSplit& split,
                                 const SimpleMethods& simple);

/// The panel of the series that are long enough for a forecast; a line on stderr for each other.
/// @throws ArgumentError naming the series if none is
[[nodiscard]] Panel long_enough(const Panel& panel, const Forecaster& model);

}  // namespace rondo::apps
