#include "rondo/optim/make_optimizer.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/core/detail/to_lower.hpp"
#include "rondo/core/error.hpp"
#include "rondo/layers/detail/config_reader.hpp"
#include "rondo/layers/detail/to_config.hpp"
#include "rondo/optim/optim.hpp"

namespace rondo {

namespace {

void report(const std::string& class_name, const std::string& problem) {
  throw_argument_error(class_name, problem);
}

template <class Options>
Options options_from(const std::string& class_name, const Config& config) {
  if (!config.is_object()) {
    report(class_name, fmt::format("config must be an object, got {}", to_text(config)));
  }
  Options options;
  ConfigReader reader(config, class_name, report);
  const auto read = [&]<class V>(const char* key, V& member) {
    if constexpr (!std::is_same_v<V, LearningRate>) {
      reader.read(key, member);
    } else if (const Config* const value = reader.find(key)) {
      member = make_learning_rate(*value);
    }
  };
  Options::for_each_option(read, options);
  reader.find("name");
  reader.finish();
  return options;
}

/// What surrounds the options in Keras' files.
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

/// Calls the function of a name, in any case, with the class's name as the table has it.
template <class Table>
auto make(const char* op, const Table& table, std::string_view name, const Config& options) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) {
    return to_lower(row.name()) == to_lower(name);
  });
  const auto& row = found != table.end() ? *found : get_named(op, table, name);
  return row.value(std::string(row.name()), options);
}

Config options_of(const Config& config) {
  return config.value("config", Config::object());
}

template <class Made>
using Maker = Made (*)(const std::string& class_name, const Config& options);

template <class... Schedules>
struct ScheduleList {
  static constexpr std::array<Named<Maker<LearningRate>>, sizeof...(Schedules)> table{
      {{{Schedules::class_name}, [](const std::string& class_name, const Config& options) {
          using Options = typename Schedules::OptionsType;
          return LearningRate(Schedules(options_from<Options>(class_name, options)));
        }}...}};

  /// The config of the schedule that it is, or of a function of one's own.
  static Config config(const LearningRate& rate) {
    Config result{{"class_name", "function"}};
    (write<Schedules>(rate, result), ...);
    return result;
  }

 private:
  template <class Schedule>
  static void write(const LearningRate& rate, Config& result) {
    if (const auto* const schedule = rate.target<Schedule>()) {
      result = {{"class_name", Schedule::class_name}, {"config", Config::object()}};
      write_options(result["config"], schedule->options());
    }
  }
};

using AllSchedules = ScheduleList<ExponentialDecay,
                                  InverseTimeDecay,
                                  PiecewiseConstantDecay,
                                  PolynomialDecay,
                                  CosineDecay,
                                  CosineDecayRestarts,
                                  LinearWarmup>;

template <class Made>
constexpr auto optimizer(std::string_view class_name) {
  using Pointer = std::unique_ptr<Optimizer<typename Made::value_type>>;
  const auto make = [](const std::string& name, const Config& options) -> Pointer {
    return std::make_unique<Made>(options_from<typename Made::OptionsType>(name, options));
  };
  return Named<Maker<Pointer>>{{class_name}, make};
}

template <Real T>
constexpr std::array optimizers{optimizer<SGD<T>>("SGD"),
                                optimizer<RMSprop<T>>("RMSprop"),
                                optimizer<Adam<T>>("Adam"),
                                optimizer<AdamW<T>>("AdamW"),
                                optimizer<Adadelta<T>>("Adadelta"),
                                optimizer<Adagrad<T>>("Adagrad"),
                                optimizer<Adamax<T>>("Adamax"),
                                optimizer<Adafactor<T>>("Adafactor"),
                                optimizer<Nadam<T>>("Nadam"),
                                optimizer<Ftrl<T>>("Ftrl"),
                                optimizer<Lion<T>>("Lion"),
                                optimizer<Lamb<T>>("Lamb"),
                                optimizer<Muon<T>>("Muon"),
                                optimizer<ScheduleFreeAdamW<T>>("ScheduleFreeAdamW")};

}  // namespace

Config to_config(const LearningRate& rate) {
  return rate.is_schedule() ? AllSchedules::config(rate) : Config(rate.at(0));
}

LearningRate make_learning_rate(const Config& config) {
  if (config.is_number()) {
    return config.get<double>();
  }
  const std::string name = checked_class("make_learning_rate", config);
  return make("make_learning_rate", AllSchedules::table, name, options_of(config));
}

template <Real T>
std::unique_ptr<Optimizer<T>> make_optimizer(std::string_view name) {
  return make("make_optimizer", optimizers<T>, name, Config::object());
}

template <Real T, std::same_as<Config> C>
std::unique_ptr<Optimizer<T>> make_optimizer(const C& config) {
  const std::string name = checked_class("make_optimizer", config);
  return make("make_optimizer", optimizers<T>, name, options_of(config));
}

template std::unique_ptr<Optimizer<float>> make_optimizer(std::string_view);
template std::unique_ptr<Optimizer<double>> make_optimizer(std::string_view);
template std::unique_ptr<Optimizer<float>> make_optimizer(const Config&);
template std::unique_ptr<Optimizer<double>> make_optimizer(const Config&);

}  // namespace rondo
