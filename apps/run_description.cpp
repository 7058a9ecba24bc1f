#include "rondo/apps/run_description.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/apps/option_value.hpp"
#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/labelled_series.hpp"
#include "rondo/timeseries/classifier.hpp"
#include "rondo/timeseries/forecaster.hpp"
#include "rondo/timeseries/panel_options.hpp"

namespace rondo::apps {

namespace {

constexpr unsigned bit(DataKind kind) {
  return 1U << static_cast<unsigned>(kind);
}

struct OptionKinds {
  std::string_view key;
  unsigned kinds;
};

constexpr unsigned of_series = bit(DataKind::series), of_table = bit(DataKind::table),
                   of_text = bit(DataKind::text), of_files = bit(DataKind::classes),
                   of_labels = bit(DataKind::labelled_table), of_classes = of_files | of_labels;

/// Options that not all kinds have.
constexpr std::array option_kinds{OptionKinds{"csv", of_series | of_table | of_classes},
                                  OptionKinds{"text", of_text},
                                  OptionKinds{"column", of_series | of_table},
                                  OptionKinds{"delimiter", of_series | of_table | of_labels},
                                  OptionKinds{"decimal", of_series | of_table | of_labels},
                                  OptionKinds{"no_header", of_series | of_table | of_labels},
                                  OptionKinds{"header", of_series | of_table | of_labels},
                                  OptionKinds{"target", of_table},
                                  OptionKinds{"past", of_table | of_labels},
                                  OptionKinds{"known", of_table},
                                  OptionKinds{"static", of_table},
                                  OptionKinds{"series", of_table | of_labels},
                                  OptionKinds{"label", of_labels},
                                  OptionKinds{"files_are_series", of_table},
                                  OptionKinds{"time", of_table | of_labels},
                                  OptionKinds{"time_format", of_table | of_labels},
                                  OptionKinds{"calendar", of_table},
                                  OptionKinds{"categories", of_table},
                                  OptionKinds{"most_categories", of_table},
                                  OptionKinds{"missing", of_table},
                                  OptionKinds{"future", of_table},
                                  OptionKinds{"test_split", of_table},
                                  OptionKinds{"folds", of_table},
                                  OptionKinds{"layer_normalization", of_table},
                                  OptionKinds{"log", of_table},
                                  OptionKinds{"difference", of_table},
                                  OptionKinds{"season", of_table},
                                  OptionKinds{"quantiles", of_table},
                                  OptionKinds{"cell", of_table | of_classes},
                                  OptionKinds{"dropout", of_table | of_classes},
                                  OptionKinds{"recurrent_dropout", of_table | of_classes},
                                  OptionKinds{"test", of_classes},
                                  OptionKinds{"one_direction", of_classes},
                                  OptionKinds{"class_weights", of_classes},
                                  OptionKinds{"window", of_series | of_table | of_text},
                                  OptionKinds{"horizon", of_series | of_table},
                                  OptionKinds{"global_clipnorm", of_series | of_text},
                                  OptionKinds{"reduce_lr_patience", of_series | of_text},
                                  OptionKinds{"shards", of_series | of_text},
                                  OptionKinds{"any_order", of_series | of_text}};

/// Why a kind of model does not have an option.
std::string refusal(DataKind kind, std::string_view key) {
  const std::string flag = flag_of(std::string(key));
  switch (kind) {
    case DataKind::classes:
      return fmt::format(
          "{} is not for series with classes (.ts, .tsv); a table in a .tsv file needs "
          "--delimiter tab",
          flag);
    case DataKind::labelled_table:
      return fmt::format("{} is not for classes of series (--label)", flag);
    case DataKind::text:
      return fmt::format("{} is for series, --text is none", flag);
    case DataKind::table:
      return fmt::format("{} is not for tables (--target, --past, …)", flag);
    default:
      return fmt::format("{} is for series with classes (.ts, .tsv) only", flag);
  }
}

/// @throws ArgumentError for the first option that is given and not of the run's kind
void check_options_of_kind(const RunDescription& run) {
  const DataKind kind = run.kind();
  for_each_option(run, [&](std::string_view key, const auto& value, const char*) {
    if (is_given(value) && !is_for(kind, key)) {
      throw_argument_error("train", refusal(kind, key));
    }
  });
  if (kind == DataKind::text && run.units.size() > 1) {
    throw_argument_error("train",
                         fmt::format("--units {} names {} layers, the model of a text has one",
                                     fmt::join(run.units, ","),
                                     run.units.size()));
  }
  if (run.header && run.no_header) {
    throw_argument_error("train", "--header and --no-header exclude one another");
  }
}

/// What run.json could not hold.
void check_utf8(const RunDescription& run) {
  for_each_option(run, [&](const char* key, const auto& value, const char*) {
    const auto check = [&](const std::string& text) {
      if (find_invalid_utf8(text)) {
        throw_argument_error(
            "train",
            fmt::format("{} {} is not UTF-8, run.json cannot hold it: give the file, folder or "
                        "column another name",
                        key,
                        in_quotes(text)));
      }
    };
    using V = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<V, std::string>) {
      check(value);
    } else if constexpr (std::is_same_v<V, std::vector<std::string>>) {
      std::ranges::for_each(value, check);
    }
  });
}

void check_sizes(const RunDescription& run) {
  for_each_option(run, [&]<class V>(std::string_view key, const V& value, const char*) {
    bool zero = false;
    if constexpr (std::is_same_v<V, std::optional<std::size_t>>) {
      zero = value == std::size_t{0};
    } else if constexpr (std::is_same_v<V, std::vector<std::size_t>>) {
      zero = std::find(value.begin(), value.end(), 0U) != value.end();
    }
    if (zero) {
      throw_argument_error("train", fmt::format("{} must be positive, got 0", key));
    }
  });
  const std::size_t most = std::numeric_limits<std::size_t>::max() - run.window.value_or(0);
  if (run.horizon.value_or(0) >= most) {
    throw_argument_error("train",
                         fmt::format("window and horizon reach {} + {} rows: too far to count",
                                     run.window.value_or(0),
                                     *run.horizon));
  }
}

/// The defaults of the library.
template <class Options>
void complete_layers(const Options& defaults, RunDescription& run) {
  const auto set = [](auto& option, auto value) { option = option.value_or(value); };
  if (run.units.empty()) {
    run.units = defaults.units;
  }
  if (run.cell.empty()) {
    run.cell = defaults.cell;
  }
  set(run.dropout, defaults.dropout);
  set(run.recurrent_dropout, defaults.recurrent_dropout);
  set(run.epochs, defaults.epochs);
  set(run.batch_size, defaults.batch_size);
  set(run.learning_rate, defaults.learning_rate);
  set(run.patience, static_cast<int>(defaults.patience));
}

void complete_table(RunDescription& run) {
  if (!run.column.empty()) {
    if (!run.target.empty()) {
      throw_argument_error("train", "--column is --target for a single one: give one of both");
    }
    run.target = {std::exchange(run.column, {})};
  }
  const ForecasterOptions defaults;
  complete_layers(defaults, run);
  run.window = run.window.value_or(48);
  run.horizon = run.horizon.value_or(12);
  run.most_categories = run.most_categories.value_or(PanelOptions{}.most_categories);
  if (run.missing.empty()) {
    run.missing = "indicator";
  }
  if (run.quantiles.empty()) {
    run.quantiles = defaults.quantiles;
  }
}

/// Models of one column and of texts.
void complete_plain(RunDescription& run, bool text) {
  const auto set = [](auto& option, auto value) { option = option.value_or(value); };
  set(run.batch_size, 32U);
  set(run.patience, 8);
  set(run.window, text ? 100U : 48U);
  if (run.units.empty()) {
    run.units = {text ? 128U : 32U};
  }
  set(run.epochs, text ? 15U : 60U);
  set(run.learning_rate, text ? 5e-3 : 3e-3);
  if (text) {
    set(run.global_clipnorm, 1.0);
  } else {
    set(run.horizon, 12U);
  }
}

}  // namespace

