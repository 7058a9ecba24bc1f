#include "rondo/apps/train.hpp"

#include <span>
#include <string>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/class_train.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/apps/series_model.hpp"
#include "rondo/apps/table_train.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/distributed/agreement.hpp"
#include "rondo/formats/text.hpp"

namespace rondo::apps {

namespace {

/// All of them were started with the same options and read the same data.
void check_ranks(Communicator& ranks, const RunDescription& run, const std::string& checksum) {
  if (ranks.size() == 1) {
    return;
  }
  RankFacts facts{{"the build", build_name()}};
  const Json options = parse_json(to_json(run, -1));
  for (const auto& [key, value] : options.items()) {
    facts.emplace_back(key, to_text(value));
  }
  facts.emplace_back("data with the checksum", checksum);
  check_same(ranks, facts);
}

/// @param data      what the model learns: a series or a text
/// @param announce  adds a callback that says what was chosen
template <class Model, class Data, class Announce>
int train_in_folder(Model model, const Data& data, const TrainOptions& options, Announce announce) {
  SingleProcess alone;
  Communicator& ranks = options.ranks != nullptr ? *options.ranks : alone;
  const std::string checksum = checksum_of(std::as_bytes(std::span(data)));
  check_ranks(ranks, model.run(), checksum);
  std::optional<RunFolder> folder;
  fail_together(ranks,
                [&] { folder.emplace(model.run(), checksum, options.resume, ranks.is_first()); });
  const RunWatch watch{
      .quiet = options.quiet, .ranks = options.ranks, .attach = [&](Trainer<float>& trainer) {
        folder->attach(trainer, monitored(model.run()));
        announce(trainer);
      }};
  const auto history = model.train(data, watch);
  if (!history) {
    return 128 + folder->signal();  // as shells give it
  }
  fail_together(ranks, [&] {
    if (ranks.is_first()) {
      model.save(folder->model());
      folder->finish();
    }
  });
  fmt::print("{}\n", model.layers().summary());
  print_epoch(*history, best_epoch(*history, monitored(model.run())));
  folder->print_files();
  return 0;
}

}  // namespace

int train(const TrainOptions& options) {
  RunDescription run = completed(options.run);
  for_each_option(run, [](const char* key, const auto& value, const char*) {
    if (is_for_forecast(key) && is_given(value)) {
      throw_argument_error("train", fmt::format("'{}' is for rondo forecast", key));
    }
  });
  if (is_of_classes(run.kind())) {
    return train_classes(run, options);
  }
  if (run.kind() == DataKind::table) {
    return train_table(run, options);
  }
  if (options.ranks != nullptr && !run.shards && !run.any_order) {
    run.shards = 8;
  }
  if (run.kind() == DataKind::text) {
    const std::string text = read_text(run.text);
    return train_in_folder(CharacterModel(run, text), text, options, [](Trainer<float>&) {});
  }
  const Series series = read_series(run);
  run.column = series.column;
  return train_in_folder(SeriesModel(run), series.values, options, [&](Trainer<float>& trainer) {
    announce_column(trainer, series);
  });
}

}  // namespace rondo::apps
