// What profiles, stored states and time-major layers refuse. Other refusals stand beside what they
// concern: rnn_test, gru_cell_test, stacked_cells_test, bidirectional_test, dropout_masks_test.
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/recurrent/simple_rnn.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace recurrent_errors_test {

using namespace rondo;
using test::SumCell;
using test::tensor;

namespace {

/// Says that its outputs are wider than its states.
class WideCell : public SumCell<float> {
 public:
  Shape output_shape(const Shape&) const override { return {2}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_profile_errors)

BOOST_AUTO_TEST_CASE(the_v1_profile_has_a_cell_of_its_own) {
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .compat = Compat::v1}),
                     ArgumentError,
                     "[GRUCell] compat = v1 has a cell of its own: V1GRUCell");
  RONDO_CHECK_THROWS(GRU({.units = 3, .compat = Compat::v1}),
                     ArgumentError,
                     "[GRU] compat = v1 has a cell of its own: V1GRUCell");
}

BOOST_AUTO_TEST_CASE(tfjs_has_no_reset_after) {
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .reset_after = true, .compat = Compat::tfjs}),
                     ArgumentError,
                     "[GRUCell] reset_after = true is not possible with compat = tfjs");
  RONDO_CHECK_THROWS(GRU({.units = 3, .reset_after = true, .compat = Compat::tfjs}),
                     ArgumentError,
                     "[GRU] reset_after = true is not possible with compat = tfjs");
  BOOST_CHECK_NO_THROW(GRU({.units = 3, .reset_after = false, .compat = Compat::tfjs}));
}

BOOST_AUTO_TEST_CASE(tfjs_and_v1_have_no_time_major) {
  RONDO_CHECK_THROWS(GRU({.units = 3, .time_major = true, .compat = Compat::tfjs}),
                     ArgumentError,
                     "[GRU] time_major = true is not possible with compat = tfjs");
  RONDO_CHECK_THROWS(RNN(SumCell<float>(), {.time_major = true, .compat = Compat::v1}),
                     ArgumentError,
                     "[RNN] time_major = true is not possible with compat = v1");
  for (const Compat compat : {Compat::keras3, Compat::keras2, Compat::tf20}) {
    BOOST_CHECK_NO_THROW(GRU({.units = 3, .time_major = true, .compat = compat}));
  }
}

BOOST_AUTO_TEST_CASE(masked_carry_belongs_to_implementation_2) {
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .implementation = 1, .legacy_masked_carry = true}),
                     ArgumentError,
                     "[GRUCell] legacy_masked_carry = true needs implementation = 2, got 1");
}

BOOST_AUTO_TEST_CASE(one_or_three_masks_can_be_drawn) {
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .dropout_mask_count = 2}),
                     ArgumentError,
                     "[GRUCell] dropout_mask_count must be 1 or 3 with implementation = 2, got 2");
  RONDO_CHECK_THROWS(GRUCell({.units = 3, .implementation = 1, .dropout_mask_count = 1}),
                     ArgumentError,
                     "[GRUCell] dropout_mask_count must be 3 with implementation = 1, got 1");
}

BOOST_AUTO_TEST_CASE(a_state_stands_for_the_output_only_if_it_is_like_it) {
  RNN rnn{WideCell(), {.masked_output = MaskedOutput::previous_state}};
  RONDO_CHECK_THROWS(rnn.build({3, 1}),
                     ShapeError,
                     "[rnn] masked_output = previous_state needs a state like the output: state "
                     "(1), output (2)");
}

