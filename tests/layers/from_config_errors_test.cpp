#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/check.hpp"

namespace from_config_errors_test {

using namespace rondo;
using namespace rondo::test;

namespace {

void check_refused(const Config& config, const std::string& text) {
  BOOST_TEST_CONTEXT(config.dump()) {
    RONDO_CHECK_THROWS(static_cast<void>(make_layer<float>(config)), FormatError, text);
  }
}

Config dense(const char* key, const Config& value) {
  Config config{{"class_name", "Dense"}, {"config", {{"units", 2}}}};
  config["config"][key] = value;
  return config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(from_config_errors)

BOOST_AUTO_TEST_CASE(unknown_classes_and_keys_are_named) {
  check_refused({{"class_name", "Conv2D"}, {"config", Config::object()}},
                "[make_layer] unknown class 'Conv2D', known are Bidirectional, Dense, Dropout, "
                "Embedding, GRU, GRUCell, InputLayer, LSTM, LSTMCell, LayerNormalization, Masking, "
                "RNN, Sequential, "
                "SimpleRNN, SimpleRNNCell, StackedRNNCells, TimeDistributed, V1GRUCell");
  check_refused({{"class_name", "Masking"}, {"config", {{"maskvalue", 0}}}},
                "[make_layer] Masking: unknown key 'maskvalue' (did you mean 'mask_value'?), known "
                "are dtype, trainable, "
                "batch_input_shape, mask_value, name");
  check_refused({{"class_name", "Masking"}, {"config", Config::object()}, {"options", 1}},
                "[make_layer] Masking: unknown key 'options' beside class_name and config");
  check_refused({{"class_name", "Masking"}}, "[make_layer] Masking: 'config' must be an object");
  check_refused("Masking", "[make_layer] a config must be an object with class_name and config");
}

BOOST_AUTO_TEST_CASE(values_of_a_wrong_type_are_named) {
  check_refused(dense("use_bias", 1),
                "[make_layer] Dense: 'use_bias' must be true or false, got 1");
  check_refused(dense("units", -2),
                "[make_layer] Dense: 'units' must be a whole number that is not negative, got -2");
  check_refused(dense("name", 5), "[make_layer] Dense: 'name' must be a string, got 5");
  check_refused({{"class_name", "Dropout"}, {"config", {{"rate", "0.5"}}}},
                "[make_layer] Dropout: 'rate' must be a number, got \"0.5\"");
  check_refused(dense("batch_input_shape", "big"),
                "[make_layer] Dense: 'batch_input_shape' must be an array of sizes and nulls, got "
                "\"big\"");
  check_refused({{"class_name", "LayerNormalization"}, {"config", {{"axis", 0.5}}}},
                "[make_layer] LayerNormalization: 'axis' must be a whole number of 32 bits or an "
                "array of them, got 0.5");
  check_refused({{"class_name", "Bidirectional"}, {"config", {{"merge_mode", "max"}}}},
                "[make_layer] Bidirectional: 'layer' is missing");
  Config both = Bidirectional<float>(GRU<float>({.units = 1})).config();
  both["config"]["merge_mode"] = "max";
  check_refused(
      both,
      "[make_layer] Bidirectional: unknown merge_mode 'max', known are concat, sum, mul, ave, "
      "none");
  Config rnn = RNN<float>(GRUCell<float>({.units = 1})).config();
  rnn["config"]["cell"] = Dense<float>({.units = 1}).config();
  check_refused(rnn, "[make_layer] RNN: 'cell' cannot be a Dense");
  check_refused({{"class_name", "Sequential"}, {"config", {{"layers", 3}}}},
                "[make_layer] Sequential: 'layers' must be an array of layers");
  check_refused({{"class_name", "InputLayer"}, {"config", Config::object()}},
                "[make_layer] InputLayer: 'batch_shape' is missing");
  check_refused(
      {{"class_name", "InputLayer"}, {"config", {{"batch_shape", {nullptr, 2}}, {"sparse", true}}}},
      "[make_layer] InputLayer: 'sparse' is not supported with the value true");
}

BOOST_AUTO_TEST_CASE(another_element_type_is_refused) {
  check_refused(dense("dtype", "float64"),
                "[make_layer] Dense: 'dtype' is \"float64\", the layer is made for \"float32\"");
  check_refused(
      dense("dtype", {{"class_name", "DTypePolicy"}, {"config", {{"name", "mixed_float16"}}}}),
      "[make_layer] Dense: 'dtype' is \"mixed_float16\", the layer is made for "
      "\"float32\"");
}

BOOST_AUTO_TEST_CASE(functions_that_no_config_can_make_are_named) {
  Dense<float> own({.units = 1, .activation = [](const auto& x) { return x; }});
  check_refused(own.config(),
                "[make_layer] Dense: 'activation' [activation] 'custom' is a user's own function: "
                "no config can make it again");
  check_refused(dense("kernel_initializer", {{"class_name", "Constant"}, {"config", {{"v", 1}}}}),
                "[make_layer] Dense: 'kernel_initializer' [initializer] Constant: unknown key 'v', "
                "known are value");
  check_refused(
      dense("kernel_initializer", {{"class_name", "Constant"}, {"config", {{"value", "a"}}}}),
      "[make_layer] Dense: 'kernel_initializer' [initializer] Constant: 'value' must be a number, "
      "got \"a\"");
  check_refused(
      dense("kernel_initializer", {{"class_name", "Zeros"}, {"config", {{"seed", 3}}}}),
      "[make_layer] Dense: 'kernel_initializer' [initializer] Zeros: seed must be null: a model's "
      "seed determines its weights");
  check_refused(dense("kernel_regularizer", "l3"),
                "[make_layer] Dense: 'kernel_regularizer' [regularizer] unknown name 'l3', known "
                "are l1, l2, l1_l2, orthogonal_regularizer");
  check_refused(dense("kernel_constraint", 3),
                "[make_layer] Dense: 'kernel_constraint' [constraint] expected a name or an object "
                "with class_name, got 3");
  check_refused(
      dense("kernel_initializer",
            {{"class_name", "VarianceScaling"}, {"config", {{"mode", "fan"}}}}),
      "[make_layer] Dense: 'kernel_initializer' [mode] unknown name 'fan', known are fan_in, "
      "fan_out, fan_avg");
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused_by_the_layer) {
  RONDO_CHECK_THROWS(
      static_cast<void>(make_layer<float>({{"class_name", "Dense"}, {"config", Config::object()}})),
      ArgumentError,
      "[Dense] units must be positive, got 0");
  RONDO_CHECK_THROWS(
      static_cast<void>(make_layer<float>(
          {{"class_name", "GRU"}, {"config", {{"units", 2}, {"implementation", 3}}}})),
      ArgumentError,
      "[GRU] implementation must be 1 or 2, got 3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace from_config_errors_test
