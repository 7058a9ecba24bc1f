/// `rondo train`: trains a model on a series or a text, with everything a run leaves behind.
#pragma once

#include "rondo/apps/run_description.hpp"
#include "rondo/distributed/communicator.hpp"

namespace rondo::apps {

struct TrainOptions {
  RunDescription run = {.out = "out/train"};
  /// Go on with the interrupted run in `run.out`.
  bool resume = false;
  bool quiet = false;
  /// That train together; null: this process alone.
  Communicator* ranks = nullptr;
};

/// @return the exit status of the program; 128 + its number if a signal ended the run
/// @throws rondo::Error for input that cannot be used; nothing is written then
[[nodiscard]] int train(const TrainOptions& options);

}  // namespace rondo::apps
