#include "rondo/tests/parity/optimizers.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "rondo/optim/optim.hpp"

namespace rondo::parity {

namespace {

/// `{"class_name": …, "config": …}`, as make_optimizer and make_learning_rate take it.
Config nested(const std::string& class_name, Config options) {
  options.erase("class_name");
  return {{"class_name", class_name}, {"config", std::move(options)}};
}

/// A learning rate of a case: a number or `[class, arguments]`.
Config rate_config(const Json& rate) {
  return rate.is_array() ? nested(rate.at(0), Config(rate.at(1))) : Config(rate);
}

/// lr / (1 + decay · step)
Config decaying_rate(const Config& rate, double decay) {
  return nested("InverseTimeDecay",
                {{"initial_learning_rate", rate}, {"decay_steps", 1}, {"decay_rate", decay}});
}

// ---- PyTorch ----

Config torch_defaults(const std::string& class_name) {
  if (class_name == "SGD") {
    return SGD<double>(SGDOptions::torch()).config();
  }
  if (class_name == "RMSprop") {
    return RMSprop<double>(RMSpropOptions::torch()).config();
  }
  if (class_name == "Adam") {
    return Adam<double>(AdamOptions::torch()).config();
  }
  if (class_name == "AdamW") {
    return AdamW<double>(AdamWOptions::torch()).config();
  }
  if (class_name == "Adagrad") {
    return Adagrad<double>(AdagradOptions::torch()).config();
  }
  if (class_name == "Adadelta") {
    return Adadelta<double>(AdadeltaOptions::torch()).config();
  }
  if (class_name == "Adamax") {
    return Adamax<double>(AdamaxOptions::torch()).config();
  }
  if (class_name == "NAdam") {
    return Nadam<double>(NadamOptions::torch()).config();
  }
  throw CaseError(fmt::format("optimizer '{}' of PyTorch is not supported", class_name));
}

/// PyTorch's name of an option here.
std::string own_name(const std::string& torch_name) {
  const std::array<std::pair<const char*, const char*>, 3> names{
      {{"lr", "learning_rate"}, {"eps", "epsilon"}, {"alpha", "rho"}}};
  const auto found = std::find_if(
      names.begin(), names.end(), [&](const auto& pair) { return pair.first == torch_name; });
  return found == names.end() ? torch_name : found->second;
}

Config torch_config(const Json& run) {
  Config config = torch_defaults(run.at("class_name"));
  Config& options = config["config"];
  double decay = 0.0;
  const Json given = run.value("options", Json::object());
  for (const auto& [name, value] : given.items()) {
    if (name == "betas") {
      options["beta_1"] = value.at(0);
      options["beta_2"] = value.at(1);
    } else if (name == "lr_decay") {
      decay = value;
    } else {
      options[own_name(name)] = value;
    }
  }
  if (decay != 0.0) {
    options["learning_rate"] = decaying_rate(options["learning_rate"], decay);
  }
  return config;
}

// ---- TF.js ----

/// The optimizer of `tf.train.*` with its defaults, and the names of its arguments here.
std::pair<Config, std::vector<std::string>> tfjs_factory(const std::string& name) {
  if (name == "sgd") {
    return {SGD<double>(SGDOptions::tfjs()).config(), {"learning_rate"}};
  }
  if (name == "momentum") {
    return {SGD<double>(SGDOptions::tfjs()).config(), {"learning_rate", "momentum", "nesterov"}};
  }
  if (name == "rmsprop") {
    return {RMSprop<double>(RMSpropOptions::tfjs()).config(),
            {"learning_rate", "rho", "momentum", "epsilon", "centered"}};
  }
  if (name == "adam") {
    return {Adam<double>(AdamOptions::tfjs()).config(),
            {"learning_rate", "beta_1", "beta_2", "epsilon"}};
  }
  if (name == "adadelta") {
    AdadeltaOptions options = AdadeltaOptions::tfjs();
    options.learning_rate = 0.001;
    return {Adadelta<double>(options).config(), {"learning_rate", "rho", "epsilon"}};
  }
  if (name == "adamax") {
    return {Adamax<double>(AdamaxOptions::tfjs()).config(),
            {"learning_rate", "beta_1", "beta_2", "epsilon", "decay"}};
  }
  if (name == "adagrad") {
    return {Adagrad<double>(AdagradOptions::tfjs()).config(),
            {"learning_rate", "initial_accumulator_value"}};
  }
  throw CaseError(fmt::format("tf.train.{} is not supported", name));
}

Config tfjs_config(const Json& run) {
  const std::string factory = run.at("factory");
  auto [config, names] = tfjs_factory(factory);
  Config& options = config["config"];
  const Json arguments = run.value("arguments", Json::array());
  if (arguments.size() > names.size()) {
    throw CaseError(fmt::format("tf.train.{} has {} arguments", factory, names.size()));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].is_null()) {
      continue;
    }
    if (names[i] == "decay") {
      options["learning_rate"] = decaying_rate(options["learning_rate"], arguments[i]);
    } else {
      options[names[i]] = arguments[i];
    }
  }
  return config;
}

