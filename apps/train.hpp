/// `rondo train`: trains a model on a series or a text, with everything a run leaves behind.
#pragma once

#include "rondo/apps/run_description.hpp"

namespace rondo::apps {

struct TrainOptions {
  RunDescription run = {.out = "out/train"};
  /// Go on with the interrupted run in `run.out`.
  bool resume = false;
  bool quiet = false;
};

/// The exit status of a run that Ctrl-C has ended, as shells give it: 128 + SIGINT.
constexpr int interrupted_status = 130;

/// @return the exit status of the program
/// @throws rondo::Error for input that cannot be used; nothing is written then
[[nodiscard]] int train(const TrainOptions& options);

}  // namespace rondo::apps
