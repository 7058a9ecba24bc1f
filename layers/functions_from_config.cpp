// Activations, initializers, regularizers and constraints from their configs.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/layers/from_config.hpp"

namespace rondo {

namespace {

/// A class name and its parameters, both as they stand in the config.
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
      throw_format_error(
          kind, fmt::format("unknown key '{}', known are {}", key, fmt::join(known, ", ")));
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

bool same_type(const Config& a, const Config& b) {
  return a.type() == b.type() || (a.is_number() && b.is_number());
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
      std::string known;
      for (const auto& [name, ignored] : parameters.items()) {
        known += (known.empty() ? "" : ", ") + name;
      }
      throw_format_error(
          kind,
          where +
              fmt::format("unknown key '{}', known are {}", key, known.empty() ? "none" : known));
    }
    if (!same_type(value, parameters[key])) {
      throw_format_error(kind,
                         where + fmt::format("'{}' must be a {}, got {}",
                                             key,
                                             parameters[key].type_name(),
                                             to_text(value)));
    }
    parameters[key] = value;
  }
  return parameters;
}

/// The common way: `make(class_name, parameters)` knows the classes that have parameters and
/// returns none for the others.
template <class Function, class Make>
Function from_config(const char* kind, const Config& config, Make make) {
  if (config.is_null()) {
    return {};
  }
  const Given given = read_function(kind, config);
  const Function by_default = named<Function>(kind, given.class_name);
  const Config canonical = to_config(by_default);
  if (canonical.is_string()) {  // an activation: a name says everything
    complete(kind, Config::object(), given);
    return by_default;
  }
  const Config parameters = complete(kind, canonical["config"], given);
  const Function made = make(canonical["class_name"].get<std::string>(), parameters);
  return made ? made : by_default;
}

template <class Enum>
struct Choice {
  const char* name;
  Enum value;
};

template <class Enum, std::size_t n>
Enum choose(const char* kind,
            const char* key,
            const std::string& name,
            const std::array<Choice<Enum>, n>& choices) {
  std::string known;
  for (const Choice<Enum>& choice : choices) {
    if (name == choice.name) {
      return choice.value;
    }
    known += (known.empty() ? "" : ", ") + std::string(choice.name);
  }
  throw_format_error(kind, fmt::format("unknown {} '{}', known are {}", key, name, known));
}

Initializer variance_scaling_from(const Config& p) {
  constexpr std::array modes{Choice<FanMode>{"fan_in", FanMode::fan_in},
                             Choice<FanMode>{"fan_out", FanMode::fan_out},
                             Choice<FanMode>{"fan_avg", FanMode::fan_avg}};
  constexpr std::array distributions{
      Choice<Distribution>{"truncated_normal", Distribution::truncated_normal},
      Choice<Distribution>{"untruncated_normal", Distribution::untruncated_normal},
      Choice<Distribution>{"uniform", Distribution::uniform}};
  constexpr const char* kind = "initializer";
  return initializers::variance_scaling(
      {.scale = p["scale"],
       .mode = choose(kind, "mode", p["mode"], modes),
       .distribution = choose(kind, "distribution", p["distribution"], distributions)});
}

Initializer initializer_from(const std::string& class_name, const Config& p) {
  if (class_name == "Constant") {
    return initializers::constant(p["value"]);
  }
  if (class_name == "Identity") {
    return initializers::identity(p["gain"]);
  }
  if (class_name == "Orthogonal") {
    return initializers::orthogonal(p["gain"]);
  }
  if (class_name == "RandomNormal") {
    return initializers::random_normal(p["mean"], p["stddev"]);
  }
  if (class_name == "TruncatedNormal") {
    return initializers::truncated_normal(p["mean"], p["stddev"]);
  }
  if (class_name == "RandomUniform") {
    return initializers::random_uniform(p["minval"], p["maxval"]);
  }
  return class_name == "VarianceScaling" ? variance_scaling_from(p) : Initializer();
}

Regularizer regularizer_from(const std::string& class_name, const Config& p) {
  if (class_name == "L1") {
    return regularizers::l1(p["l1"]);
  }
  if (class_name == "L2") {
    return regularizers::l2(p["l2"]);
  }
  if (class_name == "L1L2") {
    return regularizers::l1_l2(p["l1"], p["l2"]);
  }
  constexpr std::array modes{Choice<OrthogonalMode>{"rows", OrthogonalMode::rows},
                             Choice<OrthogonalMode>{"columns", OrthogonalMode::columns}};
  return regularizers::orthogonal(p["factor"], choose("regularizer", "mode", p["mode"], modes));
}

Constraint constraint_from(const std::string& class_name, const Config& p) {
  if (class_name == "MaxNorm") {
    return constraints::max_norm(p["max_value"], p["axis"]);
  }
  if (class_name == "UnitNorm") {
    return constraints::unit_norm(p["axis"]);
  }
  if (class_name == "MinMaxNorm") {
    return constraints::min_max_norm({.min_value = p["min_value"],
                                      .max_value = p["max_value"],
                                      .rate = p["rate"],
                                      .axis = p["axis"]});
  }
  return {};
}

}  // namespace

Activation make_activation(const Config& config) {
  return from_config<Activation>(
      "activation", config, [](const std::string&, const Config&) { return Activation(); });
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
