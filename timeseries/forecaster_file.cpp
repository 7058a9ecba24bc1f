// A forecaster's file: weights under their paths, and as metadata
//
//   format    rondo forecaster 1
//   options   of the network and what it sees
//   columns   names by role, and the step in time
//   scaling   offset and scale of each column
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/model.hpp"
#include "rondo/timeseries/detail/forecast_network.hpp"
#include "rondo/timeseries/detail/panel_windows.hpp"

namespace rondo {

namespace {

using detail::ColumnScale;
using detail::PanelScaling;

constexpr const char* format_name = "rondo forecaster 1";

/// Everything that decides what the network is and sees. What only training needs is not kept.
template <class Options, class Visit>
void for_each_option(Options& o, Visit visit) {
  visit("window", o.window);
  visit("horizon", o.horizon);
  visit("units", o.units);
  visit("cell", o.cell);
  visit("layer_normalization", o.layer_normalization);
  visit("quantiles", o.quantiles);
  visit("log", o.log);
  visit("difference", o.difference);
  visit("season", o.season);
}

template <class Columns, class Visit>
void for_each_role(Columns& columns, Visit visit) {
  visit("targets", columns.targets);
  visit("past", columns.past);
  visit("known", columns.known);
  visit("statics", columns.statics);
}

Json to_json(const std::vector<ColumnScale>& columns) {
  Json result = Json::array();
  for (const auto& [offset, scale] : columns) {
    result.push_back({offset, scale});
  }
  return result;
}

Json to_json(const PanelScaling& scaling) {
  Json targets = Json::object();
  for (const auto& [series, scale] : scaling.targets) {
    targets[series] = to_json(scale);
  }
  return {{"past", to_json(scaling.past)},
          {"known", to_json(scaling.known)},
          {"statics", to_json(scaling.statics)},
          {"indicators", scaling.indicators},
          {"targets", targets}};
}

[[noreturn]] void refuse(const SafetensorsFile& file, const std::string& problem) {
  throw_format_error("Forecaster", fmt::format("{}: {}", file.path().string(), problem));
}

void check_format(const SafetensorsFile& file) {
  const auto found = file.metadata().find("format");
  const std::string format = found == file.metadata().end() ? "nothing" : found->second;
  if (format != format_name) {
    refuse(file, fmt::format("expected the format '{}', found '{}'", format_name, format));
  }
}

Json parsed(const SafetensorsFile& file, const char* key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) {
    refuse(file, fmt::format("has no '{}' in its metadata", key));
  }
  std::string problem;
  Json result = parse_json(found->second, 10, &problem);
  if (result.is_discarded()) {
    refuse(file, fmt::format("{} {}", key, problem));
  }
  return result;
}

/// @throws FormatError unless they are `count` pairs with a positive scale
std::vector<ColumnScale> scales_from(const SafetensorsFile& file,
                                     const Json& json,
                                     std::size_t count) {
  std::vector<ColumnScale> result;
  for (const Json& pair : json) {
    const ColumnScale column{pair.at(0).get<double>(), pair.at(1).get<double>()};
    if (!(column.scale > 0.0)) {
      refuse(file, "a scale is not positive");
    }
    result.push_back(column);
  }
  if (result.size() != count) {
    refuse(file, fmt::format("{} scales for {} columns", result.size(), count));
  }
  return result;
}

PanelScaling scaling_from(const SafetensorsFile& file, const PanelColumns& columns) {
  const Json json = parsed(file, "scaling");
  PanelScaling result{.past = scales_from(file, json.at("past"), columns.past.size()),
                      .known = scales_from(file, json.at("known"), columns.known.size()),
                      .statics = scales_from(file, json.at("statics"), columns.statics.size()),
                      .indicators = json.at("indicators").get<bool>()};
  for (const auto& [series, scale] : json.at("targets").items()) {
    result.targets[series] = scales_from(file, scale, columns.targets.size());
  }
  return result;
}

TimeStep step_from(const SafetensorsFile& file, const Json& columns) {
  const auto unit = columns.at("step_unit").get<std::uint64_t>();
  const TimeStep step{static_cast<TimeUnit>(unit), columns.at("step_length").get<std::int64_t>()};
  if (unit > static_cast<std::uint64_t>(TimeUnit::months) || step.length < 1) {
    refuse(file, "its step in time is none");
  }
  return step;
}

}  // namespace

void Forecaster::save(const std::filesystem::path& path, const FileMetadata& more) const {
  check_fitted("save");
  Json options, columns;
  for_each_option(options_, [&](const char* name, const auto& value) { options[name] = value; });
  for_each_role(columns_, [&](const char* role, const auto& names) { columns[role] = names; });
  columns["step_unit"] = static_cast<int>(step_.unit);
  columns["step_length"] = step_.length;
  FileMetadata metadata{{"format", format_name},
                        {"options", to_text(options)},
                        {"columns", to_text(columns)},
                        {"scaling", to_text(to_json(*scaling_))}};
  metadata.insert(more.begin(), more.end());
  save_weights<float>(path, model_->weights(), metadata);
}

Forecaster Forecaster::load(const std::filesystem::path& path) {
  SafetensorsFile file = SafetensorsFile::open(path);
  try {
    check_format(file);
    ForecasterOptions options;
    const Json stored = parsed(file, "options"), roles = parsed(file, "columns");
    for_each_option(options, [&](const char* name, auto& value) { stored.at(name).get_to(value); });
    Forecaster result(std::move(options));
    for_each_role(result.columns_,
                  [&](const char* role, auto& names) { roles.at(role).get_to(names); });
    result.step_ = step_from(file, roles);
    result.scaling_ = std::make_unique<PanelScaling>(scaling_from(file, result.columns_));
    result.build();
    load_weights<float>(path, result.model_->weights());
    return result;
  } catch (const FormatError&) {  // names the file
    throw;
  } catch (const Json::exception& error) {
    refuse(file, error.what());
  } catch (const Error& error) {
    refuse(file, error.what());
  }
}

void Forecaster::build() {
  model_ = detail::forecast_network(options_, columns_.targets.size());
  const detail::PanelWindows windows({}, {}, columns_, *scaling_, options_);
  std::vector<Shape> shapes{windows.layout().inputs};
  shapes.insert(
      shapes.end(), windows.layout().extra_inputs.begin(), windows.layout().extra_inputs.end());
  model_->build_for(std::span<const Shape>(shapes));
}

}  // namespace rondo
