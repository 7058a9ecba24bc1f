// Which path a GRU takes, and what the fused op does at the edges.
#include "rondo/core/threads.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace gru_fused_test {

using namespace rondo;
using test::check_equal;
using test::random_tensor;
using test::RealTypes;

namespace {

template <Real T>
std::size_t count_ops(const Tape<T>& tape, std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(tape.nodes(), [&](const auto& node) { return node.name == name; }));
}

/// Weights' gradients and outputs of one pass with so many threads.
std::vector<float> train_once(std::size_t threads, const Shape& inputs, GRUOptions options) {
  const std::size_t before = num_threads();
  set_num_threads(threads);
  GRU<float> layer(options);
  layer.build({inputs[1], inputs[2]}, 3);
  Tape<float> tape;
  const auto x = tape.variable(random_tensor<float>(inputs, 4));
  const auto y = layer(x);
  tape.backward(sum(y * y));
  std::vector<float> all = test::values(y.value());
  const auto append = [&](TensorView<const float> values) {
    all.insert(all.end(), values.begin(), values.end());
  };
  append(x.grad());
  for (const Parameter<float>* weight : layer.weights()) {
    append(weight->grad());
  }
  set_num_threads(before);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gru_fused)

BOOST_AUTO_TEST_CASE(is_the_default_and_one_op) {
  GRU<float> layer{{.units = 3}};
  BOOST_TEST(layer.fused_path() == "fused");
  Tape<float> tape;
  layer(tape.constant(random_tensor<float>({2, 5, 2}, 1)));
  BOOST_TEST(count_ops(tape, "gru_sequence") == 1U);
  BOOST_TEST(count_ops(tape, "sigmoid") == 0U);
}

BOOST_AUTO_TEST_CASE(no_option_of_the_layer_leaves_it) {
  const std::vector<GRUOptions> all{
      {.units = 3, .recurrent_activation = "hard_sigmoid"},
      {.units = 3, .use_bias = false},
      {.units = 3, .dropout = 0.5, .recurrent_dropout = 0.5},
      {.units = 3, .return_sequences = true, .return_state = true, .go_backwards = true},
      {.units = 3, .stateful = true},
      {.units = 3, .time_major = true},
      {.units = 3, .reset_after = false},
      {.units = 3, .implementation = 1},
      {.units = 3, .zero_output_for_mask = true},
      {.units = 3, .recurrent_dropout = 0.5, .legacy_masked_carry = true},
      {.units = 3, .dropout = 0.5, .compat = Compat::keras2},
      {.units = 3, .dropout = 0.5, .recurrent_dropout = 0.5, .compat = Compat::tfjs},
      {.units = 3, .recurrent_dropout = 0.5, .compat = Compat::tf20}};
  for (const GRUOptions& options : all) {
    BOOST_TEST(GRU<float>(options).fused_path() == "fused");
  }
}

BOOST_AUTO_TEST_CASE(the_composite_says_why_it_runs) {
  const char* const known =
      "is not one of linear, tanh, sigmoid, hard_sigmoid, hard_sigmoid_keras2, relu, relu6, elu, "
      "selu, softsign";
  BOOST_TEST(GRU({.units = 3, .use_fused = UseFused::off}).fused_path() == "use_fused = off");
  BOOST_TEST(GRU({.units = 3, .unroll = true}).fused_path() ==
             "unroll = true asks for the steps one by one");
  BOOST_TEST(GRU({.units = 3, .activation = "softmax"}).fused_path() ==
             std::string("activation ") + known);
  BOOST_TEST(GRU({.units = 3, .recurrent_activation = "gelu"}).fused_path() ==
             std::string("recurrent_activation ") + known);
}

