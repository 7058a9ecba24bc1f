#include "rondo/apps/class_train.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "rondo/apps/class_data.hpp"
#include "rondo/apps/class_results.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/run_folder.hpp"
#include "rondo/apps/run_notes.hpp"
#include "rondo/apps/training.hpp"
#include "rondo/core/error.hpp"
#include "rondo/optim/callbacks/progress_bar.hpp"

namespace rondo::apps {

namespace {

ClassifierOptions options_of(const RunDescription& run) {
  return {.units = run.units,
          .cell = run.cell,
          .bidirectional = !run.one_direction,
          .dropout = run.dropout.value(),
          .recurrent_dropout = run.recurrent_dropout.value(),
          .class_weights = run.class_weights,
          .epochs = run.epochs.value(),
          .batch_size = run.batch_size.value(),
          .learning_rate = run.learning_rate.value(),
          .validation = run.validation_split.value(),
          .patience = run.patience.value(),
          .seed = run.seed};
}

/// All that is learnt, for the checksum of a run.
std::vector<double> numbers_of(const LabelledSeries& data) {
  std::vector<double> numbers(data.labels.begin(), data.labels.end());
  for (const Tensor<double>& series : data.series) {
    numbers.push_back(static_cast<double>(series.size()));
    numbers.insert(numbers.end(), series.data(), series.data() + series.size());
  }
  return numbers;
}

void check_memory_for(const RunDescription& run, const LabelledSeries& data) {
  RunDescription sizes = run;
  sizes.window = 0;
  for (const Tensor<double>& series : data.series) {
    sizes.window = std::max(*sizes.window, series.shape()[0]);
  }
  sizes.units = {*std::max_element(run.units.begin(), run.units.end())};
  check_memory(sizes,
               {.samples = data.size(),
                .weights = sizes.units[0] * (data.channels() + data.classes.size()),
                .per_step = data.channels()});
}

/// A test file is read before training: its faults should not cost a run.
std::optional<LabelledSeries> read_test(const RunDescription& run, const LabelledSeries& training) {
  if (run.test.empty()) {
    return std::nullopt;
  }
  LabelledSeries test = read_classes(run, run.test);
  if (test.channels() != training.channels()) {
    throw_argument_error("train",
                         fmt::format("{} has {} channels, {} has {}: they must be the same",
                                     test.source,
                                     test.channels(),
                                     training.source,
                                     training.channels()));
  }
  static_cast<void>(labels_in(test, training.classes));
  return test;
}

/// The test file, or the part that validates, or what was learnt.
ClassResults measure_after(const Classifier& model,
                           const LabelledSeries& data,
                           const std::optional<LabelledSeries>& test) {
  if (test) {
    return measure(model, *test, "test");
  }
  const IndexSplit split = model.split_of(data);
  return split.validation.empty() ? measure(model, data, "training")
                                  : measure(model, selected(data, split.validation), "validation");
}

void print_files(const RunFolder& folder, bool has_report) {
  fmt::print(
      "\nmodel:      {}\ncheckpoint: {}\nhistory:    {}\nmetrics:    {}\nreport:     {}\nrun:      "
      "  {}\n",
      folder.model(),
      folder.path("checkpoint.safetensors"),
      folder.path("history.csv"),
      folder.path("metrics.json"),
      has_report ? folder.path("report.html") : "none",
      folder.path("run.json"));
}

}  // namespace

Classifier classifier_for(const RunDescription& run, const LabelledSeries& data) {
  Classifier model(options_of(run));
  check_memory_for(run, data);
  return model;
}

int train_classes(const RunDescription& given, const TrainOptions& options) {
  if (options.ranks != nullptr && options.ranks->size() > 1) {
    throw_argument_error(
        "train", "series with classes are learnt by one process: start rondo without mpirun");
  }
  const RunDescription run = with_channels(given);
  const LabelledSeries data = read_classes(run, run.csv);
  const std::optional<LabelledSeries> test = read_test(run, data);
  Classifier model = classifier_for(run, data);
  const std::vector<double> numbers = numbers_of(data);
  RunFolder folder(run, checksum_of(std::as_bytes(std::span(numbers))), options.resume, true);
  const auto history = model.fit(data, [&](Trainer<float>& trainer) {
    if (!options.quiet) {
      trainer.add(ProgressBar<float>());
    }
    folder.attach(trainer, monitored(run));
    announce(trainer, described(data));
  });
  if (!history) {
    return 128 + folder.signal();
  }
  const ClassResults results = measure_after(model, data, test);
  write_metrics(folder.path("metrics.json"), results);
  const bool has_report = write_aside([&] {
    write_report(folder.path("report.html"),
                 class_report(results, data, *history, run, folder.command()));
  });
  model.save(folder.model(), {{"run", to_json(run, -1)}});
  folder.finish();
  fmt::print("{}\n", model.layers().summary());
  fmt::print("measured on the {} series of {}\n", results.measured, results.file);
  print_results(results);
  print_files(folder, has_report);
  return 0;
}

}  // namespace rondo::apps
