// A run as a JSON object, and back.
#include <concepts>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/apps/run_description.hpp"
#include "rondo/core/detail/nearest_name.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/json.hpp"

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

/// A value alone is a list of one.
template <class V>
const char* assign(const Json& value, std::vector<V>& target) {
  const Json list = value.is_array() ? value : Json::array({value});
  target.assign(list.size(), V{});
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (assign(list[i], target[i]) != nullptr) {
      return std::is_same_v<V, std::string> ? "a text, or a list of them"
             : std::is_same_v<V, double>    ? "a number, or a list of them"
                                            : "a whole number from 0 on, or a list of them";
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

}  // namespace

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
