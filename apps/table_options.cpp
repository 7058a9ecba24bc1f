#include "rondo/apps/table_options.hpp"

#include <array>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"

namespace rondo::apps {

namespace {

std::optional<bool> yes_or_no(const char* flag, const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  if (text != "yes" && text != "no") {
    throw_argument_error("read_table",
                         fmt::format("{} must be yes or no, got {}", flag, in_quotes(text)));
  }
  return text == "yes";
}

}  // namespace

char sign_of(const char* flag, const std::string& text) {
  if (text == "tab" || text == "\\t") {
    return '\t';
  }
  if (text.size() != 1) {
    throw_argument_error(
        "read_csv", fmt::format("{} must be one character or tab, got {}", flag, in_quotes(text)));
  }
  return text[0];
}

MissingPolicy missing_policy(const std::string& name) {
  constexpr std::array policies{std::pair{"refuse", MissingPolicy::refuse},
                                std::pair{"forward", MissingPolicy::forward},
                                std::pair{"linear", MissingPolicy::linear},
                                std::pair{"indicator", MissingPolicy::indicator}};
  for (const auto& [known, policy] : policies) {
    if (name == known) {
      return policy;
    }
  }
  throw_argument_error("read_table",
                       fmt::format("--missing must be refuse, forward, linear or indicator, got {}",
                                   in_quotes(name)));
}

TableOptions table_options(const RunDescription& run) {
  TableOptions options{.time = run.time, .time_format = run.time_format};
  if (!run.delimiter.empty()) {
    options.delimiter = sign_of("--delimiter", run.delimiter);
  }
  if (!run.decimal.empty()) {
    options.decimal = sign_of("--decimal", run.decimal);
  }
  if (run.header || run.no_header) {
    options.header = run.header;
  }
  if (run.time == std::vector<std::string>{"none"}) {
    options.time.clear();
    options.count_rows = true;
  }
  return options;
}

PanelOptions panel_options(const RunDescription& run, double training_part) {
  return {.table = table_options(run),
          .targets = run.target,
          .past = run.past,
          .known = run.known,
          .statics = run.statics,
          .series = run.series,
          .files_are_series = yes_or_no("--files-are-series", run.files_are_series),
          .calendar = run.calendar,
          .categories = run.categories,
          .missing = missing_policy(run.missing),
          .most_categories = run.most_categories.value(),
          .training_part = training_part,
          .horizon = run.horizon.value()};
}

ForecasterOptions forecaster_options(const RunDescription& run) {
  return {.window = run.window.value(),
          .horizon = run.horizon.value(),
          .units = run.units,
          .cell = run.cell,
          .dropout = run.dropout.value(),
          .recurrent_dropout = run.recurrent_dropout.value(),
          .layer_normalization = run.layer_normalization,
          .quantiles = run.quantiles,
          .log = run.log,
          .difference = run.difference,
          .season = run.difference ? 0 : run.season.value_or(0),
          .epochs = run.epochs.value(),
          .batch_size = run.batch_size.value(),
          .learning_rate = run.learning_rate.value(),
          .patience = static_cast<std::size_t>(run.patience.value()),
          .validation_split = run.validation_split.value(),
          .seed = run.seed};
}

Table read_tables(const std::string& csv, const TableOptions& options) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& file : csv_files(csv)) {
    paths.emplace_back(file);
  }
  return read_table(paths, options);
}

}  // namespace rondo::apps
