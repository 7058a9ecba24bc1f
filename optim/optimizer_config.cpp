// The config of every optimizer and schedule: the one place that writes them as JSON.
#include <nlohmann/json.hpp>

#include "rondo/optim/detail/option_fields.hpp"

namespace rondo {

namespace {

template <class Value>
Config to_config(const Value& value) {
  return value;
}

template <class Value>
Config to_config(const std::optional<Value>& value) {
  return value ? Config(*value) : Config(nullptr);
}

Config to_config(const LearningRate& rate);

template <class Options>
Config fields_of(Options options) {
  Config result = Config::object();
  detail::visit_fields(
      options, [&](const char* name, const auto& value) { result[name] = to_config(value); });
  return result;
}

template <class Schedule>
bool write_schedule(const LearningRate& rate, const char* class_name, Config& result) {
  const auto* const schedule = rate.target<Schedule>();
  if (schedule != nullptr) {
    result = {{"class_name", class_name}, {"config", fields_of(schedule->options())}};
  }
  return schedule != nullptr;
}

Config to_config(const LearningRate& rate) {
  if (!rate.is_schedule()) {
    return rate.at(0);
  }
  Config result;
  const bool known =
      write_schedule<ExponentialDecay>(rate, "ExponentialDecay", result) ||
      write_schedule<InverseTimeDecay>(rate, "InverseTimeDecay", result) ||
      write_schedule<PiecewiseConstantDecay>(rate, "PiecewiseConstantDecay", result) ||
      write_schedule<PolynomialDecay>(rate, "PolynomialDecay", result) ||
      write_schedule<CosineDecay>(rate, "CosineDecay", result) ||
      write_schedule<CosineDecayRestarts>(rate, "CosineDecayRestarts", result) ||
      write_schedule<LinearWarmup>(rate, "LinearWarmup", result);
  return known ? result : Config{{"class_name", "function"}};
}

/// With the rate that `set_learning_rate` may have changed.
template <class Options>
Config config_of(const std::string& class_name, Options options, const LearningRate& rate) {
  options.learning_rate = rate;
  return {{"class_name", class_name}, {"config", fields_of(std::move(options))}};
}

}  // namespace

template <Real T>
Config Optimizer<T>::config() const {
  return config_of(type_name_, options_, options_.learning_rate);
}

template <Real T>
Config AdamW<T>::config() const {
  Config result = Adam<T>::config();
  result["config"].erase("decoupled_weight_decay");  // it always is
  return result;
}

#define RONDO_CONFIG(Type)                                              \
  template <Real T>                                                     \
  Config Type<T>::config() const {                                      \
    return config_of(this->type_name(), options_, this->rate_option()); \
  }                                                                     \
  template Config Type<float>::config() const;                          \
  template Config Type<double>::config() const;
RONDO_CONFIG(Adadelta)
RONDO_CONFIG(Adafactor)
RONDO_CONFIG(Adagrad)
RONDO_CONFIG(Adam)
RONDO_CONFIG(Adamax)
RONDO_CONFIG(Ftrl)
RONDO_CONFIG(Lamb)
RONDO_CONFIG(Lion)
RONDO_CONFIG(Muon)
RONDO_CONFIG(Nadam)
RONDO_CONFIG(RMSprop)
RONDO_CONFIG(SGD)
RONDO_CONFIG(ScheduleFreeAdamW)
#undef RONDO_CONFIG

template Config Optimizer<float>::config() const;
template Config Optimizer<double>::config() const;
template Config AdamW<float>::config() const;
template Config AdamW<double>::config() const;

}  // namespace rondo
