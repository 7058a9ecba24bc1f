#include "rondo/apps/class_use.hpp"

#include <fmt/core.h>

#include "rondo/apps/class_data.hpp"
#include "rondo/apps/class_results.hpp"
#include "rondo/apps/notice.hpp"
#include "rondo/apps/result_folder.hpp"
#include "rondo/apps/shell.hpp"
#include "rondo/core/error.hpp"
#include "rondo/formats/safetensors.hpp"

namespace rondo::apps {

namespace {

/// How the model's own file was read; nothing of an older model.
RunDescription stored_run(const std::string& model) {
  const SafetensorsFile file = SafetensorsFile::open(model);
  RunDescription run;
  if (const auto found = file.metadata().find("run"); found != file.metadata().end()) {
    read_json(found->second, model + ": run", run);
  }
  return run;
}

/// @param with_labels  whether a table must have the column of classes
/// @throws ArgumentError unless --csv alone says what to read; of a table its form may be given, too
LabelledSeries read_file(const char* command,
                         const std::string& model,
                         SeriesFile file,
                         bool with_labels) {
  RunDescription run = stored_run(model);
  const bool table = run.kind() == DataKind::labelled_table;
  if (file.csv.empty()) {
    throw_argument_error(command,
                         fmt::format("a file is missing: the model is one of classes, give --csv{}",
                                     table ? "" : " (.ts, .tsv)"));
  }
  const char* const flag = table && file.column.empty() ? nullptr : file.first_flag();
  if (flag != nullptr) {
    throw_argument_error(
        command,
        fmt::format("{} is not for series with classes{}", flag, table ? "" : " (.ts, .tsv)"));
  }
  return table ? read_classes(described(run, file), file.csv, with_labels)
               : read_labelled_series(file.csv);
}

CsvTable table_of(const Classifier& model, const LabelledSeries& data) {
  const Tensor<double> probabilities = model.predict(data);
  const std::vector<std::size_t> best = most_probable(probabilities.view());
  const std::size_t classes = model.classes().size();
  const bool named = !data.names.empty();
  std::vector<std::string> lines, names;
  for (std::size_t i = 0; i < data.size(); ++i) {
    lines.push_back(named ? data.names[i] : fmt::format("{}", data.lines[i]));
    names.push_back(model.classes()[best[i]]);
  }
  CsvTable table;
  table.add_column(named ? "series" : "line", std::move(lines));
  table.add_column("class", std::move(names));
  for (std::size_t c = 0; c < classes; ++c) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < data.size(); ++i) {
      cells.push_back(fmt::format("{:.6g}", probabilities.data()[i * classes + c]));
    }
    table.add_column("probability of " + model.classes()[c], std::move(cells));
  }
  return table;
}

}  // namespace

bool is_class_model(const std::string& path) {
  try {
    const SafetensorsFile file = SafetensorsFile::open(path);
    const auto format = file.metadata().find("format");
    return format != file.metadata().end() && format->second.starts_with("rondo classifier");
  } catch (const FormatError&) {
    return false;
  }
}

void evaluate_classes(const EvaluateOptions& o) {
  const LabelledSeries data = read_file("evaluate", o.model, o.series, true);
  const Classifier model = Classifier::load(o.model);
  const ClassResults results = measure(model, data, "test");
  if (!o.out.empty()) {
    const ResultFolder folder(o.out);
    folder.check_no_run("evaluate");
    write_metrics(folder.path("metrics.json"), results);
    write_report(folder.path("report.html"),
                 class_report(results,
                              data,
                              fmt::format("rondo evaluate --model {} --csv {} --out {}",
                                          quoted_for_shell(o.model),
                                          quoted_for_shell(data.source),
                                          quoted_for_shell(o.out))));
  }
  print_results(results);
}

void predict_classes(const PredictOptions& o) {
  if (o.text_seed || o.length || o.temperature || o.seed) {
    throw_argument_error("predict",
                         "the model is one of classes, which takes --csv and --out only");
  }
  const LabelledSeries data = read_file("predict", o.model, o.series, false);
  const CsvTable table = table_of(Classifier::load(o.model), data);
  if (o.out.empty()) {
    fmt::print("{}", to_csv(table));
  } else {
    write_csv(o.out, table);
  }
}

}  // namespace rondo::apps
