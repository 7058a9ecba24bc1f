/// `rondo evaluate`: how well a model of `rondo train` predicts a series or a text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "rondo/apps/series.hpp"

namespace rondo::apps {

struct EvaluateOptions {
  std::string model = {};
  SeriesFile series = {};
  std::string text = {};
  std::string out = {};                   // empty: nothing is written
  std::optional<double> test_split = {};  // of a table: the share at the end that is forecast
  std::optional<std::size_t> rows = {};   // of a table: so many at the end instead
};

/// @throws rondo::Error for input that cannot be used; nothing is printed then
void evaluate(const EvaluateOptions& options);

}  // namespace rondo::apps
