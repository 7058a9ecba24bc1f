/// What a user should know of a run before it begins and when it has ended. Notes go to stderr.
#pragma once

#include <cstddef>

#include "rondo/apps/run_description.hpp"
#include "rondo/optim/history.hpp"

namespace rondo::apps {

/// The sizes that decide how much memory training takes.
struct RunSizes {
  std::size_t samples;   // that train
  std::size_t weights;   // beside those of the GRU that multiply its state
  std::size_t per_step;  // values that each time step of a sample keeps beside those of the GRU
};

/// @throws ArgumentError if training needs more memory than the machine has, by a careful estimate
void check_memory(const RunDescription& run, const RunSizes& sizes);

/// Tells what is looked at if nothing validates.
void note_monitor(const RunDescription& run);

/// Warns of a model that is of no use.
/// @param naive  loss without a model, of what the run monitors
void note_result(const History& history, const RunDescription& run, double naive);

}  // namespace rondo::apps
