/// One trial of a search: a training run without words, in a folder of its own.
///
///   backup/training.safetensors  where the training goes on, in the same rung or in the next one
///   model.safetensors            of the last rung that has ended
///   rung_1.json                  what came of the first rung; written when all else is there
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

#include "rondo/apps/run_description.hpp"

namespace rondo::apps {

struct TrialResult {
  std::size_t epochs = 0;  // that were trained, fewer than there are in the rung if it was stopped
  double value = std::numeric_limits<double>::quiet_NaN();  // of what is monitored; NaN: failed
  std::string problem = {};                                 // of one that failed
};

/// Trains as `rondo train` would, to the same bits, and writes what comes of it. A backup goes on
/// where it was; classes begin again in each rung, since their learning rate depends on its epochs.
/// @param run   completed, with the epochs of the rung
/// @param rung  from 0
/// @throws FormatError if files cannot be read or written; other errors are the trial's
TrialResult run_trial(const RunDescription& run,
                      const std::filesystem::path& folder,
                      std::size_t rung);

/// Does all that comes before the first step, and writes nothing.
/// @throws Error as the training would
void check_trial(const RunDescription& run);

/// @return nothing if the rung has not ended
/// @throws FormatError if the file is damaged
[[nodiscard]] std::optional<TrialResult> read_trial(const std::filesystem::path& folder,
                                                    std::size_t rung);

}  // namespace rondo::apps
