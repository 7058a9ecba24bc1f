#include "rondo/layers/dense.hpp"

#include <nlohmann/json.hpp>

#include "rondo/tests/support/layer_test.hpp"

namespace dense_test {

using namespace rondo;
using namespace rondo::test;

namespace {

const std::vector<std::string> dense_options{"units",
                                             "activation",
                                             "use_bias",
                                             "kernel_initializer",
                                             "bias_initializer",
                                             "kernel_regularizer",
                                             "bias_regularizer",
                                             "activity_regularizer",
                                             "kernel_constraint",
                                             "bias_constraint"};

}  // namespace

BOOST_AUTO_TEST_SUITE(dense)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test([]<class T>() { return Dense<T>({.units = 3}); },
                 {4, 2},
                 {.output_shape = {4, 3},
                  .weights = {{"dense/kernel", {2, 3}}, {"dense/bias", {3}}},
                  .options = dense_options});
}

BOOST_AUTO_TEST_CASE(does_it_with_every_option_and_more_axes) {
  const auto make = []<class T>() {
    return Dense<T>({.units = 5,
                     .activation = "tanh",
                     .kernel_initializer = "he_normal",
                     .bias_initializer = "ones",
                     .kernel_regularizer = "l2",
                     .bias_regularizer = "l1_l2",
                     .activity_regularizer = "l1",
                     .kernel_constraint = "max_norm",
                     .bias_constraint = "non_neg",
                     .name = "head"});
  };
  run_layer_test(make,
                 {2, 3, 4},
                 {.output_shape = {2, 3, 5},
                  .weights = {{"head/kernel", {4, 5}}, {"head/bias", {5}}},
                  .options = dense_options,
                  .weight_penalties = 2,
                  .activity_penalties = 1});
}

BOOST_AUTO_TEST_CASE(does_it_without_bias) {
  run_layer_test([]<class T>() { return Dense<T>({.units = 1, .use_bias = false}); },
                 {3, 2, 2, 4},
                 {.output_shape = {3, 2, 2, 1},
                  .weights = {{"dense/kernel", {4, 1}}},
                  .options = dense_options});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(computes_activation_of_x_kernel_plus_bias, T, RealTypes) {
  const auto kernel = Tensor<double>::from_values({2, 3}, {1, 2, 3, 4, 5, 6});
  const auto bias = Tensor<double>::from_values({3}, {0.5, -20, 1});
  Dense<T> layer({.units = 3,
                  .activation = "relu",
                  .kernel_initializer = initializers::values(kernel),
                  .bias_initializer = initializers::values(bias)});
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::from_values({2, 2}, {1, 2, -1, 0.5}));
  check_close(layer(x), {9.5, 0, 16, 1.5, 0, 1});
}

BOOST_AUTO_TEST_CASE(divides_the_activity_penalty_by_the_batch) {
  Dense<double> layer(
      {.units = 1, .kernel_initializer = "ones", .activity_regularizer = regularizers::l2(0.5)});
  Tape<double> tape;
  layer(tape.constant(Tensor<double>::from_values({4, 1}, {1, 2, 3, 4})));
  BOOST_REQUIRE_EQUAL(tape.losses().size(), 1);
  BOOST_CHECK_CLOSE(tape.losses()[0].item(), 0.5 * 30 / 4, 1e-12);
}

BOOST_AUTO_TEST_CASE(takes_an_empty_activation_as_linear) {
  Dense<double> layer({.units = 1, .activation = {}, .kernel_initializer = "ones"});
  Tape<double> tape;
  check_close(layer(tape.constant(Tensor<double>::from_values({1, 2}, {3, -5}))), {-2});
}

BOOST_AUTO_TEST_CASE(hands_its_constraints_to_the_parameters) {
  Dense<double> layer({.units = 1, .kernel_constraint = "non_neg"});
  layer.build({2});
  auto values = Tensor<double>::from_values({2, 1}, {-1, 2});
  layer.weights()[0]->constraint(values.view());
  check_close<double>(values, {0, 2});
  BOOST_CHECK(!layer.weights()[1]->constraint);
}

BOOST_AUTO_TEST_CASE(is_refused_without_units) {
  RONDO_CHECK_THROWS(Dense<float>({}), ArgumentError, "[Dense] units must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(needs_a_feature_axis) {
  Dense<float> layer({.units = 2});
  const char* const text = "inputs need a feature axis: [N, .., F]";
  RONDO_CHECK_THROWS(
      static_cast<void>(layer.output_shape({})), ShapeError, std::string("[Dense] ") + text);
  RONDO_CHECK_THROWS(layer.build({}), ShapeError, std::string("[dense] ") + text);
}

BOOST_AUTO_TEST_CASE(refuses_inputs_that_do_not_fit) {
  Dense<float> layer({.units = 2});
  layer.build({3});
  Tape<float> tape;
  RONDO_CHECK_THROWS(layer(tape.constant(Tensor<float>::zeros({5, 4}))),
                     ShapeError,
                     "[dense] expected inputs with 3 features, found 4: inputs (5, 4)");
  RONDO_CHECK_THROWS(layer(tape.constant(Tensor<float>::zeros({3}))),
                     ShapeError,
                     "[dense] expected inputs of rank 2, found rank 1: inputs (3)");
}

BOOST_AUTO_TEST_CASE(writes_its_config_in_keras_words) {
  const Dense<float> layer({.units = 4,
                            .activation = [](const auto& x) { return x * x; },
                            .kernel_regularizer = regularizers::l1(0.25),
                            .trainable = false});
  const Config config = layer.config();
  BOOST_CHECK_EQUAL(config["class_name"], "Dense");
  const Config& c = config["config"];
  BOOST_CHECK_EQUAL(c["name"], "dense");
  BOOST_CHECK_EQUAL(c["trainable"], false);
  BOOST_CHECK_EQUAL(c["dtype"], "float32");
  BOOST_CHECK_EQUAL(c["units"], 4);
  BOOST_CHECK_EQUAL(c["activation"], "custom");
  BOOST_CHECK_EQUAL(c["kernel_initializer"].dump(),
                    R"({"class_name":"GlorotUniform","config":{}})");
  BOOST_CHECK_EQUAL(c["kernel_regularizer"].dump(), R"({"class_name":"L1","config":{"l1":0.25}})");
  BOOST_CHECK(c["bias_regularizer"].is_null());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dense_test
