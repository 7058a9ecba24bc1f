/// The training that models of series and of texts share.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rondo/apps/run_description.hpp"
#include "rondo/optim/trainer.hpp"

namespace rondo::apps {

/// Who watches a run; nothing of it changes the numbers.
struct RunWatch {
  bool quiet = false;
  /// That train together; null: this process alone.
  Communicator* ranks = nullptr;
  /// Adds callbacks of its own to the trainer before the run.
  std::function<void(Trainer<float>&)> attach = {};
};

/// The numbers of the epoch whose weights the model has. @param epoch  counted from 0
void print_epoch(const History& history, std::size_t epoch);

/// Says what was read, when it is sure that the run begins. @param text  lines
void announce(Trainer<float>& trainer, std::string text);

/// `fit` with epochs, batch size, seed and callbacks of the description.
/// @param options  what is to validate; the rest is filled in
/// @return the history, or nothing if the run was interrupted
[[nodiscard]] std::optional<History> train_as_described(Trainer<float>& trainer,
                                                        const Dataset<float>& data,
                                                        FitOptions<float> options,
                                                        const RunDescription& run,
                                                        const RunWatch& watch);

/// What early stopping and checkpoints look at.
[[nodiscard]] std::string monitored(const RunDescription& run);

/// The index in the history of the epoch with the smallest value.
[[nodiscard]] std::size_t best_epoch(const History& history, std::string_view monitor);

}  // namespace rondo::apps
