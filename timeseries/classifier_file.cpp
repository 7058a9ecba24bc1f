#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"
#include "rondo/formats/weights.hpp"
#include "rondo/layers/from_config.hpp"
#include "rondo/timeseries/classifier.hpp"

namespace rondo {

namespace {

constexpr const char* format = "rondo classifier 1";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& problem) {
  throw_format_error("classifier", fmt::format("{}: {}", path.string(), problem));
}

std::string text_of(const SafetensorsFile& file, const char* key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) {
    refuse(file.path(), fmt::format("has no '{}' in its metadata", key));
  }
  return found->second;
}

Json json_of(const SafetensorsFile& file, const char* key) {
  std::string problem;
  Json json = parse_json(text_of(file, key), 200, &problem);
  if (json.is_discarded()) {
    refuse(file.path(), fmt::format("'{}' {}", key, problem));
  }
  return json;
}

ClassifierOptions options_of(const Json& json) {
  ClassifierOptions options;
  ClassifierOptions::for_each_option(
      [&](const char* name, auto& member) {
        member = json.at(name).get<std::remove_reference_t<decltype(member)>>();
      },
      options);
  return options;
}

}  // namespace

void Classifier::save(const std::filesystem::path& path, const FileMetadata& more) const {
  Json options;
  ClassifierOptions::for_each_option(
      [&](const char* name, const auto& member) { options[name] = member; }, options_);
  FileMetadata metadata{{"format", format},
                        {"model", to_text(layers().config())},
                        {"scaler", scaler_.to_json()},
                        {"classes", to_text(Json(classes_))},
                        {"options", to_text(options)}};
  metadata.insert(more.begin(), more.end());
  save_weights<float>(path, layers().weights(), metadata);
}

Classifier Classifier::load(const std::filesystem::path& path) {
  SafetensorsFile file = SafetensorsFile::open(path);
  if (const std::string found = text_of(file, "format"); found != format) {
    refuse(path, fmt::format("expected '{}', found '{}'", format, found.substr(0, 40)));
  }
  try {
    Classifier result(options_of(json_of(file, "options")));
    result.classes_ = json_of(file, "classes").get<std::vector<std::string>>();
    result.scaler_.from_json(text_of(file, "scaler"));
    result.layers_ = make_layer<float>(json_of(file, "model"));
    result.layers_->build({1, result.channels()}, stored_weights<float>(file));
    check_no_other_weights<float>(file, result.layers_->weights());
    if (result.layers_->output_shape({1, result.channels()}) != Shape{result.classes_.size()}) {
      refuse(path, "its layers do not fit its classes");
    }
    return result;
  } catch (const FormatError&) {  // names the file already
    throw;
  } catch (const Error& error) {
    refuse(path, error.what());
  } catch (const Json::exception& error) {
    refuse(path, fmt::format("its metadata is not that of a classifier: {}", error.what()));
  }
}

}  // namespace rondo
