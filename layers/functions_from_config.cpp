// Activations, initializers, regularizers and constraints from their configs.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/config_reader.hpp"
#include "rondo/layers/detail/functions.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/layers/from_config.hpp"

namespace rondo {

namespace {

/// A class name and its parameters, both as in the config.
struct Given {
  std::string class_name;
  Config parameters = Config::object();
};

Given read_function(const char* kind, const Config& config) {
  if (config.is_string()) {
    return {config.get<std::string>()};
  }
  const auto is_string = [&](const char* key) {
    return config.contains(key) && config[key].is_string();
  };
  if (!config.is_object() || !is_string("class_name")) {
    throw_format_error(
        kind, fmt::format("expected a name or an object with class_name, got {}", to_text(config)));
  }
  for (const auto& [key, value] : config.items()) {
    // One function in several places is the same as several equal ones.
    constexpr std::array known{
        "class_name", "config", "module", "registered_name", "shared_object_id"};
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw_format_error(kind, unknown_name("key", key, known));
    }
  }
  if (config["class_name"] == "function" && is_string("config")) {
    return {config["config"].get<std::string>()};  // Keras' form of a function by name
  }
  Given given{config["class_name"].get<std::string>()};
  if (config.contains("config") && !config["config"].is_null()) {
    given.parameters = config["config"];
  }
  if (!given.parameters.is_object()) {
    throw_format_error(
        kind,
        fmt::format(
            "{}: config must be an object, got {}", given.class_name, to_text(given.parameters)));
  }
  return given;
}

/// The function of this name with its defaults. @throws FormatError for an unknown one
template <class Function>
Function named(const char* kind, const std::string& name) {
  if (name == "custom") {
    throw_format_error(kind, "'custom' is a user's own function: no config can make it again");
  }
  try {
    return Function(name);
  } catch (const ArgumentError& error) {
    throw FormatError(error.what());
  }
}

/// What a parameter must be, or null if the value is of the kind of its default. All whole numbers
/// among the defaults are axes.
const char* expected_instead_of(const Config& value, const Config& by_default) {
  if (by_default.is_number_integer()) {
    return misfit(value, int{}) == nullptr ? nullptr : "whole number of 32 bits";
  }
  const bool same =
      value.type() == by_default.type() || (value.is_number() && by_default.is_number());
  return same ? nullptr : by_default.type_name();
}

/// What Keras writes with a function and rondo does not have: only null can be accepted.
struct Unsupported {
  const char* key;
  const char* reason;
};

constexpr std::array unsupported{
    Unsupported{"seed", "a model's seed determines its weights"},
    Unsupported{"input_axes", "the fans are those of the last two axes"},
    Unsupported{"output_axes", "the fans are those of the last two axes"}};

/// The default parameters with the given ones in their places.
Config complete(const char* kind, Config parameters, const Given& given) {
  for (const auto& [key, value] : given.parameters.items()) {
    const std::string where = fmt::format("{}: ", given.class_name);
    const auto* const other =
        std::find_if(unsupported.begin(), unsupported.end(), [name = key](const Unsupported& u) {
          return u.key == name;
        });
    if (other != unsupported.end()) {
      if (!value.is_null()) {
        throw_format_error(kind, where + fmt::format("{} must be null: {}", key, other->reason));
      }
      continue;
    }
    if (!parameters.contains(key)) {
      const auto name_of = [](const auto& parameter) { return parameter.key(); };
      throw_format_error(kind, where + unknown_name("key", key, parameters.items(), name_of));
    }
    if (const char* const expected = expected_instead_of(value, parameters[key])) {
      throw_format_error(
          kind, where + fmt::format("'{}' must be a {}, got {}", key, expected, to_text(value)));
    }
    parameters[key] = value;
  }
  return parameters;
}

/// The function of the config's class, which `make` makes from all its parameters.
template <class Function, class Make>
Function from_config(const char* kind, const Config& config, Make make) {
  if (config.is_null()) {
    return {};
  }
  const Given given = read_function(kind, config);
  const Function by_default = named<Function>(kind, given.class_name);
  const Config canonical = to_config(by_default);
  const bool is_name = canonical.is_string();  // an activation: it says everything
  const Config parameters = complete(kind, is_name ? Config::object() : canonical["config"], given);
  return parameters.empty() ? by_default : make(given.class_name, &parameters);
}

}  // namespace

Activation make_activation(const Config& config) {
  return from_config<Activation>("activation", config, [](const std::string& name, const Config*) {
    return Activation(name);
  });
}

Initializer make_initializer(const Config& config) {
  return from_config<Initializer>("initializer", config, initializer_from);
}

Regularizer make_regularizer(const Config& config) {
  return from_config<Regularizer>("regularizer", config, regularizer_from);
}

Constraint make_constraint(const Config& config) {
  return from_config<Constraint>("constraint", config, constraint_from);
}

}  // namespace rondo
