#include "rondo/apps/trial.hpp"

#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/character_model.hpp"
#include "rondo/apps/class_data.hpp"
#include "rondo/apps/class_train.hpp"
#include "rondo/apps/series.hpp"
#include "rondo/apps/series_model.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/apps/table_train.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/formats/text.hpp"
#include "rondo/optim/callbacks/backup_and_restore.hpp"
#include "rondo/optim/callbacks/lambda_callback.hpp"

namespace rondo::apps {

namespace fs = std::filesystem;

namespace {

using Attach = std::function<void(Trainer<float>&)>;

/// @return the history, or nothing if the run was interrupted: nothing is saved then
template <class Model, class Train, class... Metadata>
std::optional<History> trained(Model model,
                               const std::string& file,
                               Train train,
                               const Metadata&... metadata) {
  std::optional<History> history = train(model);
  if (history) {
    model.save(file, metadata...);
  }
  return history;
}

std::optional<History> learn_table(const RunDescription& run,
                                   const std::string& file,
                                   const Attach& attach) {
  Forecaster model(forecaster_options(run));
  const TableData data = read_training_table(run);
  const Panel& panel = data.encoded.panel;
  if (!model.validates(panel)) {
    throw_argument_error(
        "search", "every series is too short to validate: window and horizon must be smaller");
  }
  std::optional<History> history = model.fit(panel, attach);
  if (history) {
    save_table_model(file, model, data.encoder, run);
  }
  return history;
}

/// @param file  for the model
std::optional<History> learn(const RunDescription& run,
                             const std::string& file,
                             const Attach& attach) {
  const RunWatch watch{.quiet = true, .attach = attach};
  if (is_of_classes(run.kind())) {
    const LabelledSeries data = read_classes(run, run.csv);
    const FileMetadata metadata{{"run", to_json(run, -1)}};
    const auto train = [&](Classifier& model) { return model.fit(data, attach); };
    return trained(classifier_for(run, data), file, train, metadata);
  }
  if (run.kind() == DataKind::text) {
    const std::string text = read_text(run.text);
    return trained(CharacterModel(run, text), file, [&](CharacterModel& model) {
      return model.train(text, watch);
    });
  }
  if (run.kind() == DataKind::table) {
    return learn_table(run, file, attach);
  }
  const Series series = read_series(run);
  return trained(SeriesModel(run), file, [&](SeriesModel& model) {
    return model.train(series.values, watch);
  });
}

fs::path result_file(const fs::path& folder, std::size_t rung) {
  return folder / fmt::format("rung_{}.json", rung + 1);
}

void write_result(const fs::path& file, const TrialResult& result) {
  Json json = {{"epochs", result.epochs}};
  if (result.problem.empty()) {
    json["value"] = result.value;
  } else {
    json["problem"] = result.problem;
  }
  write_text(file, to_text(json) + '\n');
}

TrialResult train_trial(const RunDescription& run, const fs::path& folder, std::size_t rung) {
  const bool begins_again = is_of_classes(run.kind());
  const fs::path backup = folder / (begins_again ? fmt::format("backup_{}", rung + 1) : "backup");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> nowhere(std::fopen("/dev/null", "w"),
                                                                std::fclose);
  if (nowhere == nullptr) {
    throw_format_error("search", "/dev/null cannot be opened");
  }
  const auto history =
      learn(run, (folder / "model.safetensors").string(), [&](Trainer<float>& trainer) {
        trainer.add(BackupAndRestore<float>(
            {.backup_dir = backup, .delete_checkpoint = false, .out = nowhere.get()}));
      });
  if (history->epochs().empty()) {
    return {.problem = "no epoch was trained"};
  }
  const double value = history->values(monitored(run))[best_epoch(*history, monitored(run))];
  TrialResult result{.epochs = history->epochs().size(), .value = value};
  if (!std::isfinite(value)) {
    result.problem = fmt::format("{} is {}", monitored(run), value);
  }
  return result;
}

}  // namespace

TrialResult run_trial(const RunDescription& run, const fs::path& folder, std::size_t rung) {
  if (const auto result = read_trial(folder, rung)) {
    return *result;
  }
  fs::create_directories(folder);
  TrialResult result;
  try {
    result = train_trial(run, folder, rung);
  } catch (const FormatError&) {
    throw;  // a full disk says nothing of the options
  } catch (const Error& error) {
    result = {.problem = error.what()};
  }
  write_result(result_file(folder, rung), result);
  return result;
}

void check_trial(const RunDescription& run) {
  static_cast<void>(learn(run, "", [](Trainer<float>& trainer) {
    trainer.add(
        LambdaCallback<float>({.on_train_begin = [](Trainer<float>& t) { t.interrupt(); }}));
  }));
}

std::optional<TrialResult> read_trial(const fs::path& folder, std::size_t rung) {
  const fs::path file = result_file(folder, rung);
  if (!fs::exists(file)) {
    return std::nullopt;
  }
  std::string problem = "is not what a search has written";
  const Json json = parse_json(read_text(file), 3, &problem);
  if (!json.is_object() || !json.contains("epochs") || !json["epochs"].is_number_unsigned() ||
      json.contains("value") == json.contains("problem")) {
    throw_format_error("search", fmt::format("{}: {}", file.string(), problem));
  }
  TrialResult result{.epochs = json["epochs"].get<std::size_t>()};
  if (json.contains("value") && json["value"].is_number()) {
    result.value = json["value"].get<double>();
  } else {
    result.problem = json.value("problem", "no value");
  }
  return result;
}

}  // namespace rondo::apps
