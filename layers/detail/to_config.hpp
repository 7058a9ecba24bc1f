/// For the sources of layers and optimizers: options as JSON.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/layers/config.hpp"
#include "rondo/layers/input_shape.hpp"
#include "rondo/layers/named_function.hpp"

namespace rondo {

template <class Value>

requires std::is_arithmetic_v<Value> || std::same_as<Value, std::string> Config
to_config(const Value& value) {
  return value;
}

template <template <class> class Signature>
Config to_config(const NamedFunction<Signature>& function) {
  return parse_json(function.config());
}

template <class Value>
Config to_config(const std::optional<Value>& value) {
  return value ? to_config(*value) : Config();
}

template <class Value>
Config to_config(const std::vector<Value>& values) {
  Config result = Config::array();
  for (const Value& value : values) {
    result.push_back(to_config(value));
  }
  return result;
}

/// Axes: a single one is a number.
inline Config to_config(const std::vector<int>& axes) {
  return axes.size() == 1 ? Config(axes[0]) : Config(axes);
}

/// null if nothing is declared.
inline Config to_config(const PartialShape& shape) {
  Config result = shape.empty() ? Config() : Config::array();
  for (const auto& size : shape) {
    result.push_back(to_config(size));
  }
  return result;
}

/// Keras' form of a function, as text.
inline std::string serialized(std::string_view class_name, const Config& config) {
  return to_text({{"class_name", class_name}, {"config", config}});
}

/// Adds each option under its name.
template <class Options>
void write_options(Config& config, const Options& options) {
  const auto write = [&](const char* name, const auto& value) { config[name] = to_config(value); };
  Options::for_each_option(write, options);
}

}  // namespace rondo
