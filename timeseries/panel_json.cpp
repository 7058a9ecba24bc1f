// PanelEncoder as JSON and back.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/timeseries/calendar.hpp"
#include "rondo/timeseries/panel_encoder.hpp"

namespace rondo {

namespace {

constexpr std::string_view format = "rondo panel 1";
// Products of the two stay within a point in time.
constexpr std::int64_t longest_step = 1'000'000'000'000;
constexpr std::size_t farthest_horizon = 1'000'000;

template <class Enum, std::size_t N>
using Names = std::array<std::pair<const char*, Enum>, N>;

constexpr Names<MissingPolicy, 4> policies{{{"refuse", MissingPolicy::refuse},
                                            {"forward", MissingPolicy::forward},
                                            {"linear", MissingPolicy::linear},
                                            {"indicator", MissingPolicy::indicator}}};
constexpr Names<TimeUnit, 3> units{
    {{"count", TimeUnit::count}, {"seconds", TimeUnit::seconds}, {"months", TimeUnit::months}}};

[[noreturn]] void fail(std::string_view problem) {
  throw_format_error("PanelEncoder", fmt::format("not the JSON of a panel's encoder: {}", problem));
}

template <class Names, class Enum>
const char* name_of(const Names& names, Enum value) {
  for (const auto& [name, each] : names) {
    if (each == value) {
      return name;
    }
  }
  return "";
}

template <class Names>
auto value_of(const Names& names, const std::string& name) {
  for (const auto& [each, value] : names) {
    if (each == name) {
      return value;
    }
  }
  fail(fmt::format("'{}'", name));
}

Json json_of(const std::optional<bool>& value) {
  return value ? Json(*value) : Json();
}

std::optional<bool> optional_bool(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(json.get<bool>());
}

char sign(const Json& json) {
  const auto text = json.get<std::string>();
  if (text.size() != 1) {
    fail("a sign is one character");
  }
  return text[0];
}

Json json_of(const std::vector<FeatureColumn>& columns) {
  Json json = Json::array();
  for (const FeatureColumn& column : columns) {
    json.push_back({{"name", column.name},
                    {"categories", column.categories},
                    {"mean", column.mean},
                    {"has_indicator", column.has_indicator}});
  }
  return json;
}

std::vector<FeatureColumn> columns_of(const Json& json) {
  std::vector<FeatureColumn> columns;
  for (const Json& each : json) {
    columns.push_back({.name = each.at("name").get<std::string>(),
                       .categories = each.at("categories").get<std::vector<std::string>>(),
                       .mean = each.at("mean").get<double>(),
                       .has_indicator = each.at("has_indicator").get<bool>()});
    const FeatureColumn& column = columns.back();
    if (!std::is_sorted(column.categories.begin(), column.categories.end()) ||
        !std::isfinite(column.mean) || (column.is_category() && column.has_indicator)) {
      fail(fmt::format("column '{}'", column.name));
    }
  }
  return columns;
}

Json json_of(const PanelOptions& options) {
  return {{"delimiter", std::string(1, options.table.delimiter)},
          {"decimal", std::string(1, options.table.decimal)},
          {"header", json_of(options.table.header)},
          {"time", options.table.time},
          {"time_format", options.table.time_format},
          {"count_rows", options.table.count_rows},
          {"series", options.series},
          {"files_are_series", json_of(options.files_are_series)},
          {"calendar", options.calendar},
          {"categories", options.categories},
          {"missing", name_of(policies, options.missing)},
          {"most_categories", options.most_categories},
          {"horizon", options.horizon}};
}

PanelOptions options_of(const Json& json) {
  using Texts = std::vector<std::string>;
  return {.table = {.delimiter = sign(json.at("delimiter")),
                    .decimal = sign(json.at("decimal")),
                    .header = optional_bool(json.at("header")),
                    .time = json.at("time").get<Texts>(),
                    .count_rows = json.at("count_rows").get<bool>(),
                    .time_format = json.at("time_format").get<std::string>()},
          .series = json.at("series").get<std::string>(),
          .files_are_series = optional_bool(json.at("files_are_series")),
          .calendar = json.at("calendar").get<Texts>(),
          .categories = json.at("categories").get<Texts>(),
          .missing = value_of(policies, json.at("missing").get<std::string>()),
          .most_categories = json.at("most_categories").get<std::size_t>(),
          .horizon = json.at("horizon").get<std::size_t>()};
}

std::vector<std::string> names_of(const std::vector<FeatureColumn>& columns) {
  std::vector<std::string> names;
  for (const FeatureColumn& column : columns) {
    names.push_back(column.name);
  }
  return names;
}

}  // namespace

std::string PanelEncoder::to_json() const {
  const Json json{{"format", format},
                  {"unit", name_of(units, encoding_.step.unit)},
                  {"step", encoding_.step.length},
                  {"has_gaps", encoding_.has_gaps},
                  {"targets", json_of(encoding_.targets)},
                  {"past", json_of(encoding_.past)},
                  {"known", json_of(encoding_.known)},
                  {"statics", json_of(encoding_.statics)},
                  {"options", json_of(options_)}};
  return to_text(json);
}

PanelEncoder PanelEncoder::from_json(std::string_view text) {
  std::string problem = "no object";
  const Json json = parse_json(text, 5, &problem);
  if (!json.is_object()) {
    fail(problem);
  }
  try {
    if (json.at("format") != format) {
      fail("another format");
    }
    PanelEncoder encoder;
    encoder.encoding_ = {.step = {value_of(units, json.at("unit").get<std::string>()),
                                  json.at("step").get<std::int64_t>()},
                         .has_gaps = json.at("has_gaps").get<bool>(),
                         .targets = columns_of(json.at("targets")),
                         .past = columns_of(json.at("past")),
                         .known = columns_of(json.at("known")),
                         .statics = columns_of(json.at("statics"))};
    const PanelEncoding& encoding = encoder.encoding_;
    if (encoding.step.length <= 0 || encoding.step.length > longest_step ||
        encoding.targets.empty()) {
      fail("no step or no target");
    }
    encoder.options_ = options_of(json.at("options"));
    if (encoder.options_.horizon > farthest_horizon) {
      fail(fmt::format("a horizon of {}", encoder.options_.horizon));
    }
    encoder.options_.targets = names_of(encoding.targets);
    encoder.options_.past = names_of(encoding.past);
    encoder.options_.known = names_of(encoding.known);
    encoder.options_.statics = names_of(encoding.statics);
    encoder.check_roles();
    check_calendar(encoder.options_.calendar, encoding.step);
    encoder.name_columns();
    return encoder;
  } catch (const Json::exception& error) {
    fail(error.what());
  } catch (const ArgumentError& error) {
    fail(error.what());
  }
}

}  // namespace rondo
