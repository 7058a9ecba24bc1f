/// `rondo train` for series with a class each.
#pragma once

#include "rondo/apps/train.hpp"

namespace rondo::apps {

/// @param run  completed
/// @return the exit status of the program, as `train`
[[nodiscard]] int train_classes(const RunDescription& run, const TrainOptions& options);

}  // namespace rondo::apps
