#include <map>

#include "rondo/tests/layers/recurrent/support.hpp"

namespace gru_cell_test {

using namespace rondo;
using test::check_close;
using test::doubles;
using test::random_tensor;
using test::RealTypes;

namespace {

using Function = double (*)(double);

const std::map<std::string, Function> functions{
    {"tanh", [](double x) { return std::tanh(x); }},
    {"sigmoid", [](double x) { return 1.0 / (1.0 + std::exp(-x)); }},
    {"hard_sigmoid", [](double x) { return std::clamp(x / 6.0 + 0.5, 0.0, 1.0); }},
    {"hard_sigmoid_keras2", [](double x) { return std::clamp(0.2 * x + 0.5, 0.0, 1.0); }},
    {"relu", [](double x) { return std::max(x, 0.0); }},
    {"softsign", [](double x) { return x / (1.0 + std::abs(x)); }},
    {"linear", [](double x) { return x; }},
};

const std::vector<std::pair<std::string, std::string>> activation_pairs{
    {"tanh", "sigmoid"},
    {"relu", "hard_sigmoid"},
    {"softsign", "hard_sigmoid_keras2"},
    {"linear", "sigmoid"},
};

/// Calls f with every combination of use_bias, reset_after and activations.
template <class F>
void for_each_option(F f) {
  for (const bool use_bias : {true, false}) {
    for (const bool reset_after : {true, false}) {
      for (const auto& [activation, recurrent_activation] : activation_pairs) {
        BOOST_TEST_CONTEXT("bias " << use_bias << ", reset_after " << reset_after << ", "
                                   << activation << ", " << recurrent_activation) {
          f(GRUCellOptions{.units = 3,
                           .activation = activation,
                           .recurrent_activation = Activation(recurrent_activation),
                           .use_bias = use_bias,
                           .reset_after = reset_after});
        }
      }
    }
  }
}

template <Real T>
GRUCell<T> random_cell(GRUCellOptions options, std::size_t features = 4) {
  GRUCell<T> cell(std::move(options));
  cell.build({features});
  test::randomize(cell, 1);
  return cell;
}

test::ReferenceStep reference(const GRUCellOptions& options,
                              const std::vector<Parameter<double>*>& weights) {
  test::ReferenceStep step{
      .units = options.units,
      .reset_after = *options.reset_after,
      .kernel = doubles(weights[0]->value()),
      .recurrent_kernel = doubles(weights[1]->value()),
      .activation = functions.at(options.activation.name()),
      .recurrent_activation = functions.at(options.recurrent_activation->name())};
  if (options.use_bias) {
    const auto bias = doubles(weights[2]->value());
    const auto columns = static_cast<std::ptrdiff_t>(3 * options.units);
    step.bias.assign(bias.begin(), bias.begin() + columns);
    step.recurrent_bias.assign(bias.begin() + columns, bias.end());
  }
  return step;
}

/// The new state for two samples.
template <Real T>
Variable<T> step_once(GRUCell<T>& cell, Tape<T>& tape, bool training = false) {
  const auto x = tape.variable(random_tensor<T>({2, 4}, 10, -2, 2));
  const std::array h{tape.variable(random_tensor<T>({2, 3}, 20))};
  return cell(x, {.training = training, .initial_state = h});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru_cell)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_follows_the_formulas_for_all_options, T, RealTypes) {
  for_each_option([](GRUCellOptions options) {
    const auto x = random_tensor<double>({2, 4}, 10, -2, 2);
    const auto h = random_tensor<double>({2, 3}, 20);
    const auto original = random_cell<double>(options);
    const auto step = reference(options, original.weights());
    std::vector<double> expected;
    for (const std::ptrdiff_t n : {0, 1}) {
      const auto next =
          step({x.data() + 4 * n, x.data() + 4 * n + 4}, {h.data() + 3 * n, h.data() + 3 * n + 3});
      expected.insert(expected.end(), next.begin(), next.end());
    }
    for (const int implementation : {1, 2}) {
      options.implementation = implementation;
      auto cell = random_cell<T>(options);
      Tape<T> tape;
      check_close(step_once(cell, tape), expected);
    }
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(both_implementations_have_the_same_gradients, T, RealTypes) {
  for_each_option([](GRUCellOptions options) {
    options.implementation = 1;
    auto one = random_cell<T>(options);
    options.implementation = 2;
    auto two = random_cell<T>(options);
    Tape<T> tape;
    tape.backward(sum(square(step_once(one, tape)) + square(step_once(two, tape))));
    for (std::size_t i = 0; i < one.weights().size(); ++i) {
      const auto expected = doubles(one.weights()[i]->grad());
      check_close(two.weights()[i]->grad(), expected, 5 * test::tolerance<T>);
    }
  });
}

BOOST_AUTO_TEST_CASE(implementation_2_is_the_default) {
  BOOST_TEST(GRUCell({.units = 3}).implementation() == 2);
  BOOST_TEST(GRUCell({.units = 3, .implementation = 1}).implementation() == 1);
}

BOOST_AUTO_TEST_CASE(recurrent_dropout_switches_to_implementation_1) {
  BOOST_TEST(GRUCell({.units = 3, .recurrent_dropout = 0.1}).implementation() == 1);
  BOOST_TEST(
      GRUCell({.units = 3, .recurrent_dropout = 0.1, .implementation = 2}).implementation() == 1);
  BOOST_TEST(GRUCell({.units = 3, .dropout = 0.1}).implementation() == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_output_is_the_new_state, T, RealTypes) {
  GRUCell<T> cell({.units = 3});
  Tape<T> tape;
  const std::array h{tape.constant(Tensor<T>::zeros({2, 3}))};
  const auto [output, states] =
      cell.run(tape.constant(random_tensor<T>({2, 4}, 1)), {.initial_state = h});
  BOOST_TEST(states.size() == 1);
  BOOST_TEST(output.value().data() == states[0].value().data());
  BOOST_TEST(output.shape() == (Shape{2, 3}));
  BOOST_TEST(cell.output_shape({4}) == Shape{3});
  BOOST_TEST(cell.state_shapes() == std::vector<Shape>{{3}}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_user_s_activations_are_used) {
  const auto half = [](const auto& x) { return x * 0.5; };
  GRUCell<double> cell({.units = 1,
                        .activation = half,
                        .recurrent_activation = Activation(half),
                        .kernel_initializer = "ones",
                        .recurrent_initializer = "zeros"});
  Tape<double> tape;
  const std::array h{tape.constant(Tensor<double>::full({1, 1}, 3.0))};
  // x = 0.8: z = 0.4, candidate 0.4; h' = 0.4·3 + 0.6·0.4
  check_close(cell(tape.constant(Tensor<double>::full({1, 1}, 0.8)), {.initial_state = h}), {1.44});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_activation_of_none_is_linear, T, RealTypes) {
  auto none = random_cell<T>({.units = 3, .activation = {}, .recurrent_activation = Activation{}});
  auto linear =
      random_cell<T>({.units = 3, .activation = "linear", .recurrent_activation = "linear"});
  Tape<T> tape;
  test::check_equal(step_once(none, tape).value(), step_once(linear, tape).value());
}

BOOST_AUTO_TEST_CASE(the_default_weights_are_those_of_keras) {
  GRUCell<double> cell({.units = 3});
  cell.build({4}, 7);
  const auto weights = cell.weights();
  const double limit = std::sqrt(6.0 / (4 + 9));
  BOOST_TEST(std::ranges::max(doubles(weights[0]->value())) <= limit);
  BOOST_TEST(std::ranges::min(doubles(weights[0]->value())) >= -limit);
  const auto u = weights[1]->value();
  for (std::size_t i = 0; i < 3; ++i) {  // the rows of the whole matrix are orthonormal
    for (std::size_t j = 0; j < 3; ++j) {
      double dot = 0.0;
      for (std::size_t k = 0; k < 9; ++k) {
        dot += u[9 * i + k] * u[9 * j + k];
      }
      BOOST_TEST(std::abs(dot - (i == j ? 1.0 : 0.0)) < 1e-12);
    }
  }
  check_close(weights[2]->value(), std::vector<double>(18, 0.0));
}

BOOST_AUTO_TEST_CASE(weights_have_the_names_order_and_shapes_of_keras) {
  GRUCell cell({.units = 3});
  cell.build({4});
  const auto weights = cell.weights();
  BOOST_REQUIRE(weights.size() == 3);
  BOOST_TEST(weights[0]->path() == "gru_cell/kernel");
  BOOST_TEST(weights[1]->path() == "gru_cell/recurrent_kernel");
  BOOST_TEST(weights[2]->path() == "gru_cell/bias");
  BOOST_TEST(weights[0]->shape() == (Shape{4, 9}));
  BOOST_TEST(weights[1]->shape() == (Shape{3, 9}));
  BOOST_TEST(weights[2]->shape() == (Shape{2, 9}));
  BOOST_TEST(cell.count_parameters() == 36 + 27 + 18);
}

BOOST_AUTO_TEST_CASE(the_bias_depends_on_use_bias_and_reset_after) {
  GRUCell without({.units = 3, .use_bias = false});
  without.build({4});
  BOOST_TEST(without.weights().size() == 2);
  GRUCell before({.units = 3, .reset_after = false});
  before.build({4});
  BOOST_TEST(before.weights()[2]->shape() == Shape{9});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_weight_changed_between_two_steps_of_a_pass_takes_effect,
                              T,
                              RealTypes) {
  for (const int implementation : {1, 2}) {
    auto cell =
        random_cell<T>({.units = 3, .reset_after = false, .implementation = implementation});
    auto other =
        random_cell<T>({.units = 3, .reset_after = false, .implementation = implementation});
    Tape<T> tape;
    step_once(cell, tape);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto value = random_tensor<T>(cell.weights()[i]->shape(), 40 + i);
      cell.weights()[i]->assign(value);
      other.weights()[i]->assign(value);
      Tape<T> fresh;
      test::check_equal(step_once(cell, tape).value(), step_once(other, fresh).value());
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_without_recording_does_not_cut_later_gradients, T, RealTypes) {
  for (const int implementation : {1, 2}) {
    auto cell = random_cell<T>({.units = 3, .implementation = implementation});
    Tape<T> tape;
    {
      const auto guard = tape.no_grad();
      BOOST_TEST(!step_once(cell, tape).requires_grad());
    }
    tape.backward(sum(step_once(cell, tape)));
    for (const Parameter<T>* parameter : cell.weights()) {
      BOOST_TEST(parameter->has_grad());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_layer_built_in_a_moved_cell_stays_usable) {
  auto cell = random_cell<double>({.units = 3, .dropout = 0.5, .recurrent_dropout = 0.5});
  Tape<double> tape;
  const auto before = step_once(cell, tape, true);
  GRUCell<double> moved(std::move(cell));
  test::check_equal(step_once(moved, tape, true).value(), before.value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_gru_cell_errors)

BOOST_AUTO_TEST_CASE(units_must_be_positive) {
  RONDO_CHECK_THROWS(GRUCell({}), ArgumentError, "[GRUCell] units must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(dropout_rates_must_lie_in_0_to_1) {
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .dropout = 1.5}),
                     ArgumentError,
                     "[GRUCell] a dropout rate must lie in [0, 1], got 1.5");
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .recurrent_dropout = -0.25}),
                     ArgumentError,
                     "[GRUCell] a dropout rate must lie in [0, 1], got -0.25");
  BOOST_CHECK_THROW(GRUCell({.units = 3, .dropout = std::nan("")}), ArgumentError);
  BOOST_CHECK_THROW(GRUCell({.units = 3, .recurrent_dropout = std::nan("")}), ArgumentError);
}

BOOST_AUTO_TEST_CASE(only_implementations_1_and_2_exist) {
  for (const int implementation : {-1, 0, 3}) {
    RONDO_CHECK_THROWS(
        GRUCell({.units = 3, .implementation = implementation}),
        ArgumentError,
        "[GRUCell] implementation must be 1 or 2, got " + std::to_string(implementation));
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_activation_is_refused) {
  BOOST_CHECK_THROW(GRUCell({.units = 3, .activation = "tangens"}), ArgumentError);
}

BOOST_AUTO_TEST_CASE(a_call_needs_the_state) {
  auto cell = random_cell<float>({.units = 3});
  Tape tape;
  const auto x = tape.constant(Tensor<float>::zeros({2, 4}));
  RONDO_CHECK_THROWS(
      cell(x), ArgumentError, "[gru_cell] expected 1 state(s) in initial_state, found 0");
  const auto h = tape.constant(Tensor<float>::zeros({2, 3}));
  RONDO_CHECK_THROWS(cell(x, {.initial_state = std::array{h, h}}),
                     ArgumentError,
                     "[gru_cell] expected 1 state(s) in initial_state, found 2");
}

BOOST_AUTO_TEST_CASE(a_state_of_another_shape_is_refused) {
  auto cell = random_cell<float>({.units = 3});
  Tape tape;
  const auto x = tape.constant(Tensor<float>::zeros({2, 4}));
  const auto h = tape.constant(Tensor<float>::zeros({2, 4}));
  RONDO_CHECK_THROWS(cell(x, {.initial_state = std::array{h}}),
                     ShapeError,
                     "[gru_cell] state 0 does not fit: expected (2, 3), found (2, 4)");
}

BOOST_AUTO_TEST_CASE(inputs_of_another_rank_or_size_are_refused) {
  auto cell = random_cell<float>({.units = 3});
  Tape tape;
  const std::array h{tape.constant(Tensor<float>::zeros({2, 3}))};
  RONDO_CHECK_THROWS(
      cell(tape.constant(Tensor<float>::zeros({2, 5, 4})), {.initial_state = h}),
      ShapeError,
      "[gru_cell] expected inputs of rank 2, found rank 3: projected inputs (2, 5, 9)");
  RONDO_CHECK_THROWS(cell(tape.constant(Tensor<float>::zeros({2, 5})), {.initial_state = h}),
                     ShapeError,
                     "[gru_cell] expected inputs with 4 features, found 5: inputs (2, 5)");
}

BOOST_AUTO_TEST_CASE(a_sequence_cannot_build_a_cell) {
  GRUCell cell({.units = 3});
  RONDO_CHECK_THROWS(
      cell.build({5, 4}), ShapeError, "[gru_cell] expected inputs [N, features], found [N, 5, 4]");
  cell.build({4});
  BOOST_TEST(cell.weights().size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gru_cell_test