std::string flag_of(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

bool is_for(DataKind kind, std::string_view key) {
  const auto found =
      std::ranges::find_if(option_kinds, [&](const OptionKinds& each) { return each.key == key; });
  return found == option_kinds.end() || (found->kinds & bit(kind)) != 0;
}

bool is_for_forecast(std::string_view key) {
  return key == "test_split" || key == "folds" || key == "future";
}

std::vector<std::string> csv_files(const std::string& csv) {
  std::error_code none;
  if (csv.find(',') == std::string::npos || std::filesystem::exists(csv, none)) {
    return {csv};
  }
  return split_at_commas(csv);
}

DataKind RunDescription::kind() const {
  if (!text.empty()) {
    return DataKind::text;
  }
  if (!label.empty()) {
    return DataKind::labelled_table;
  }
  if (is_labelled_series(csv) && delimiter.empty()) {
    return DataKind::classes;
  }
  bool table = units.size() > 1 || csv_files(csv).size() > 1;
  for_each_option(*this, [&](std::string_view key, const auto& value, const char*) {
    table = table ||
            (is_given(value) && is_for(DataKind::table, key) && !is_for(DataKind::series, key));
  });
  return table ? DataKind::table : DataKind::series;
}

void check_one_file(const char* command, const std::string& csv, const std::string& text) {
  if (csv.empty() == text.empty()) {
    throw_argument_error(command,
                         csv.empty() ? "a file is missing: give --csv or --text"
                                     : "--csv and --text exclude one another");
  }
}

RunDescription completed(RunDescription run) {
  check_one_file("train", run.csv, run.text);
  check_sizes(run);
  check_options_of_kind(run);
  check_utf8(run);
  const DataKind kind = run.kind();
  run.validation_split = run.validation_split.value_or(is_of_classes(kind)       ? 0.0
                                                       : kind == DataKind::table ? 0.1
                                                                                 : 0.15);
  if (!(*run.validation_split >= 0.0 && *run.validation_split < 1.0)) {
    throw_argument_error(
        "train", fmt::format("validation_split must be in [0, 1), got {}", *run.validation_split));
  }
  if (is_of_classes(kind)) {
    complete_layers(ClassifierOptions{}, run);
  } else if (kind == DataKind::table) {
    complete_table(run);
  } else {
    complete_plain(run, kind == DataKind::text);
  }
  return run;
}

}  // namespace rondo::apps