BOOST_AUTO_TEST_CASE(siblings_have_the_profiles_of_keras_only) {
  for (const auto& [compat, name] : {std::pair(Compat::tf20, "tf20"),
                                     std::pair(Compat::tfjs, "tfjs"),
                                     std::pair(Compat::v1, "v1")}) {
    const std::string text = "compat must be keras3 or keras2, got " + std::string(name) +
                             ": the other profiles are those of GRU";
    RONDO_CHECK_THROWS(
        SimpleRNN({.units = 3, .compat = compat}), ArgumentError, "[SimpleRNN] " + text);
    RONDO_CHECK_THROWS(
        SimpleRNNCell({.units = 3, .compat = compat}), ArgumentError, "[SimpleRNNCell] " + text);
    RONDO_CHECK_THROWS(LSTM({.units = 3, .compat = compat}), ArgumentError, "[LSTM] " + text);
    RONDO_CHECK_THROWS(
        LSTMCell({.units = 3, .compat = compat}), ArgumentError, "[LSTMCell] " + text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_state_errors)

BOOST_AUTO_TEST_CASE(a_layer_that_is_not_stateful_cannot_be_reset) {
  RNN rnn{SumCell<float>()};
  const std::array values{tensor<float>({1, 1}, {0}), tensor<float>({1, 1}, {0})};
  const std::string text = "the layer is not stateful: it has no states to reset";
  RONDO_CHECK_THROWS(rnn.reset_states(), StateError, "[RNN] " + text);
  RONDO_CHECK_THROWS(rnn.reset_states(values), StateError, "[RNN] " + text);
  RONDO_CHECK_THROWS(rnn.reset_sample_states(0), StateError, "[RNN] " + text);
  RONDO_CHECK_THROWS(rnn.reset_sample_states(0, values), StateError, "[RNN] " + text);
  rnn.build({2, 1});
  RONDO_CHECK_THROWS(rnn.reset_states(), StateError, "[rnn] " + text);
}

BOOST_AUTO_TEST_CASE(the_number_of_values_must_be_that_of_the_states) {
  RNN rnn{SumCell<float>(), {.stateful = true}};
  RONDO_CHECK_THROWS(rnn.reset_states(std::array{tensor<float>({1, 1}, {0})}),
                     ArgumentError,
                     "[RNN] expected 2 state(s), got 1");
}

BOOST_AUTO_TEST_CASE(values_must_have_the_shapes_of_the_states) {
  RNN rnn{SumCell<float>(), {.stateful = true}};
  const auto zero = Tensor<float>::zeros({2, 1});
  RONDO_CHECK_THROWS(rnn.reset_states(std::array{Tensor<float>::zeros({2, 3}), zero}),
                     ShapeError,
                     "[RNN] state 0 does not fit: expected (2, 1), found (2, 3)");
  RONDO_CHECK_THROWS(rnn.reset_states(std::array{zero, Tensor<float>::zeros({3, 1})}),
                     ShapeError,
                     "[RNN] state 1 does not fit: expected (2, 1), found (3, 1)");
}

BOOST_AUTO_TEST_CASE(a_sample_has_no_stored_state_before_the_first_call) {
  RNN rnn{SumCell<float>(), {.stateful = true}};
  RONDO_CHECK_THROWS(rnn.reset_sample_states(0),
                     StateError,
                     "[RNN] the batch size is not known before the first call");
}

BOOST_AUTO_TEST_CASE(a_sample_must_belong_to_the_batch_and_its_states_must_fit) {
  RNN rnn{SumCell<float>(), {.stateful = true}};
  const auto zeros = Tensor<float>::zeros({2, 1});
  rnn.reset_states(std::array{zeros, zeros});
  RONDO_CHECK_THROWS(
      rnn.reset_sample_states(2), ArgumentError, "[RNN] there is no sample 2 in a batch of 2");
  const auto one = Tensor<float>::zeros({1});
  RONDO_CHECK_THROWS(rnn.reset_sample_states(0, std::array{one}),
                     ArgumentError,
                     "[RNN] expected 2 state(s), got 1");
  RONDO_CHECK_THROWS(rnn.reset_sample_states(0, std::array{one, zeros}),
                     ShapeError,
                     "[RNN] state 1 does not fit: expected (1), found (2, 1)");
}

BOOST_AUTO_TEST_CASE(a_time_major_mask_lies_along_time) {
  GRU<float> gru({.units = 3, .time_major = true});
  Tape tape;
  RONDO_CHECK_THROWS(gru(tape.constant(Tensor<float>::zeros({5, 2, 4})),
                         {.mask = Tensor<bool>::full({2, 5}, true)}),
                     ShapeError,
                     "[gru] the mask must be [steps, N]: inputs (5, 2, 4), mask (2, 5)");
}

BOOST_AUTO_TEST_CASE(a_time_major_layer_needs_steps_too) {
  GRU<float> gru({.units = 3, .time_major = true});
  Tape tape;
  RONDO_CHECK_THROWS(gru(tape.constant(Tensor<float>::zeros({0, 2, 4}))),
                     ArgumentError,
                     "[gru] expected at least one sample and one step: inputs (0, 2, 4)");
  RONDO_CHECK_THROWS(gru(tape.constant(Tensor<float>::zeros({2, 4}))),
                     ShapeError,
                     "[gru] expected inputs of rank 3, found rank 2: inputs (2, 4)");
}

// A model asks for them before it is built.
BOOST_AUTO_TEST_CASE(shapes_of_a_wrong_rank_have_no_output_shape) {
  const GRU<float> gru({.units = 2});
  const GRU<float> sequences({.units = 2, .return_sequences = true});
  const Bidirectional<float> both(GRU<float>({.units = 2}));
  const TimeDistributed<float> distributed(
      std::make_unique<Dense<float>>(DenseOptions{.units = 2}));
  const GRUCell<float> cell({.units = 2});
  const V1GRUCell<float> v1_cell({.num_units = 2});
  const std::string rank_3 = "expected inputs [N, steps, features], found ";
  for (const Shape& shape : {Shape{}, Shape{3}, Shape{3, 2, 2}}) {
    const std::string found = shape.rank() == 0   ? "[N]"
                              : shape.rank() == 1 ? "[N, 3]"
                                                  : "[N, 3, 2, 2]";
    for (const GRU<float>* const layer : {&gru, &sequences}) {
      RONDO_CHECK_THROWS(
          static_cast<void>(layer->output_shape(shape)), ShapeError, "[GRU] " + rank_3 + found);
    }
    BOOST_CHECK_THROW(static_cast<void>(both.output_shape(shape)), ShapeError);
    if (shape.rank() != 1) {
      RONDO_CHECK_THROWS(static_cast<void>(cell.output_shape(shape)),
                         ShapeError,
                         "[GRUCell] expected inputs [N, features], found " + found);
      RONDO_CHECK_THROWS(static_cast<void>(v1_cell.output_shape(shape)),
                         ShapeError,
                         "[V1GRUCell] expected inputs [N, features], found " + found);
    }
    if (shape.rank() < 2) {
      RONDO_CHECK_THROWS(
          static_cast<void>(distributed.output_shape(shape)),
          ShapeError,
          "[TimeDistributed] expected inputs [N, steps, ..] of rank 3 or more, found " + found);
    }
  }
  Sequential<float> model{GRU<float>{{.units = 2}}};
  Tape<float> tape;
  RONDO_CHECK_THROWS(
      model(tape.constant(Tensor<float>::zeros({5}))), ShapeError, "[gru] " + rank_3 + "[N]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace recurrent_errors_test
