// Derivatives of whole sequences in random directions, against central differences.
#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace layer_gradient_test {

using namespace rondo;
using test::mask;
using test::random_tensor;

namespace {

using Inputs = std::span<const Variable<double>>;

constexpr GradientCheckOptions direction{.mode = GradientCheckMode::direction};

/// Four samples: whole, with a gap, padded in front, without a valid step.
Tensor<bool> gaps() {
  return mask({4, 3},
              {true, true, true, true, false, true, false, true, true, false, false, false});
}

/// Inputs, initial states and weights of a layer; the states count as results beside the output.
void check_layer(RNN<double>& layer, const CallOptions<double>& call, bool initial_state) {
  layer.build({3, 2});
  test::randomize(layer, 1);
  std::vector<Tensor<double>> inputs{random_tensor<double>({4, 3, 2}, 40)};
  if (initial_state) {
    for (const Shape& shape : layer.cell().state_shapes()) {
      inputs.push_back(random_tensor<double>(shape.insert(0, 4), 50 + inputs.size()));
    }
  }
  const auto f = [&](Tape<double>&, Inputs v) {
    CallOptions<double> options = call;
    options.initial_state = v.subspan(1);
    const auto result = layer.run(v[0], options);
    auto total = sum(square(result.output));
    for (const auto& state : result.states) {
      total = total + sum(state);
    }
    return total;
  };
  const auto weights = layer.weights();
  const auto result = check_gradients(f, inputs, direction, weights);
  BOOST_TEST(result.passed, result.report);
}

/// A GRU with these options: with and without mask, initial state, go_backwards, return_sequences.
void check_gru(GRUOptions options) {
  options.units = 3;
  const auto valid = gaps();
  for (const bool masked : {false, true}) {
    for (const bool initial_state : {false, true}) {
      for (const bool go_backwards : {false, true}) {
        for (const bool return_sequences : {false, true}) {
          BOOST_TEST_CONTEXT("masked " << masked << ", initial_state " << initial_state
                                       << ", go_backwards " << go_backwards << ", return_sequences "
                                       << return_sequences) {
            options.go_backwards = go_backwards;
            options.return_sequences = return_sequences;
            GRU<double> gru(options);
            check_layer(
                gru, {.mask = masked ? valid.view() : TensorView<const bool>{}}, initial_state);
          }
        }
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_layer_gradient)

BOOST_AUTO_TEST_CASE(reset_after) {
  check_gru({});
}

BOOST_AUTO_TEST_CASE(reset_before) {
  check_gru({.reset_after = false});
}

BOOST_AUTO_TEST_CASE(implementation_1) {
  check_gru({.implementation = 1});
}

BOOST_AUTO_TEST_CASE(implementation_1_with_reset_before_and_without_bias) {
  check_gru({.use_bias = false, .reset_after = false, .implementation = 1});
}

BOOST_AUTO_TEST_CASE(zero_output_for_mask) {
  check_gru({.zero_output_for_mask = true});
}

BOOST_AUTO_TEST_CASE(other_activations) {
  check_gru({.activation = "softsign", .recurrent_activation = "hard_sigmoid"});
  check_gru({.activation = "gelu", .recurrent_activation = "softmax"});
  check_gru({.activation = "hard_tanh",
             .recurrent_activation = "sigmoid",
             .kernel_initializer = "zeros"});
}

BOOST_AUTO_TEST_CASE(dropout_masks) {
  const auto valid = gaps();
  for (const bool reset_after : {true, false}) {
    GRU<double> gru(
        {.units = 3, .return_sequences = true, .reset_after = reset_after, .implementation = 1});
    std::vector<Tensor<double>> masks;
    for (std::uint64_t seed = 60; seed < 66; ++seed) {
      masks.push_back(random_tensor<double>({4, seed < 63 ? 2u : 3u}, seed, 0.0, 2.0));
    }
    const std::vector<TensorView<const double>> views(masks.begin(), masks.end());
    gru.cell().inject_dropout_masks(std::span(views).first(3), std::span(views).last(3));
    check_layer(gru, {.training = true, .mask = valid}, true);
  }
}

BOOST_AUTO_TEST_CASE(a_masked_state_that_is_carried) {
  const auto valid = gaps();
  for (const bool reset_after : {true, false}) {
    GRU<double> gru({.units = 3,
                     .return_sequences = true,
                     .reset_after = reset_after,
                     .legacy_masked_carry = true});
    const auto x_mask = random_tensor<double>({4, 2}, 60, 0.0, 2.0);
    const auto h_mask = random_tensor<double>({4, 3}, 61, 0.0, 2.0);
    gru.cell().inject_dropout_masks(std::array{x_mask.view()}, std::array{h_mask.view()});
    check_layer(gru, {.training = true, .mask = valid}, true);
  }
}

BOOST_AUTO_TEST_CASE(a_mask_for_each_step) {
  /// The same masks for every evaluation.
  struct Rewind : StateVisitor<double> {
    void visit(const std::string&, Tensor<double>&, const Shape&) override {}

    void visit(const std::string&, Rng& stream) override { stream = Rng(5); }
  } rewind;

  GRU<double> gru({.units = 3, .dropout = 0.5, .return_sequences = true, .compat = Compat::keras2});
  gru.build({3, 2});
  const auto result = check_gradients(
      [&](Tape<double>&, Inputs v) {
        gru.visit_states(rewind);
        return sum(square(gru(v[0], {.training = true})));
      },
      {random_tensor<double>({4, 3, 2}, 40)},
      direction,
      gru.weights());
  BOOST_TEST(result.passed, result.report);
}

BOOST_AUTO_TEST_CASE(the_state_as_output_of_a_masked_step) {
  check_gru({.masked_output = MaskedOutput::previous_state});
  check_gru({.recurrent_activation = "sigmoid", .compat = Compat::tfjs});
}

BOOST_AUTO_TEST_CASE(stacked_cells) {
  const auto valid = gaps();
  for (const bool return_sequences : {false, true}) {
    RNN<double> rnn(StackedRNNCells<double>(GRUCell<double>({.units = 3}),
                                            GRUCell<double>({.units = 2, .reset_after = false}),
                                            GRUCell<double>({.units = 4, .implementation = 1})),
                    {.return_sequences = return_sequences, .go_backwards = true});
    check_layer(rnn, {.mask = valid}, true);
  }
}

BOOST_AUTO_TEST_CASE(a_user_s_cell_with_two_states) {
  StackedRNNCells<double> stack(GRUCell<double>({.units = 1}), test::SumCell<double>());
  RNN<double> rnn(std::move(stack), {.return_sequences = true});
  const auto valid = gaps();
  check_layer(rnn, {.mask = valid}, true);
}

BOOST_AUTO_TEST_CASE(a_model_with_penalties_and_a_loss) {
  const auto l2 = regularizers::l2(0.1);
  Sequential<double> model;
  model.add(GRU<double>({.units = 3,
                         .kernel_regularizer = l2,
                         .activity_regularizer = l2,
                         .return_sequences = true}));
  model.add(GRU<double>(
      {.units = 2, .recurrent_regularizer = l2, .go_backwards = true, .reset_after = false}));
  model.add(Dense<double>({.units = 1, .bias_regularizer = l2}));
  model.build({3, 2});
  test::randomize(model, 1);
  const auto targets = random_tensor<double>({4, 1}, 70);
  const auto valid = gaps();
  const auto weights = model.weights();
  const auto result = check_gradients(
      [&](Tape<double>&, Inputs v) {
        return total_loss(mean_squared_error(model(v[0], {.mask = valid}), targets.view()));
      },
      {random_tensor<double>({4, 3, 2}, 40)},
      direction,
      weights);
  BOOST_TEST(result.passed, result.report);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace layer_gradient_test
