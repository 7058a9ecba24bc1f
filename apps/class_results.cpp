#include "rondo/apps/class_results.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/text.hpp"

namespace rondo::apps {

namespace {

std::vector<std::size_t> members_of(const LabelledSeries& data) {
  std::vector<std::size_t> members(data.classes.size(), 0);
  for (const std::size_t label : data.labels) {
    ++members[label];
  }
  return members;
}

std::size_t count_missing(const LabelledSeries& data) {
  std::size_t missing = 0;
  for (const Tensor<double>& series : data.series) {
    missing += static_cast<std::size_t>(
        std::count_if(series.data(), series.data() + series.size(), [](double value) {
          return std::isnan(value);
        }));
  }
  return missing;
}

/// `7 to 26`, or `100`
std::string lengths_of(const LabelledSeries& data) {
  std::size_t shortest = data.series.at(0).shape()[0], longest = shortest;
  for (const Tensor<double>& series : data.series) {
    shortest = std::min(shortest, series.shape()[0]);
    longest = std::max(longest, series.shape()[0]);
  }
  return shortest == longest ? fmt::format("{}", longest)
                             : fmt::format("{} to {}", shortest, longest);
}

std::string counted(std::size_t count, const char* one, const char* several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

ReportTable data_table(const LabelledSeries& data) {
  ReportTable table{.title = data.source, .columns = {"", "series"}};
  const std::vector<std::size_t> members = members_of(data);
  for (std::size_t c = 0; c < members.size(); ++c) {
    table.rows.push_back({"class " + data.classes[c], fmt::format("{}", members[c])});
  }
  table.note = described(data) + ".";
  return table;
}

/// What each class is worth: recall, precision and F1.
ReportTable class_table(const ClassResults& results) {
  ReportTable table{
      .title = "Class by class",
      .columns = {"class", "series", "found (recall)", "right when named (precision)"}};
  const auto share = [](std::size_t part, std::size_t all) {
    return all == 0 ? std::string("–")
                    : fmt::format("{:.1f} %",
                                  100.0 * static_cast<double>(part) / static_cast<double>(all));
  };
  for (std::size_t c = 0; c < results.classes.size(); ++c) {
    std::size_t actual = 0, named = 0;
    for (std::size_t other = 0; other < results.classes.size(); ++other) {
      actual += results.errors.confusion[c][other];
      named += results.errors.confusion[other][c];
    }
    const std::size_t right = results.errors.confusion[c][c];
    table.rows.push_back(
        {results.classes[c], fmt::format("{}", actual), share(right, actual), share(right, named)});
  }
  return table;
}

ReportTable comparison_of(const ClassResults& results) {
  return {.title = "Accuracy",
          .columns = {"", "accuracy", "balanced accuracy", "F1 (macro)"},
          .rows = {{"this model",
                    fmt::format("{:.4f}", results.errors.accuracy),
                    fmt::format("{:.4f}", results.errors.balanced_accuracy),
                    fmt::format("{:.4f}", results.errors.f1)},
                   {"always the most frequent class",
                    fmt::format("{:.4f}", results.majority),
                    fmt::format("{:.4f}", 1.0 / static_cast<double>(results.classes.size())),
                    "–"}}};
}

std::vector<ReportCurves> curves_of(const History& history) {
  std::vector<ReportCurves> plots;
  for (const char* const name : {"loss", "accuracy"}) {
    ReportCurves plot{.title = name};
    for (const std::string& each : history.names()) {
      if (each == name || each == std::string("val_") + name) {
        plot.curves.push_back({each, history.values(each)});
      }
    }
    plots.push_back(std::move(plot));
  }
  return plots;
}

std::vector<std::string> guesses_of(const LabelledSeries& data, const RunDescription& run) {
  std::vector<std::string> guesses;
  if (run.label.empty()) {
    guesses.push_back(fmt::format(
        "{} was taken for series with classes because of the end of its name.", run.csv));
  } else {
    guesses.push_back(fmt::format("The channels are {} (--past).", fmt::join(run.past, ", ")));
  }
  if (const std::size_t missing = count_missing(data); missing > 0) {
    guesses.push_back(fmt::format("{}: each is the last known one of its channel.",
                                  counted(missing, "value is missing", "values are missing")));
  }
  if (run.validation_split == 0.0) {
    guesses.emplace_back(
        "Nothing validates, so that few series are used well: all epochs are made "
        "(--validation-split, --epochs).");
  }
  return guesses;
}

}  // namespace

LabelledSeries selected(const LabelledSeries& data, std::span<const std::size_t> which) {
  LabelledSeries result{.source = data.source, .classes = data.classes};
  for (const std::size_t i : which) {
    result.series.push_back(data.series[i]);
    result.labels.push_back(data.labels[i]);
    result.lines.push_back(data.lines[i]);
    if (!data.names.empty()) {
      result.names.push_back(data.names[i]);
    }
  }
  return result;
}

ClassResults measure(const Classifier& model,
                     const LabelledSeries& data,
                     const std::string& measured) {
  const std::vector<std::size_t> labels = model.labels_of(data);
  const std::vector<std::size_t> members = members_of(data);
  ClassResults results{
      .measured = measured, .file = data.source, .series = data.size(), .classes = model.classes()};
  results.errors =
      class_errors(labels, most_probable(model.predict(data).view()), results.classes.size());
  results.majority = static_cast<double>(*std::max_element(members.begin(), members.end())) /
                     static_cast<double>(data.size());
  return results;
}

std::string described(const LabelledSeries& data) {
  const std::size_t missing = count_missing(data);
  return fmt::format(
      "{}: {}{}, {}, {} steps, {}",
      data.source,
      counted(data.size(), "series", "series"),
      data.labels.empty() ? " of unknown class"
                          : fmt::format(" of {} classes", data.classes.size()),
      counted(data.channels(), "channel", "channels"),
      lengths_of(data),
      missing == 0 ? "no missing values" : counted(missing, "missing value", "missing values"));
}

void print_results(const ClassResults& results) {
  fmt::print("{:<24}{}\n", "series", results.series);
  fmt::print("{:<24}{:.4f}\n", "accuracy", results.errors.accuracy);
  fmt::print("{:<24}{:.4f}\n", "balanced accuracy", results.errors.balanced_accuracy);
  fmt::print("{:<24}{:.4f}\n", "F1 (macro)", results.errors.f1);
  fmt::print("{:<24}{:.4f}\n", "most frequent class", results.majority);
  std::size_t width = 9;
  for (const std::string& name : results.classes) {
    width = std::max(width, shortened(name, 20).size() + 1);
  }
  fmt::print("\n{:<24}", "actual \\ predicted");
  for (const std::string& name : results.classes) {
    fmt::print("{:>{}}", shortened(name, 20), width);
  }
  for (std::size_t c = 0; c < results.classes.size(); ++c) {
    fmt::print("\n{:<24}", shortened(results.classes[c], 20));
    for (const std::size_t count : results.errors.confusion[c]) {
      fmt::print("{:>{}}", count, width);
    }
  }
  fmt::print("\n");
}

void write_metrics(const std::string& path, const ClassResults& results) {
  const Json metrics{{"measured", results.measured},
                     {"series", results.series},
                     {"accuracy", results.errors.accuracy},
                     {"balanced_accuracy", results.errors.balanced_accuracy},
                     {"f1", results.errors.f1},
                     {"majority", {{"accuracy", results.majority}}},
                     {"classes", results.classes},
                     {"confusion", results.errors.confusion}};
  write_text(path, to_text(metrics, 2) + '\n');
}

Report class_report(const ClassResults& results,
                    const LabelledSeries& data,
                    const std::string& command) {
  const auto right = static_cast<std::size_t>(
      std::llround(results.errors.accuracy * static_cast<double>(results.series)));
  return {
      .title = "Classes of " + std::filesystem::path(results.file).filename().string(),
      .summary = {fmt::format(
          "Of {} {} series {} were given their class: {:.1f} %. Always naming the most frequent "
          "class would be right in {:.1f} %.",
          results.series,
          results.measured,
          right,
          100.0 * results.errors.accuracy,
          100.0 * results.majority)},
      .data = {data_table(data)},
      .comparisons = {comparison_of(results), class_table(results)},
      .confusions = {{.classes = results.classes, .counts = results.errors.confusion}},
      .command = command};
}

Report class_report(const ClassResults& results,
                    const LabelledSeries& data,
                    const History& history,
                    const RunDescription& run,
                    const std::string& command) {
  Report report = class_report(results, data, command);
  if (results.measured == "training") {
    report.summary.emplace_back(
        "These are the series that the model was trained with: on others it will be worse. Measure "
        "it "
        "on a file of its own with --test, or on a part with --validation-split.");
  }
  report.guesses = guesses_of(data, run);
  report.curves = curves_of(history);
  return report;
}

}  // namespace rondo::apps
