/// `rondo train` for series with a class each.
#pragma once

#include "rondo/apps/train.hpp"
#include "rondo/timeseries/classifier.hpp"

namespace rondo::apps {

/// @param run  completed
/// @return the exit status of the program, as `train`
[[nodiscard]] int train_classes(const RunDescription& run, const TrainOptions& options);

/// What learns these series as the description says.
/// @throws ArgumentError for an option out of range, or more memory than the machine has
[[nodiscard]] Classifier classifier_for(const RunDescription& run, const LabelledSeries& data);

}  // namespace rondo::apps
