/// What a classifier is worth: on the terminal, in metrics.json and in report.html.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rondo/apps/run_description.hpp"
#include "rondo/timeseries/class_errors.hpp"
#include "rondo/timeseries/classifier.hpp"
#include "rondo/timeseries/report.hpp"

namespace rondo::apps {

struct ClassResults {
  std::string measured = {};  // `test`, `validation` or `training`
  std::string file = {};
  std::size_t series = 0;
  std::vector<std::string> classes = {};
  ClassErrors errors = {};
  double majority = 0.0;  // accuracy of always naming the class that is most frequent there
};

/// @param data  with labels
/// @throws ArgumentError for a class that training has not seen
[[nodiscard]] ClassResults measure(const Classifier& model,
                                   const LabelledSeries& data,
                                   const std::string& measured);

/// Those of some series alone.
[[nodiscard]] LabelledSeries selected(const LabelledSeries& data,
                                      std::span<const std::size_t> which);

/// `x.ts: 270 series of 9 classes, 12 channels, 7 to 26 steps, no missing values`
[[nodiscard]] std::string described(const LabelledSeries& data);

/// Accuracies and the confusion matrix on stdout.
void print_results(const ClassResults& results);

/// `{"measured": "test", "accuracy": …, "balanced_accuracy": …, "f1": …, "confusion": [[…]], …}`
void write_metrics(const std::string& path, const ClassResults& results);

/// @param data     what was learnt
/// @param command  that repeats the run
[[nodiscard]] Report class_report(const ClassResults& results,
                                  const LabelledSeries& data,
                                  const History& history,
                                  const RunDescription& run,
                                  const std::string& command);

/// Of an evaluation alone. @param command  that repeats it
[[nodiscard]] Report class_report(const ClassResults& results,
                                  const LabelledSeries& data,
                                  const std::string& command);

}  // namespace rondo::apps