// ---- steps ----

template <Real T>
using Parameters = std::vector<std::unique_ptr<Parameter<T>>>;

template <Real T>
Parameters<T> make_parameters(const Json& initial) {
  Parameters<T> result;
  for (const Json& values : initial) {
    result.push_back(std::make_unique<Parameter<T>>(fmt::format("variable_{}", result.size()),
                                                    to_tensor<T>(values)));
  }
  return result;
}

/// The gradient of Σ g · p is g.
template <Real T>
void set_gradients(const Parameters<T>& parameters, const Json& gradients) {
  Tape<T> tape;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Parameter<T>& parameter = *parameters[i];
    parameter.zero_grad();
    if (!gradients.at(i).is_null()) {
      const Tensor<T> g = to_tensor<T>(gradients.at(i));
      tape.backward(sum(tape.parameter(parameter) * tape.constant(g)));
    }
  }
}

/// @param run  has `trajectory`; `initial` and `gradients` stand there or in the case
template <Real T>
void run_steps(const std::string& name,
               const Config& config,
               const Json& run,
               const Json& test_case,
               Comparison& comparison) {
  const auto part = [&](const char* key) -> const Json& {
    return run.contains(key) ? run.at(key) : test_case.at(key);
  };
  const Parameters<T> parameters = make_parameters<T>(part("initial"));
  std::vector<Parameter<T>*> pointers;
  for (const auto& parameter : parameters) {
    pointers.push_back(parameter.get());
  }
  const auto optimizer = make_optimizer<T>(config);
  optimizer->build(pointers);
  const Json& gradients = part("gradients");
  for (std::size_t step = 0; step < gradients.size(); ++step) {
    set_gradients(parameters, gradients[step]);
    optimizer->step();
    const auto compare = [&](const char* what, std::size_t i, TensorView<const T> found) {
      comparison.values<T>(
          fmt::format("{}{}[{}][{}]", name, what, step, i), found, run.at(what).at(step).at(i));
    };
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      compare("trajectory", i, std::as_const(*parameters[i]).value());
    }
    if (run.contains("ema")) {
      std::size_t i = 0;
      for (const OptimizerState<T>& state : optimizer->state()) {
        if (state.name.find("/average/") != std::string::npos) {
          compare("ema", i++, state.values);
        }
      }
    }
  }
}

template <Real T>
void run_schedules(const Json& test_case, Comparison& comparison) {
  for (const auto& [name, entry] : test_case.at("schedules").items()) {
    const LearningRate rate =
        make_learning_rate(nested(entry.at("class_name"), Config(entry.at("options"))));
    const Json& steps = test_case.at("steps");
    Tensor<T> found({steps.size()});
    for (std::size_t i = 0; i < steps.size(); ++i) {
      found.data()[i] = static_cast<T>(rate.at(steps[i]));
    }
    comparison.values<T>(name, found, entry.at("values"));
  }
}

}  // namespace

bool is_optimizer_kind(const std::string& kind) {
  const std::array<const char*, 4> kinds{
      "optimizer", "torch_optimizers", "tfjs_optimizers", "schedules"};
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Config optimizer_config(const Json& options) {
  Config config = nested(options.at("class_name"), Config(options));
  if (options.contains("learning_rate")) {
    config["config"]["learning_rate"] = rate_config(options.at("learning_rate"));
  }
  return config;
}

template <Real T>
void run_optimizers(const Json& test_case, Comparison& comparison) {
  const std::string kind = test_case.at("kind");
  if (kind == "schedules") {
    run_schedules<T>(test_case, comparison);
  } else if (kind == "optimizer") {
    run_steps<T>("", optimizer_config(test_case.at("options")), test_case, test_case, comparison);
  } else {
    for (const auto& [name, run] : test_case.at("runs").items()) {
      const Config config = kind == "torch_optimizers" ? torch_config(run) : tfjs_config(run);
      run_steps<T>(name + "/", config, run, test_case, comparison);
    }
  }
}

template void run_optimizers<float>(const Json&, Comparison&);
template void run_optimizers<double>(const Json&, Comparison&);

}  // namespace rondo::parity
