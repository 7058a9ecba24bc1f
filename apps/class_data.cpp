#include "rondo/apps/class_data.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "rondo/apps/notice.hpp"
#include "rondo/apps/table_options.hpp"
#include "rondo/core/error.hpp"
#include "rondo/timeseries/class_errors.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

namespace rondo::apps {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// The lines at which the series of a table begin, in the order in which a panel has them.
std::vector<std::size_t> first_lines(const Table& table, const std::string& column) {
  const TableColumn& names = table.column(column);
  std::unordered_set<std::int64_t> seen;
  std::vector<std::size_t> lines;
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    const auto key = names.kind == ColumnKind::texts     ? std::int64_t{names.codes[row]}
                     : names.kind == ColumnKind::numbers ? std::llround(1e6 * names.numbers[row])
                                                         : names.times[row];
    if (seen.insert(key).second) {
      const std::string location = table.location(row);
      lines.push_back(std::stoul(location.substr(location.rfind(':') + 1)));
    }
  }
  return lines;
}

/// The place of the 1 among zeros.
std::size_t label_of(const PanelSeries& series) {
  const auto one = std::ranges::find(series.statics, 1.0);
  return static_cast<std::size_t>(one - series.statics.begin());
}

LabelledSeries from_table(const RunDescription& run, const std::string& file, bool with_labels) {
  const Table table = read_table(file, table_options(run));
  PanelOptions options{.table = table_options(run),
                       .targets = run.past,
                       .series = run.series,
                       .missing = MissingPolicy::forward,
                       .most_categories = most_classes};
  if (with_labels) {
    options.statics = {run.label};
    options.categories = {run.label};
  }
  const PanelEncoder encoder(table, options);
  const EncodedPanel encoded = encoder.encode(table);
  say(encoded.notes);
  LabelledSeries result{.source = file, .lines = first_lines(table, run.series)};
  for (const PanelSeries& series : encoded.panel.series) {
    result.series.push_back(series.targets);
    result.names.push_back(series.name);
    if (with_labels) {
      result.labels.push_back(label_of(series));
    }
  }
  if (with_labels) {
    result.classes = encoder.encoding().statics.at(0).categories;
  }
  return result;
}

}  // namespace

LabelledSeries read_classes(const RunDescription& run, const std::string& file, bool with_labels) {
  return run.kind() == DataKind::labelled_table ? from_table(run, file, with_labels)
                                                : read_labelled_series(file);
}

RunDescription with_channels(RunDescription run) {
  if (run.kind() != DataKind::labelled_table) {
    return run;
  }
  if (run.series.empty()) {
    throw_argument_error("train",
                         "--label needs --series: the column that tells apart the series which "
                         "have a class each");
  }
  if (!run.past.empty()) {
    return run;
  }
  const Table table = read_table(run.csv, table_options(run));
  for (const TableColumn& column : table.columns()) {
    const bool free = column.name != run.series && column.name != run.label &&
                      !contains(table.times().columns, column.name);
    if (free && column.kind == ColumnKind::numbers) {
      run.past.push_back(column.name);
    }
  }
  if (run.past.empty()) {
    throw_argument_error(
        "train",
        fmt::format("{}: no column without another role holds numbers: name them (--past)",
                    run.csv));
  }
  return run;
}

}  // namespace rondo::apps
