#include "rondo/apps/training.hpp"

#include <algorithm>
#include <vector>

#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/reduce_lr_on_plateau.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"

namespace rondo::apps {

std::string monitored(const RunDescription& run) {
  return run.validation_split.value() > 0.0 ? "val_loss" : "loss";
}

std::size_t best_epoch(const History& history, const RunDescription& run) {
  const std::vector<double>& values = history.values(monitored(run));
  return static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
}

std::optional<History> train_as_described(Trainer<float>& trainer,
                                          const Dataset<float>& data,
                                          FitOptions<float> options,
                                          const RunDescription& run,
                                          const RunWatch& watch) {
  trainer.add(TerminateOnNaN<float>({.raise_error = true}));
  if (run.reduce_lr_patience) {  // first: it adds the rate to the logs that the others write
    trainer.add(
        ReduceLROnPlateau<float>({.monitor = monitored(run), .patience = *run.reduce_lr_patience}));
  }
  trainer.add(EarlyStopping<float>(
      {.monitor = monitored(run), .patience = run.patience.value(), .restore_best_weights = true}));
  if (watch.attach) {
    watch.attach(trainer);
  }
  options.epochs = run.epochs.value();
  options.batch_size = run.batch_size.value();
  options.verbose = watch.quiet ? Verbosity::quiet : Verbosity::automatic;
  options.seed = run.seed;
  options.communicator = watch.ranks;
  options.shards = run.shards;
  options.sum_order = run.any_order ? SumOrder::any : SumOrder::fixed;
  const History history = trainer.fit(data, options);
  return trainer.interrupted() ? std::nullopt : std::optional(history);
}

}  // namespace rondo::apps