BOOST_AUTO_TEST_CASE(on_is_refused_with_the_reason) {
  RONDO_CHECK_THROWS(
      GRU({.units = 3,
           .activation = [](const auto& x) { return x * x; },
           .use_fused = UseFused::on}),
      StateError,
      "[GRU] use_fused = on is not possible: activation is not one of linear, tanh, sigmoid, "
      "hard_sigmoid, hard_sigmoid_keras2, relu, relu6, elu, selu, softsign");
  RONDO_CHECK_THROWS(GRU({.units = 3, .unroll = true, .use_fused = UseFused::on}),
                     StateError,
                     "[GRU] use_fused = on is not possible: unroll = true asks for the steps one "
                     "by one");
}

BOOST_AUTO_TEST_CASE(one_feature_one_unit_one_sample_one_step) {
  Tape<double> tape;
  GRU<double> layer{{.units = 1}};
  layer.build({1, 1});
  layer.weights()[0]->assign(Tensor<double>::from_values({1, 3}, {0.1, 0.2, 0.3}));
  const auto y = layer(tape.constant(Tensor<double>::full({1, 1, 1}, 2.0)));
  const double z = 1.0 / (1.0 + std::exp(-0.2));
  test::check_close(y, {(1.0 - z) * std::tanh(0.6)});
}

