#include "rondo/apps/run_description.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/detail/utf8.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/timeseries/classifier.hpp"

namespace rondo::apps {

namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& problem) {
  throw_format_error("config", fmt::format("{}: {}", where, problem));
}

Json parse_run(const std::string& text, const std::string& where) {
  std::string problem;
  Json object = parse_json(text, 10, &problem);
  if (object.is_discarded()) {
    refuse(where, problem);
  }
  if (!object.is_object()) {
    refuse(where, fmt::format("expected a JSON object, found {}", to_short_text(object)));
  }
  return object;
}

// Each returns what was expected, if the value is something else.

const char* assign(const Json& value, std::string& target) {
  if (!value.is_string()) {
    return "a text";
  }
  target = value.get<std::string>();
  return nullptr;
}

const char* assign(const Json& value, double& target) {
  if (!value.is_number()) {
    return "a number";
  }
  target = value.get<double>();
  return nullptr;
}

const char* assign(const Json& value, bool& target) {
  if (!value.is_boolean()) {
    return "true or false";
  }
  target = value.get<bool>();
  return nullptr;
}

template <std::integral N>
const char* assign(const Json& value, N& target) {
  const bool fits = value.is_number_unsigned() && std::in_range<N>(value.get<std::uint64_t>());
  if (!fits) {
    return "a whole number from 0 on";
  }
  target = value.get<N>();
  return nullptr;
}

/// A number alone is a list of one.
template <std::integral N>
const char* assign(const Json& value, std::vector<N>& target) {
  const Json list = value.is_array() ? value : Json::array({value});
  target.assign(list.size(), N{});
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (assign(list[i], target[i]) != nullptr) {
      return "a whole number from 0 on, or a list of them";
    }
  }
  return nullptr;
}

template <class V>
const char* assign(const Json& value, std::optional<V>& target) {
  return assign(value, target.emplace());
}

template <class V>
Json as_json(const V& value) {
  return value;
}

template <class V>
Json as_json(const std::optional<V>& value) {
  return value ? Json(*value) : Json();
}

template <class V>
Json as_json(const std::vector<V>& value) {
  return value.empty() ? Json() : value.size() == 1 ? Json(value[0]) : Json(value);
}

Json as_json(bool value) {
  return value ? Json(true) : Json();
}

Json as_json(const std::string& value) {
  return value.empty() ? Json() : Json(value);
}

Json object_of(const RunDescription& run) {
  Json object = Json::object();
  for_each_option(run, [&](const char* key, const auto& value, const char*) {
    if (Json json = as_json(value); !json.is_null()) {
      object[key] = std::move(json);
    }
  });
  return object;
}

/// `batch_size` → `batch-size`
std::string flag_of(std::string_view key) {
  std::string flag(key);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

bool is_for_series(std::string_view key) {
  constexpr std::array<std::string_view, 5> keys{
      "horizon", "column", "delimiter", "decimal", "no_header"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// What series with classes have no use for, and what the others do not know.
/// @throws ArgumentError for the first of them that is given
void check_options_of_kind(const RunDescription& run) {
  const DataKind kind = run.kind();
  for_each_option(run, [&](std::string_view key, const auto& value, const char*) {
    const bool not_of_classes = is_for_series(key) || key == "window" || key == "global_clipnorm" ||
                                key == "reduce_lr_patience" || key == "shards" ||
                                key == "any_order";
    if (as_json(value).is_null()) {
      return;
    }
    if (kind == DataKind::classes && not_of_classes) {
      throw_argument_error(
          "train",
          fmt::format(
              "--{} is not for series with classes (.ts, .tsv); a table in a .tsv file needs "
              "--delimiter tab",
              flag_of(key)));
    }
    if (kind != DataKind::classes && is_for_classes(key)) {
      throw_argument_error(
          "train", fmt::format("--{} is for series with classes (.ts, .tsv) only", flag_of(key)));
    }
    if (kind == DataKind::text && is_for_series(key)) {
      throw_argument_error("train",
                           fmt::format("--{} is for series, --text is none", flag_of(key)));
    }
  });
  if (kind != DataKind::classes && run.units.size() > 1) {
    throw_argument_error(
        "train",
        fmt::format("--units {} names {} layers, only series with classes (.ts, .tsv) have several",
                    fmt::join(run.units, ","),
                    run.units.size()));
  }
}

/// What run.json could not hold.
void check_utf8(const RunDescription& run) {
  for_each_option(run, [&](const char* key, const auto& value, const char*) {
    if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
      if (find_invalid_utf8(value)) {
        throw_argument_error(
            "train",
            fmt::format("{} {} is not UTF-8, run.json cannot hold it: give the file or folder "
                        "another name",
                        key,
                        in_quotes(value)));
      }
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
void complete_classes(RunDescription& run) {
  const ClassifierOptions defaults;
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
  set(run.patience, defaults.patience);
}

}  // namespace

bool is_for_classes(std::string_view key) {
  constexpr std::array<std::string_view, 6> keys{
      "test", "cell", "one_direction", "dropout", "recurrent_dropout", "class_weights"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
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
  const auto set = [](auto& option, auto value) { option = option.value_or(value); };
  const bool text = run.kind() == DataKind::text, classes = run.kind() == DataKind::classes;
  set(run.validation_split, classes ? 0.0 : 0.15);
  if (!(*run.validation_split >= 0.0 && *run.validation_split < 1.0)) {
    throw_argument_error(
        "train", fmt::format("validation_split must be in [0, 1), got {}", *run.validation_split));
  }
  if (classes) {
    complete_classes(run);
    return run;
  }
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
  return run;
}

void read_json(const std::string& json, const std::string& where, RunDescription& run) {
  Json object = parse_run(json, where);
  RunDescription result = run;
  std::vector<std::string> known;
  for_each_option(result, [&](const char* key, auto& target, const char*) {
    known.emplace_back(key);
    const auto found = object.find(key);
    if (found == object.end()) {
      return;
    }
    if (const char* const expected = assign(*found, target)) {
      refuse(where,
             fmt::format("'{}' must be {}, found {}", key, expected, to_short_text(found.value())));
    }
    object.erase(found);
  });
  if (!object.empty()) {
    refuse(where, unknown_name("key", object.items().begin().key(), known));
  }
  run = std::move(result);
}

std::string to_json(const RunDescription& run, int indent) {
  return to_text(object_of(run), indent);
}

std::string difference(const RunDescription& there, const RunDescription& here) {
  const Json saved = object_of(there);
  const Json own = object_of(here);
  const auto value = [](const Json& object, const char* key) {
    return object.contains(key) ? to_short_text(object.at(key)) : std::string("not set");
  };
  std::string result;
  for_each_option(here, [&](std::string_view key, const auto&, const char*) {
    if (!result.empty() || key == "epochs" || key == "out") {
      return;
    }
    const std::string a = value(saved, key.data());
    const std::string b = value(own, key.data());
    if (a != b) {
      result = fmt::format("'{}' is {} there, {} here", key, a, b);
    }
  });
  return result;
}

}  // namespace rondo::apps
