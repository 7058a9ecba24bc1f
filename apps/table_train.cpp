#include "rondo/apps/table_train.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "rondo/apps/notice.hpp"
#include "rondo/apps/run_notes.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"
#include "rondo/layers/model.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"
#include "rondo/optim/callbacks/terminate_on_nan.hpp"

namespace rondo::apps {

std::string checksum_of(const Panel& panel) {
  std::vector<double> numbers;
  const auto append = [&](const double* first, std::size_t count) {
    numbers.push_back(static_cast<double>(count));
    numbers.insert(numbers.end(), first, first + count);
  };
  for (const PanelSeries& series : panel.series) {
    numbers.push_back(static_cast<double>(series.begin));
    for (const Tensor<double>* const table : {&series.targets, &series.past, &series.known}) {
      append(table->data(), table->size());
    }
    append(series.statics.data(), series.statics.size());
  }
  return checksum_of(std::as_bytes(std::span(numbers)));
}

void check_season(const RunDescription& run, const Panel& panel) {
  std::size_t longest = 0;
  for (const PanelSeries& series : panel.series) {
    longest = std::max(longest, series.size());
  }
  if (run.season && *run.season > longest / 2) {
    throw_argument_error("season",
                         fmt::format("a season of {} reaches back before the beginning of the "
                                     "series, which has {} rows: two seasons are needed",
                                     *run.season,
                                     longest));
  }
}

void check_memory(const RunDescription& run, const Panel& panel) {
  RunDescription sizes = run;
  sizes.units = {*std::ranges::max_element(run.units)};
  std::size_t rows = 0;
  for (const PanelSeries& series : panel.series) {
    rows += series.size();
  }
  const PanelColumns& columns = panel.columns;
  const std::size_t features =
      2 * columns.targets.size() + columns.past.size() + columns.known.size();
  const std::size_t outputs = *run.horizon * columns.targets.size() * run.quantiles.size();
  check_memory(
      sizes,
      {.samples = rows, .weights = sizes.units[0] * (features + outputs), .per_step = features});
}

TableData read_training_table(const RunDescription& run) {
  TableData data = read_table_data(run, 1.0);
  check_season(run, data.encoded.panel);
  check_memory(run, data.encoded.panel);
  return data;
}

std::optional<History> fit_in_folder(
    Forecaster& model, const Panel& panel, RunFolder& folder, const std::string& said, bool quiet) {
  const char* const monitor = model.validates(panel) ? "val_loss" : "loss";
  auto history = model.fit(panel, [&](Trainer<float>& trainer) {
    trainer.add(TerminateOnNaN<float>({.raise_error = true}));
    if (!quiet) {
      trainer.add(ProgressBar<float>());
    }
    folder.attach(trainer, monitor);
    announce(trainer, said);
  });
  say(model.notes());
  return history;
}

int train_table(const RunDescription& run, const TrainOptions& options) {
  if (options.ranks != nullptr && options.ranks->size() > 1) {
    throw_argument_error("train", "tables are learnt by one process: start rondo without mpirun");
  }
  Forecaster model(forecaster_options(run));
  const TableData data = read_training_table(run);
  const Panel& panel = data.encoded.panel;
  RunFolder folder(run, checksum_of(panel), options.resume, true);
  say(data.encoded.notes);
  const auto history = fit_in_folder(model, panel, folder, data.description(), options.quiet);
  if (!history) {
    return 128 + folder.signal();
  }
  save_table_model(folder.model(), model, data.encoder, run);
  folder.finish();
  fmt::print("{}\n", model.model().summary());
  print_epoch(*history,
              model.options().patience > 0 && model.validates(panel)
                  ? best_epoch(*history, "val_loss")
                  : history->epochs().size() - 1);
  folder.print_files();
  return 0;
}

}  // namespace rondo::apps
