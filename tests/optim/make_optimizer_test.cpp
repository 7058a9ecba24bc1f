#include "rondo/optim/make_optimizer.hpp"

#include <nlohmann/json.hpp>

#include "rondo/optim/optim.hpp"
#include "rondo/tests/optim/optimizer_names.hpp"
#include "rondo/tests/optim/support.hpp"
#include "rondo/tests/support/golden.hpp"
#include "rondo/tests/support/keras_config.hpp"

namespace make_optimizer_test {

using namespace rondo;
using test::RealTypes;

namespace {

Config adam(const char* option, const Config& value) {
  return {{"class_name", "Adam"}, {"config", {{option, value}}}};
}

/// A config comes back from a file as it was written.
void check_round_trip(const Optimizer<double>& optimizer) {
  const Config written = optimizer.config();
  const auto again = make_optimizer<double>(Config::parse(written.dump()));
  BOOST_TEST(again->type_name() == optimizer.type_name());
  BOOST_TEST(again->config().dump() == written.dump());
}

template <class Schedule>
void check_schedule(const Schedule& schedule, const char* class_name) {
  const Config config = SGD<double>({.learning_rate = schedule}).config().at("config");
  BOOST_TEST(config.at("learning_rate").at("class_name").template get<std::string>() == class_name);
  const LearningRate again = make_learning_rate(config.at("learning_rate"));
  for (std::uint64_t step = 0; step < 30; ++step) {
    BOOST_TEST(again.at(step) == schedule(step));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(optim_make_optimizer)

BOOST_AUTO_TEST_CASE_TEMPLATE(optimizers_are_found_by_name_in_any_case, T, RealTypes) {
  for (std::string name : test::optimizer_names) {
    BOOST_TEST(make_optimizer<T>(name)->type_name() == name);
    for (char& c : name) {
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const auto optimizer = make_optimizer<T>(name);
    BOOST_TEST(!optimizer->built());
    const double rate = name == "sgd" ? 0.01 : name == "schedulefreeadamw" ? 0.0025 : 0.001;
    BOOST_TEST(optimizer->learning_rate() == rate);
  }
}

BOOST_AUTO_TEST_CASE(a_config_holds_options_under_the_names_of_keras) {
  RMSprop<float> optimizer({.learning_rate = 0.25, .momentum = 0.5, .clipnorm = 2.0});
  optimizer.set_learning_rate(0.125);
  const Config config = optimizer.config();
  BOOST_TEST(config.at("class_name").get<std::string>() == "RMSprop");
  const Config& options = config.at("config");
  BOOST_TEST(options.at("learning_rate").get<double>() == 0.125);
  BOOST_TEST(options.at("rho").get<double>() == 0.9);
  BOOST_TEST(options.at("momentum").get<double>() == 0.5);
  BOOST_TEST(options.at("clipnorm").get<double>() == 2.0);
  BOOST_TEST(options.at("weight_decay").is_null());
  BOOST_TEST(!options.at("use_ema").get<bool>());
}

BOOST_AUTO_TEST_CASE(every_config_makes_the_same_optimizer_again) {
  for (const std::string& name : test::optimizer_names) {
    BOOST_TEST_CONTEXT(name) {
      check_round_trip(*make_optimizer<double>(name));
      check_round_trip(*test::make_busy_optimizer<double>(name));
    }
  }
  check_round_trip(SGD<double>(SGDOptions::torch()));
  check_round_trip(RMSprop<double>(RMSpropOptions::tfjs()));
  check_round_trip(Nadam<double>(NadamOptions::torch()));
  check_round_trip(Adadelta<double>(AdadeltaOptions::tfjs()));
  check_round_trip(AdamW<double>(AdamWOptions::torch()));
  check_round_trip(Muon<double>({.exclude_layers = {"head", "tail"}, .rms_rate = {}}));
}

BOOST_AUTO_TEST_CASE(every_schedule_has_a_config) {
  check_schedule(
      ExponentialDecay({.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5}),
      "ExponentialDecay");
  check_schedule(
      InverseTimeDecay(
          {.initial_learning_rate = 0.1, .decay_steps = 7, .decay_rate = 0.5, .staircase = true}),
      "InverseTimeDecay");
  check_schedule(PiecewiseConstantDecay({.boundaries = {3, 8}, .values = {0.3, 0.2, 0.1}}),
                 "PiecewiseConstantDecay");
  check_schedule(PolynomialDecay(
                     {.initial_learning_rate = 0.1, .decay_steps = 7, .power = 2.0, .cycle = true}),
                 "PolynomialDecay");
  const CosineDecay cosine({.initial_learning_rate = 0.1,
                            .decay_steps = 7,
                            .alpha = 0.1,
                            .warmup_target = 0.5,
                            .warmup_steps = 3});
  check_schedule(cosine, "CosineDecay");
  check_schedule(CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = 7}),
                 "CosineDecayRestarts");
  check_schedule(LinearWarmup({.learning_rate = cosine, .warmup_steps = 5}), "LinearWarmup");
}

// As Keras writes them.
BOOST_AUTO_TEST_CASE(labels_of_keras_are_read_over) {
  const Config config = Config::parse(R"({
    "module": "keras.optimizers", "class_name": "Adam", "registered_name": null,
    "config": {"name": "adam", "beta_1": 0.5, "clipnorm": null, "learning_rate": {
      "module": "keras.optimizers.schedules", "class_name": "ExponentialDecay",
      "config": {"initial_learning_rate": 0.5, "decay_steps": 10.0, "decay_rate": 0.5,
                 "staircase": false, "name": "ExponentialDecay"},
      "registered_name": null}}})");
  const auto optimizer = make_optimizer<float>(config);
  BOOST_TEST(optimizer->has_schedule());
  BOOST_TEST(optimizer->learning_rate() == 0.5);
  BOOST_TEST(optimizer->config().at("config").at("beta_1").get<double>() == 0.5);
}

// tests/golden/keras_configs/make.py
BOOST_AUTO_TEST_CASE(what_keras_writes_of_every_optimizer_is_read) {
  const nlohmann::json all = test::read_golden("tests/golden/keras_configs/optimizers.json");
  BOOST_TEST(all.size() == 2 * test::optimizer_names.size());
  for (const auto& [name, written] : all.items()) {
    BOOST_TEST_CONTEXT(name) {
      nlohmann::json options = test::without_labels(written);
      options["config"].erase("name");
      if (options["config"]["learning_rate"].is_object()) {
        options["config"]["learning_rate"]["config"].erase("name");
      }
      test::check_contains(make_optimizer<double>(Config(written))->config(), options);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_function_of_ones_own_cannot_be_read_back) {
  const SGD<float> optimizer({.learning_rate = [](std::uint64_t) { return 0.5; }});
  const Config config = optimizer.config();
  BOOST_TEST(config.at("config").at("learning_rate").dump() == R"({"class_name":"function"})");
  RONDO_CHECK_THROWS(make_optimizer<float>(config),
                     ArgumentError,
                     "[make_learning_rate] unknown name 'function', known are ExponentialDecay, "
                     "InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay, CosineDecay, "
                     "CosineDecayRestarts, LinearWarmup");
}

BOOST_AUTO_TEST_CASE(unknown_names_are_refused_with_the_known_ones) {
  const std::string text =
      "[make_optimizer] unknown name 'adan' (did you mean 'Adam'?), known are SGD, RMSprop, Adam, "
      "AdamW, Adadelta, Adagrad, Adamax, Adafactor, Nadam, Ftrl, Lion, Lamb, Muon, "
      "ScheduleFreeAdamW";
  RONDO_CHECK_THROWS(make_optimizer<float>("adan"), ArgumentError, text);
  RONDO_CHECK_THROWS(make_optimizer<float>(Config{{"class_name", "adan"}}), ArgumentError, text);
  RONDO_CHECK_THROWS(make_optimizer<float>(adam("betas", 1.0)),
                     ArgumentError,
                     "[Adam] unknown key 'betas' (did you mean 'beta_1'?), known are "
                     "learning_rate, beta_1, beta_2, "
                     "epsilon, amsgrad, epsilon_hat, weight_decay, clipnorm, clipvalue, "
                     "global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, "
                     "loss_scale_factor, gradient_accumulation_steps, require_all, "
                     "decoupled_weight_decay, name");
  RONDO_CHECK_THROWS(make_optimizer<float>(Config{{"class_name", "Adam"}, {"options", 1}}),
                     ArgumentError,
                     "[make_optimizer] a config has no key 'options'");
}

BOOST_AUTO_TEST_CASE(values_of_a_wrong_type_are_refused) {
  RONDO_CHECK_THROWS(make_optimizer<float>(Config(3)),
                     ArgumentError,
                     "[make_optimizer] a config must have a class_name, got 3");
  RONDO_CHECK_THROWS(make_learning_rate(Config("fast")),
                     ArgumentError,
                     "[make_learning_rate] a config must have a class_name, got \"fast\"");
  RONDO_CHECK_THROWS(make_optimizer<float>(Config{{"class_name", "Adam"}, {"config", 3}}),
                     ArgumentError,
                     "[Adam] config must be an object, got 3");
  RONDO_CHECK_THROWS(make_optimizer<float>(adam("beta_1", "0.9")),
                     ArgumentError,
                     "[Adam] 'beta_1' must be a number, got \"0.9\"");
  RONDO_CHECK_THROWS(make_optimizer<float>(adam("amsgrad", 1)),
                     ArgumentError,
                     "[Adam] 'amsgrad' must be true or false, got 1");
  RONDO_CHECK_THROWS(make_optimizer<float>(adam("gradient_accumulation_steps", 2.5)),
                     ArgumentError,
                     "[Adam] 'gradient_accumulation_steps' must be a whole number that is not "
                     "negative, got 2.5");
  const Config muon{{"class_name", "Muon"}, {"config", {{"exclude_layers", "head"}}}};
  RONDO_CHECK_THROWS(make_optimizer<float>(muon),
                     ArgumentError,
                     "[Muon] 'exclude_layers' must be a list, each entry a string, got \"head\"");
  const Config number{{"class_name", "Muon"}, {"config", {{"exclude_layers", {1}}}}};
  RONDO_CHECK_THROWS(make_optimizer<float>(number),
                     ArgumentError,
                     "[Muon] 'exclude_layers' must be a list, each entry a string, got [1]");
  RONDO_CHECK_THROWS(make_optimizer<float>(adam("beta_1", 2.0)),
                     ArgumentError,
                     "[Adam] beta_1 must lie in [0, 1), got 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace make_optimizer_test