// Each would cost a hundred cycles on some processors: 400 steps took ten times as long.
BOOST_AUTO_TEST_CASE(a_gradient_that_vanishes_over_many_steps_ends_in_zeros) {
  for (const std::size_t batch : {3U, 300U}) {  // on one thread and on several
    GRU<float> layer{{.units = 8}};
    Tape<float> tape;
    const auto x = tape.variable(random_tensor<float>({batch, 300, 2}, 1));
    tape.backward(sum(layer(x)));
    const auto is_denormal = [](float g) { return std::fpclassify(g) == FP_SUBNORMAL; };
    BOOST_TEST(std::ranges::count_if(x.grad(), is_denormal) == 0);
    BOOST_TEST(std::ranges::count(x.grad(), 0.0F) > 0);
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_threads_does_not_change_a_bit) {
  const std::vector<std::pair<Shape, GRUOptions>> cases{
      {{33, 12, 20}, {.units = 150}},
      {{64, 9, 10}, {.units = 140, .return_sequences = true, .reset_after = false}},
      {{300, 5, 3}, {.units = 130, .go_backwards = true}}};
  for (const auto& [inputs, options] : cases) {
    const auto alone = train_once(1, inputs, options);
    check_equal(train_once(2, inputs, options), alone);
    check_equal(train_once(7, inputs, options), alone);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(backward_may_run_twice, T, RealTypes) {
  GRU<T> layer{{.units = 5}};
  Tape<T> tape;
  const auto x = tape.variable(random_tensor<T>({3, 4, 2}, 1));
  const auto loss = sum(layer(x));
  tape.backward(loss);
  const auto first = test::values(x.grad());
  tape.backward(loss);
  check_equal(test::values(x.grad()), first);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nan_and_infinity_spread_as_in_the_composite, T, RealTypes) {
  for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    Tensor<T> inputs = random_tensor<T>({3, 4, 2}, 1);
    inputs.data()[1 * 8 + 2 * 2] = bad;  // sample 1, step 2
    std::vector<std::vector<T>> results;
    for (const UseFused use_fused : {UseFused::on, UseFused::off}) {
      GRU<T> layer{{.units = 5, .return_sequences = true, .use_fused = use_fused}};
      layer.build({4, 2}, 1);
      Tape<T> tape({.recording = false});
      results.push_back(test::values(layer(tape.constant(inputs)).value()));
    }
    BOOST_REQUIRE_EQUAL(results[0].size(), results[1].size());
    for (std::size_t i = 0; i < results[0].size(); ++i) {
      BOOST_TEST(std::isnan(results[0][i]) == std::isnan(results[1][i]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_masked_step_hides_nan_from_all_gradients) {
  GRU<float> layer{{.units = 4, .return_sequences = true}};
  layer.build({3, 2}, 1);
  Tensor<float> inputs = random_tensor<float>({2, 3, 2}, 1);
  inputs.data()[2] = std::numeric_limits<float>::quiet_NaN();  // sample 0, step 1
  Tape<float> tape;
  const auto x = tape.variable(inputs);
  const auto valid = test::mask({2, 3}, {true, false, true, true, true, true});
  tape.backward(sum(layer(x, {.mask = valid})));
  for (const Parameter<float>* weight : layer.weights()) {
    for (const float g : weight->grad()) {
      BOOST_TEST(std::isfinite(g));
    }
  }
  BOOST_TEST(x.grad()[2] == 0.0F);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  Tape<float> tape;
  const auto zeros = [&](const Shape& shape) { return tape.constant(Tensor<float>::zeros(shape)); };
  const auto run = [&](const Shape& x, const Shape& k, const Shape& u, const Shape& b) {
    return gru_sequence<float>(
        {.inputs = zeros(x), .kernel = zeros(k), .recurrent_kernel = zeros(u), .bias = zeros(b)},
        {});
  };
  RONDO_CHECK_THROWS(run({2, 3, 4}, {5, 6}, {2, 6}, {2, 6}),
                     ShapeError,
                     "[gru_sequence] expected inputs [N, S, F], kernel [F, 3·H], recurrent_kernel "
                     "[H, 3·H]: inputs (2, 3, 4), kernel (5, 6), recurrent_kernel (2, 6)");
  RONDO_CHECK_THROWS(run({2, 3, 4}, {4, 6}, {2, 6}, {6}),
                     ShapeError,
                     "[gru_sequence] bias does not fit: expected (2, 6), found (6)");
  RONDO_CHECK_THROWS(run({2, 0, 4}, {4, 6}, {2, 6}, {2, 6}),
                     ArgumentError,
                     "[gru_sequence] expected at least one sample, step and feature: inputs "
                     "(2, 0, 4)");
}

BOOST_AUTO_TEST_CASE(dropout_has_no_mask_one_or_one_for_each_gate) {
  Tape<float> tape;
  const auto zeros = [&](const Shape& shape) { return tape.constant(Tensor<float>::zeros(shape)); };
  const auto run = [&](std::size_t input, std::size_t state) {
    const std::vector<Variable<float>> input_masks(input, zeros({2, 4}));
    const std::vector<Variable<float>> state_masks(state, zeros({2, 2}));
    return gru_sequence<float>({.inputs = zeros({2, 3, 4}),
                                .kernel = zeros({4, 6}),
                                .recurrent_kernel = zeros({2, 6}),
                                .input_masks = input_masks,
                                .state_masks = state_masks},
                               {});
  };
  for (const std::size_t valid : {0, 1, 3}) {
    BOOST_TEST(run(valid, valid).output.shape() == (Shape{2, 2}));
  }
  for (const std::size_t wrong : {2, 4}) {
    const std::string found = std::to_string(wrong);
    RONDO_CHECK_THROWS(run(wrong, 0),
                       ArgumentError,
                       "[gru_sequence] expected 0, 1 or 3 input masks, got " + found);
    RONDO_CHECK_THROWS(run(0, wrong),
                       ArgumentError,
                       "[gru_sequence] expected 0, 1 or 3 state masks, got " + found);
  }
}

BOOST_AUTO_TEST_CASE(sizes_beyond_memory_are_refused_before_any_work) {
  Tape<float> tape;
  // A view of memory that nobody has: it must not be touched.
  const std::size_t huge = std::size_t{1} << 45;
  const float one = 1.0F;
  const auto x = tape.borrow(TensorView<const float>(&one, {huge, 4, 1}));
  const auto weights = tape.constant(Tensor<float>::zeros({1, 3}));
  BOOST_CHECK_EXCEPTION(
      gru_sequence<float>({.inputs = x, .kernel = weights, .recurrent_kernel = weights}, {}),
      ArgumentError,
      [](const ArgumentError& error) {
        return std::string(error.what())
            .starts_with(
                "[gru_sequence] 35184372088832 samples of 4 steps with 1 units need more than this "
                "machine's ");
      });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gru_fused_test
