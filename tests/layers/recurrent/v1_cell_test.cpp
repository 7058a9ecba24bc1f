// Variables and legacy methods of the GRU cell of TensorFlow 1. Its numbers are compared by
// `rondo_parity`.
#include <cmath>

#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace v1_cell_test {

using namespace rondo;
using test::check_close;

namespace {

const std::vector<std::string> variables{
    "gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"};

Variable<float> inputs(Tape<float>& tape) {
  return tape.constant(test::random_tensor<float>({2, 3}, 1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(v1_gru_cell)

BOOST_AUTO_TEST_CASE(variables_start_as_in_tensorflow) {
  V1GRUCell<double> cell({.num_units = 4});
  cell.build({3});
  const auto weights = cell.weights();
  BOOST_REQUIRE_EQUAL(weights.size(), 4);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    BOOST_TEST(weights[i]->path() == "v1_gru_cell/" + variables[i]);
  }
  BOOST_TEST(weights[0]->shape() == (Shape{7, 8}));
  BOOST_TEST(weights[2]->shape() == (Shape{7, 4}));
  check_close(weights[1]->value(), std::vector<double>(8, 1.0));
  check_close(weights[3]->value(), std::vector<double>(4, 0.0));
  const double limits[]{std::sqrt(6.0 / 15.0), std::sqrt(6.0 / 11.0)};  // glorot of each matrix
  for (const std::size_t i : {0, 1}) {
    const auto values = test::values<double>(weights[2 * i]->value());
    BOOST_TEST(*std::ranges::max_element(values) <= limits[i]);
    BOOST_TEST(*std::ranges::max_element(values) > 0.7 * limits[i]);
  }
}

BOOST_AUTO_TEST_CASE(a_given_bias_initializer_holds_for_both_biases) {
  V1GRUCell<float> cell({.num_units = 1,
                         .kernel_initializer = "ones",
                         .bias_initializer = initializers::constant(0.5)});
  cell.build({1});
  check_close(cell.weights()[0]->value(), {1, 1, 1, 1});
  check_close(cell.weights()[1]->value(), {0.5, 0.5});
  check_close(cell.weights()[3]->value(), {0.5});
}

BOOST_AUTO_TEST_CASE(no_activation_is_tanh) {
  BOOST_TEST(V1GRUCell<float>({.num_units = 1}).config()["config"]["activation"] == "tanh");
  V1GRUCell<double> cell(
      {.num_units = 1, .activation = Activation(), .kernel_initializer = "ones"});
  Tape<double> tape;
  const auto one = tape.constant(Tensor<double>::full({1, 1}, 1.0));
  // x = h = 1: r = z = σ(3), c = tanh(1 + r)
  const double gate = 1.0 / (1.0 + std::exp(-3.0));
  check_close(cell(one, {.initial_state = std::span(&one, 1)}),
              {gate + (1.0 - gate) * std::tanh(1.0 + gate)});
}

BOOST_AUTO_TEST_CASE(variables_of_a_name_are_made_once) {
  VariableStore store;
  V1GRUCell<float> first({.num_units = 2, .name = "gru", .variables = &store});
  first.build({3}, 1);
  V1GRUCell<float> second({.num_units = 2, .name = "gru", .variables = &store});
  RONDO_CHECK_THROWS(second.build({3}),
                     ArgumentError,
                     "[V1GRUCell] variable 'gru/gates/kernel' exists already: set reuse = true to "
                     "share it");
  V1GRUCell<float> other({.num_units = 2, .reuse = true, .name = "other", .variables = &store});
  RONDO_CHECK_THROWS(other.build({3}),
                     ArgumentError,
                     "[V1GRUCell] reuse: there is no variable 'other/gates/kernel' yet");
  V1GRUCell<float> wider({.num_units = 4, .reuse = true, .name = "gru", .variables = &store});
  RONDO_CHECK_THROWS(wider.build({3}),
                     ShapeError,
                     "[V1GRUCell] reuse: variable 'gru/gates/kernel' has another shape: expected "
                     "(7, 8), found (5, 4)");
  RONDO_CHECK_THROWS(V1GRUCell<float>({.num_units = 2, .reuse = true}),
                     ArgumentError,
                     "[V1GRUCell] reuse = true needs variables, the store that has them");
}

BOOST_AUTO_TEST_CASE(reused_variables_are_shared) {
  VariableStore store;
  V1GRUCell<double> first(
      {.num_units = 2, .name = "gru", .regularizer = "l2", .variables = &store});
  V1GRUCell<double> second(
      {.num_units = 2, .reuse = true, .name = "gru", .regularizer = "l2", .variables = &store});
  first.build({3}, 1);
  second.build({3}, 2);
  BOOST_TEST(first.weights() == second.weights());
  Tape<double> tape;
  const auto x = tape.constant(test::random_tensor<double>({2, 3}, 3));
  const auto h = tape.constant(Tensor<double>::zeros({2, 2}));
  const auto once = first.apply(x, h).first;
  tape.backward(sum(once));
  const auto single = test::values<double>(first.weights()[0]->grad());
  first.weights()[0]->zero_grad();
  tape.backward(sum(once + second.apply(x, h).first));
  std::vector<double> twice;
  std::ranges::transform(single, std::back_inserter(twice), [](double g) { return 2.0 * g; });
  check_close<double>(first.weights()[0]->grad(), twice);
}

BOOST_AUTO_TEST_CASE(a_model_lists_a_shared_variable_once) {
  VariableStore store;
  V1GRUCell<float> maker({.num_units = 3, .name = "rnn/gru", .variables = &store});
  maker.build({3});
  const V1GRUCellOptions sharing{.num_units = 3, .reuse = true, .name = "gru", .variables = &store};
  RNN<float> layer(V1GRUCell<float>(sharing), {.name = "rnn"});
  layer.build({2, 3});
  BOOST_TEST(layer.weights() == maker.weights());
  Sequential<float> model{
      RNN<float>(V1GRUCell<float>(sharing), {.return_sequences = true, .name = "rnn"}),
      rondo::Dropout<float>({.rate = 0.5})};
  model.build({2, 3});
  BOOST_TEST(model.weights() == maker.weights());
}

BOOST_AUTO_TEST_CASE(legacy_methods_answer) {
  V1GRUCell<float> cell({.num_units = 2});
  BOOST_TEST(cell.output_size() == 2);
  BOOST_TEST(cell.state_size() == 2);
  RONDO_CHECK_THROWS(static_cast<void>(cell.scope_name()),
                     StateError,
                     "[V1GRUCell] scope_name: there is no scope before the variables are made");
  RONDO_CHECK_THROWS(cell.graph(),
                     StateError,
                     "[V1GRUCell] graph is not supported: a tape records calls as they run");
  Tape<float> tape;
  const auto x = inputs(tape);
  const auto h = tape.constant(cell.zero_state(2, "float32"));
  const auto y = cell.apply(x, {.initial_state = std::span(&h, 1)});
  test::check_equal(y.value(), cell(x, {.initial_state = std::span(&h, 1)}).value());
  test::check_equal(y.value(), cell.apply(x, h).second.value());
  BOOST_TEST(cell.scope_name() == "v1_gru_cell");
  BOOST_TEST(cell.get_updates_for(x).empty());
}

BOOST_AUTO_TEST_CASE(the_zero_state_is_kept_while_the_batch_is_the_same) {
  V1GRUCell<double> cell({.num_units = 2});
  const Tensor<double>& state = cell.zero_state(3, "float64");
  check_close(state, std::vector<double>(6, 0.0));
  BOOST_TEST(state.shape() == (Shape{3, 2}));
  const double* const values = state.data();
  BOOST_TEST(cell.get_initial_state({.batch_size = 3, .dtype = "float64"}).data() == values);
  BOOST_TEST(cell.zero_state(1, "float64").shape() == (Shape{1, 2}));
}

BOOST_AUTO_TEST_CASE(the_initial_state_follows_inputs_or_arguments) {
  V1GRUCell<float> cell({.num_units = 2});
  Tape<float> tape;
  const auto x = inputs(tape);
  BOOST_TEST(cell.get_initial_state({.inputs = x}).shape() == (Shape{2, 2}));
  BOOST_TEST(cell.get_initial_state({.inputs = x, .batch_size = 2, .dtype = "float32"}).shape() ==
             (Shape{2, 2}));
  RONDO_CHECK_THROWS(cell.get_initial_state({.inputs = x, .batch_size = 3}),
                     ArgumentError,
                     "[get_initial_state] batch_size is 3, the inputs have a batch of 2");
  RONDO_CHECK_THROWS(cell.get_initial_state({.inputs = x, .dtype = "float64"}),
                     ArgumentError,
                     "[get_initial_state] dtype is 'float64', the inputs are float32");
  RONDO_CHECK_THROWS(cell.get_initial_state({.batch_size = 3}),
                     ArgumentError,
                     "[get_initial_state] give inputs, or both batch_size and dtype");
  RONDO_CHECK_THROWS(cell.get_initial_state({.dtype = "float32"}),
                     ArgumentError,
                     "[get_initial_state] give inputs, or both batch_size and dtype");
}

BOOST_AUTO_TEST_CASE(only_its_own_floating_point_type_is_accepted) {
  RONDO_CHECK_THROWS(V1GRUCell<float>({.num_units = 2, .dtype = "int32"}),
                     ArgumentError,
                     "[V1GRUCell] expected a floating-point type, got dtype 'int32'");
  RONDO_CHECK_THROWS(V1GRUCell<float>({.num_units = 2, .dtype = "float64"}),
                     ArgumentError,
                     "[V1GRUCell] the cell computes in float32, got dtype 'float64'");
  V1GRUCell<float> cell({.num_units = 2, .dtype = "float32"});
  RONDO_CHECK_THROWS(cell.zero_state(1, "int64"),
                     ArgumentError,
                     "[zero_state] expected a floating-point type, got dtype 'int64'");
}

BOOST_AUTO_TEST_CASE(inputs_and_sizes_that_do_not_fit_are_refused) {
  RONDO_CHECK_THROWS(V1GRUCell<float>({.num_units = 0}),
                     ArgumentError,
                     "[V1GRUCell] num_units must be positive, got 0");
  V1GRUCell<float> cell({.num_units = 2});
  RONDO_CHECK_THROWS(cell.build({4, 3}),
                     ShapeError,
                     "[v1_gru_cell] expected inputs [N, features], found [N, 4, 3]");
  RONDO_CHECK_THROWS(cell.build({0}),
                     ShapeError,
                     "[v1_gru_cell] the last axis of the inputs must be known, found [N, 0]");
  cell.build({3});
  Tape<float> tape;
  const auto wrong = tape.constant(Tensor<float>::zeros({2, 4, 3}));
  const auto h = tape.constant(Tensor<float>::zeros({2, 2}));
  RONDO_CHECK_THROWS(cell.apply(wrong, h),
                     ShapeError,
                     "[v1_gru_cell] expected inputs of rank 2, found rank 3: inputs (2, 4, 3)");
  RONDO_CHECK_THROWS(cell(inputs(tape)),
                     ArgumentError,
                     "[v1_gru_cell] expected 1 state(s) in initial_state, found 0");
}

BOOST_AUTO_TEST_CASE(losses_belong_to_the_inputs_that_caused_them) {
  V1GRUCell<double> cell({.num_units = 2,
                          .activity_regularizer = regularizers::l2(1.0),
                          .regularizer = regularizers::l1(1.0)});
  cell.build({3});
  const auto ones = Tensor<double>::full({1, 3}, 1.0);
  for (int pass = 0; pass < 2; ++pass) {  // what an earlier pass recorded is gone
    Tape<double> tape;
    const auto x = tape.constant(ones);
    const auto other = tape.constant(ones);
    const auto h = tape.constant(Tensor<double>::zeros({1, 2}));
    const auto y = cell.apply(x, h).first;
    const auto losses = cell.get_losses_for(x);
    BOOST_REQUIRE_EQUAL(losses.size(), 1);
    check_close(losses[0], {sum(square(y)).item()});
    BOOST_TEST(cell.get_losses_for(other).empty());
    cell.apply(x, h);
    BOOST_TEST(cell.get_losses_for(x).size() == 2);
    const auto weight_losses = cell.get_losses_for(nullptr, tape);
    BOOST_REQUIRE_EQUAL(weight_losses.size(), 4);
    check_close(weight_losses[1], {4.0});  // gates/bias is 1
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(v1_gru_cell_gradient)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does_inside_rnn) {
  test::run_layer_test(
      []<class T>() {
        return RNN<T>(V1GRUCell<T>({.num_units = 2,
                                    .activation = "softsign",
                                    .kernel_initializer = "he_normal",
                                    .bias_initializer = "random_normal",
                                    .activity_regularizer = "l2",
                                    .regularizer = "l1"}));
      },
      {3, 4, 2},
      {.output_shape = {3, 2},
       .weights = {{"rnn/v1_gru_cell/gates/kernel", {4, 4}},
                   {"rnn/v1_gru_cell/gates/bias", {4}},
                   {"rnn/v1_gru_cell/candidate/kernel", {4, 2}},
                   {"rnn/v1_gru_cell/candidate/bias", {2}}},
       .options = {"cell",
                   "return_sequences",
                   "return_state",
                   "go_backwards",
                   "stateful",
                   "unroll",
                   "time_major",
                   "zero_output_for_mask",
                   "masked_output",
                   "prefer_stored_state",
                   "propagate_mask",
                   "activity_regularizer"},
       .weight_penalties = 4,
       .activity_penalties = 4});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace v1_cell_test
