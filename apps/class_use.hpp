/// `rondo evaluate` and `rondo predict` for a model of series with a class each.
#pragma once

#include "rondo/apps/evaluate.hpp"
#include "rondo/apps/predict.hpp"

namespace rondo::apps {

/// Whether the file is such a model; false too for what is none at all.
[[nodiscard]] bool is_class_model(const std::string& path);

/// @throws ArgumentError for options of other models, FormatError for files
void evaluate_classes(const EvaluateOptions& options);

/// A row for each series: its line in the file, the most probable class, and the probability of each.
void predict_classes(const PredictOptions& options);

}  // namespace rondo::apps
