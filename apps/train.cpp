#include "rondo/apps/train.hpp"

#include <span>
#include <string>

#include <fmt/core.h>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/class_train.hpp"
#include "rondo/apps/forecaster.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/formats/text.hpp"

namespace rondo::apps {

namespace {

/// The numbers of the epoch whose weights the model has.
void print_best_epoch(const History& history, const RunDescription& run) {
  const std::size_t best = best_epoch(history, run);
  fmt::print("{:<24}{} of {}\n", "best epoch", best + 1, history.epochs().size());
  for (const std::string& name : history.names()) {
    fmt::print("{:<24}{:.6g}\n", name, history.values(name)[best]);
  }
}

/// @param data      what the model learns: a series or a text
/// @param announce  adds a callback that says what was chosen
template <class Model, class Data, class Announce>
int train_in_folder(Model model, const Data& data, const TrainOptions& options, Announce announce) {
  RunFolder folder(model.run(), std::as_bytes(std::span(data)), options.resume);
  const RunWatch watch{.quiet = options.quiet, .attach = [&](Trainer<float>& trainer) {
                         folder.attach(trainer);
                         announce(trainer);
                       }};
  const auto history = model.train(data, watch);
  if (!history) {
    return 128 + folder.signal();  // as shells give it
  }
  model.save(folder.model());
  folder.finish();
  fmt::print("{}\n", model.layers().summary());
  print_best_epoch(*history, model.run());
  fmt::print("\nmodel:      {}\ncheckpoint: {}\nhistory:    {}\nrun:        {}\n",
             folder.model(),
             folder.path("checkpoint.safetensors"),
             folder.path("history.csv"),
             folder.path("run.json"));
  return 0;
}

}  // namespace

int train(const TrainOptions& options) {
  RunDescription run = completed(options.run);
  if (run.kind() == DataKind::classes) {
    return train_classes(run, options);
  }
  if (run.kind() == DataKind::text) {
    const std::string text = read_text(run.text);
    return train_in_folder(CharacterModel(run, text), text, options, [](Trainer<float>&) {});
  }
  const Series series = read_series(run);
  run.column = series.column;
  return train_in_folder(Forecaster(run), series.values, options, [&](Trainer<float>& trainer) {
    announce_column(trainer, series);
  });
}

}  // namespace rondo::apps
