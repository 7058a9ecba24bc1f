#include "rondo/apps/training.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "rondo/optim/callbacks/early_stopping.hpp"
#include "rondo/optim/callbacks/reduce_lr_on_plateau.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"

namespace rondo::apps {

namespace {

class Announce : public Callback<float> {
 public:
  explicit Announce(std::string text) : text_(std::move(text) + "\n\n") {}

  void resume(Trainer<float>&) override {
    std::fputs(text_.c_str(), stdout);  // a terminal that is gone ends no training
  }

 private:
  std::string text_;
};

}  // namespace

std::string monitored(const RunDescription& run) {
  return run.validation_split.value() > 0.0 ? "val_loss" : "loss";
}

std::size_t best_epoch(const History& history, std::string_view monitor) {
  const std::vector<double>& values = history.values(monitor);
  return static_cast<std::size_t>(std::min_element(values.begin(), values.end()) - values.begin());
}

void print_epoch(const History& history, std::size_t epoch) {
  fmt::print("{:<24}{} of {}\n", "best epoch", epoch + 1, history.epochs().size());
  for (const std::string& name : history.names()) {
    fmt::print("{:<24}{:.6g}\n", name, history.values(name)[epoch]);
  }
}

void announce(Trainer<float>& trainer, std::string text) {
  trainer.add(Announce(std::move(text)));
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
