/// `rondo train` for a table, and the training that `rondo forecast` shares.
#pragma once

#include <optional>
#include <string>

#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/table_model.hpp"
#include "rondo/apps/train.hpp"
#include "rondo/optim/history.hpp"

namespace rondo::apps {

/// Of all that is learnt.
[[nodiscard]] std::string checksum_of(const Panel& panel);

/// @throws ArgumentError if the season is longer than half of every series
void check_season(const RunDescription& run, const Panel& panel);

/// @throws ArgumentError if training needs more memory than the machine has
void check_memory(const RunDescription& run, const Panel& panel);

/// The table of a run that learns all of it.
/// @throws as read_table_data, check_season and check_memory
[[nodiscard]] TableData read_training_table(const RunDescription& run);

/// Trains, with all that a run leaves in its folder but the model.
/// @param said  lines about the data, when it is sure that the run begins
/// @return nothing if the run was interrupted
[[nodiscard]] std::optional<History> fit_in_folder(
    Forecaster& model, const Panel& panel, RunFolder& folder, const std::string& said, bool quiet);

/// @param run  completed, of a table
[[nodiscard]] int train_table(const RunDescription& run, const TrainOptions& options);

}  // namespace rondo::apps
