#include "rondo/apps/train.hpp"

#include <span>
#include <string>

#include <fmt/core.h>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/forecaster.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/formats/text.hpp"

namespace rondo::apps {

namespace {

/// @param data      what the model learns: a series or a text
/// @param announce  adds a callback that says what was chosen
template <class Model, class Data, class Announce>
int train_in_folder(Model model, const Data& data, const TrainOptions& options, Announce announce) {
  const RunFolder folder(model.run(), std::as_bytes(std::span(data)), options.resume);
  const RunWatch watch{.quiet = options.quiet, .attach = [&](Trainer<float>& trainer) {
                         folder.attach(trainer);
                         announce(trainer);
                       }};
  const auto history = model.train(data, watch);
  if (!history) {
    return interrupted_status;
  }
  model.save(folder.model());
  folder.finish();
  fmt::print("{}\n", model.layers().summary());
  for (const std::string& name : history->names()) {
    fmt::print("{:<24}{:.6g}\n", name, history->last(name));
  }
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
