#include "rondo/optim/make_optimizer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "rondo/core/error.hpp"
#include "rondo/optim/detail/option_fields.hpp"

namespace rondo {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return result;
}

/// Reads the options of one class and remembers their names.
class FieldReader {
 public:
  FieldReader(std::string type, const Config& config) : type_(std::move(type)), config_(config) {
    if (!config_.is_object()) {
      throw_argument_error(type_, fmt::format("config must be an object, got {}", to_text(config)));
    }
  }

  template <class Value>
  void operator()(const char* name, Value& member) {
    known_.emplace_back(name);
    const auto found = config_.find(name);
    if (found != config_.end()) {
      read(name, *found, member);
    }
  }

  void refuse_the_rest() const {
    for (const auto& [name, value] : config_.items()) {
      if (name != "name" && std::find(known_.begin(), known_.end(), name) == known_.end()) {
        throw_argument_error(
            type_, fmt::format("unknown option '{}'; there are {}", name, fmt::join(known_, ", ")));
      }
    }
  }

 private:
  void check(bool valid, const char* name, const char* kind, const Config& value) const {
    if (!valid) {
      throw_argument_error(type_, fmt::format("{} must be {}, got {}", name, kind, to_text(value)));
    }
  }

  void read(const char* name, const Config& value, double& member) const {
    check(value.is_number(), name, "a number", value);
    member = value.get<double>();
  }

  void read(const char* name, const Config& value, bool& member) const {
    check(value.is_boolean(), name, "true or false", value);
    member = value.get<bool>();
  }

  // Keras writes a number of steps as it was given, so 100.0 is one.
  void read(const char* name, const Config& value, std::uint64_t& member) const {
    constexpr double largest = 9007199254740992.0;  // 2⁵³
    const double number = value.is_number() ? value.get<double>() : -1.0;
    check(number >= 0.0 && number <= largest && number == std::floor(number),
          name,
          "a whole number that is not negative",
          value);
    member = static_cast<std::uint64_t>(number);
  }

  void read(const char* name, const Config& value, std::string& member) const {
    check(value.is_string(), name, "a text", value);
    member = value.get<std::string>();
  }

  void read(const char* /*name*/, const Config& value, LearningRate& member) const {
    member = make_learning_rate(value);
  }

  template <class Value>
  void read(const char* name, const Config& value, std::optional<Value>& member) const {
    member.reset();
    if (!value.is_null()) {
      read(name, value, member.emplace());
    }
  }

  template <class Value>
  void read(const char* name, const Config& value, std::vector<Value>& member) const {
    check(value.is_array(), name, "a list", value);
    member.clear();
    for (const Config& entry : value) {
      read(name, entry, member.emplace_back());
    }
  }

  std::string type_;
  const Config& config_;
  std::vector<std::string> known_;
};

template <class Options>
Options read_options(const char* type, const Config& config) {
  Options result;
  FieldReader reader(type, config);
  detail::visit_fields(result, [&](const char* name, auto& member) { reader(name, member); });
  reader.refuse_the_rest();
  return result;
}

template <class Made>
struct Factory {
  const char* class_name;
  Made (*make)(const char* class_name, const Config& config);
};

/// What stands around the options in Keras' files.
const Config& checked_class(const char* kind, const Config& config) {
  const std::array<std::string_view, 5> keys{
      "class_name", "config", "module", "registered_name", "build_config"};
  if (!config.is_object() || !config.contains("class_name") ||
      !config.at("class_name").is_string()) {
    throw_argument_error(kind,
                         fmt::format("a config must have a class_name, got {}", to_text(config)));
  }
  for (const auto& [key, value] : config.items()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      throw_argument_error(kind, fmt::format("a config has no key '{}'", key));
    }
  }
  return config.at("class_name");
}

/// @param kind  what is looked for, in errors
template <class Made, std::size_t N>
Made make(const char* kind,
          const std::array<Factory<Made>, N>& factories,
          std::string_view name,
          const Config& options) {
  const auto found = std::find_if(factories.begin(), factories.end(), [&](const auto& factory) {
    return lower(factory.class_name) == lower(name);
  });
  if (found != factories.end()) {
    return found->make(found->class_name, options);
  }
  std::vector<std::string_view> known;
  for (const Factory<Made>& factory : factories) {
    known.emplace_back(factory.class_name);
  }
  throw_argument_error(
      kind, fmt::format("unknown name '{}'; there are {}", name, fmt::join(known, ", ")));
}

Config options_of(const Config& config) {
  return config.value("config", Config::object());
}

template <class Schedule, class Options>
LearningRate make_schedule(const char* class_name, const Config& options) {
  return Schedule(read_options<Options>(class_name, options));
}

template <class T>
using OptimizerPointer = std::unique_ptr<Optimizer<T>>;

template <class Made, class Options>
OptimizerPointer<typename Made::value_type> make_one(const char* class_name,
                                                     const Config& options) {
  return std::make_unique<Made>(read_options<Options>(class_name, options));
}

template <Real T>
OptimizerPointer<T> make_optimizer_with(std::string_view name, const Config& options) {
  static constexpr std::array<Factory<OptimizerPointer<T>>, 14> factories{{
      {"SGD", make_one<SGD<T>, SGDOptions>},
      {"RMSprop", make_one<RMSprop<T>, RMSpropOptions>},
      {"Adam", make_one<Adam<T>, AdamOptions>},
      {"AdamW", make_one<AdamW<T>, AdamWOptions>},
      {"Adadelta", make_one<Adadelta<T>, AdadeltaOptions>},
      {"Adagrad", make_one<Adagrad<T>, AdagradOptions>},
      {"Adamax", make_one<Adamax<T>, AdamaxOptions>},
      {"Adafactor", make_one<Adafactor<T>, AdafactorOptions>},
      {"Nadam", make_one<Nadam<T>, NadamOptions>},
      {"Ftrl", make_one<Ftrl<T>, FtrlOptions>},
      {"Lion", make_one<Lion<T>, LionOptions>},
      {"Lamb", make_one<Lamb<T>, LambOptions>},
      {"Muon", make_one<Muon<T>, MuonOptions>},
      {"ScheduleFreeAdamW", make_one<ScheduleFreeAdamW<T>, ScheduleFreeAdamWOptions>},
  }};
  return make("make_optimizer", factories, name, options);
}

}  // namespace

LearningRate make_learning_rate(const Config& config) {
  static constexpr std::array<Factory<LearningRate>, 7> schedules{{
      {"ExponentialDecay", make_schedule<ExponentialDecay, ExponentialDecayOptions>},
      {"InverseTimeDecay", make_schedule<InverseTimeDecay, InverseTimeDecayOptions>},
      {"PiecewiseConstantDecay",
       make_schedule<PiecewiseConstantDecay, PiecewiseConstantDecayOptions>},
      {"PolynomialDecay", make_schedule<PolynomialDecay, PolynomialDecayOptions>},
      {"CosineDecay", make_schedule<CosineDecay, CosineDecayOptions>},
      {"CosineDecayRestarts", make_schedule<CosineDecayRestarts, CosineDecayRestartsOptions>},
      {"LinearWarmup", make_schedule<LinearWarmup, LinearWarmupOptions>},
  }};
  if (config.is_number()) {
    return config.get<double>();
  }
  const std::string name = checked_class("make_learning_rate", config);
  return make("make_learning_rate", schedules, name, options_of(config));
}

template <Real T>
std::unique_ptr<Optimizer<T>> make_optimizer(std::string_view name) {
  return make_optimizer_with<T>(name, Config::object());
}

template <Real T, std::same_as<Config> C>
std::unique_ptr<Optimizer<T>> make_optimizer(const C& config) {
  const std::string name = checked_class("make_optimizer", config);
  return make_optimizer_with<T>(name, options_of(config));
}

#define RONDO_INSTANTIATE(T)                                               \
  template std::unique_ptr<Optimizer<T>> make_optimizer(std::string_view); \
  template std::unique_ptr<Optimizer<T>> make_optimizer(const Config&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
