// Masked steps. Most cases use a cell that sums: the inputs 1, 2, 3, 4 give 10, 30, 60, 100.
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace time_mask_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::mask;
using test::random_tensor;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class A>
void check_values(const A& variable, const std::vector<double>& expected) {
  check_equal(doubles(variable.value()), expected);
}

/// Outputs and states for 1, 2, 3, 4 and a mask.
template <Real T>
void check_masked(const RNNOptions& options,
                  std::initializer_list<bool> valid,
                  const std::vector<double>& outputs,
                  const std::vector<double>& final_states) {
  RNN rnn{SumCell<T>(), options};
  Tape<T> tape;
  const auto x = tape.constant(tensor<T>({1, 4, 1}, {1, 2, 3, 4}));
  const auto [output, states] = rnn.run(x, {.mask = mask({1, 4}, valid)});
  check_values(output, outputs);
  check_values(states[0], {final_states[0]});
  check_values(states[1], {final_states[1]});
}

/// A masked call of a GRU with given inputs, and the gradients of the sum of its outputs.
struct GRUPass {
  Tape<double> tape;
  GRU<double> gru{{.units = 3, .return_sequences = true, .reset_after = false}};
  Variable<double> x;
  Variable<double> output;

  GRUPass(const Tensor<double>& inputs, TensorView<const bool> valid) {
    x = tape.variable(inputs);
    output = gru(x, {.mask = valid});
    tape.backward(sum(output));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_time_masks)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_step_repeats_the_output_and_keeps_the_states, T, RealTypes) {
  check_masked<T>({.return_sequences = true}, {true, false, true, true}, {10, 10, 40, 80}, {8, 3});
  check_masked<T>({.return_sequences = true}, {true, true, false, false}, {10, 30, 30, 30}, {3, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(before_the_first_valid_step_outputs_are_zero, T, RealTypes) {
  check_masked<T>({.return_sequences = true}, {false, false, true, true}, {0, 0, 30, 70}, {7, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(they_are_zero_also_with_an_initial_state, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.return_sequences = true}};
  Tape<T> tape;
  const std::array initial{tape.constant(tensor<T>({1, 1}, {5})),
                           tape.constant(tensor<T>({1, 1}, {0}))};
  const auto [output, states] =
      rnn.run(tape.constant(tensor<T>({1, 3, 1}, {1, 2, 3})),
              {.mask = mask({1, 3}, {false, true, false}), .initial_state = initial});
  check_values(output, {0, 70, 70});
  check_values(states[0], {7});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_last_output_is_that_of_the_last_valid_step, T, RealTypes) {
  check_masked<T>({}, {true, true, false, false}, {30}, {3, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zero_output_for_mask_zeroes_masked_outputs_only, T, RealTypes) {
  check_masked<T>({.return_sequences = true, .zero_output_for_mask = true},
                  {true, false, true, false},
                  {10, 0, 40, 0},
                  {4, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zero_output_for_mask_zeroes_a_masked_last_output, T, RealTypes) {
  check_masked<T>({.zero_output_for_mask = true}, {true, true, true, false}, {0}, {6, 3});
  check_masked<T>({.zero_output_for_mask = true}, {true, false, false, true}, {50}, {5, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_a_mask_zero_output_for_mask_does_nothing, T, RealTypes) {
  check_masked<T>({.return_sequences = true, .zero_output_for_mask = true},
                  {true, true, true, true},
                  {10, 30, 60, 100},
                  {10, 4});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sample_without_valid_steps_keeps_its_initial_state, T, RealTypes) {
  RNN rnn{SumCell<T>()};
  Tape<T> tape;
  const std::array initial{tape.constant(tensor<T>({2, 1}, {5, 6})),
                           tape.constant(tensor<T>({2, 1}, {0, 0}))};
  const auto [output, states] =
      rnn.run(tape.constant(tensor<T>({2, 2, 1}, {1, 2, 3, 4})),
              {.mask = mask({2, 2}, {false, false, true, true}), .initial_state = initial});
  check_values(output, {0, 130});
  check_values(states[0], {5, 13});
  check_values(states[1], {0, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(going_backwards_reverses_the_mask_too, T, RealTypes) {
  const RNNOptions backwards{.return_sequences = true, .go_backwards = true};
  check_masked<T>(backwards, {true, false, true, true}, {40, 70, 70, 80}, {8, 3});
  check_masked<T>({.go_backwards = true}, {false, false, true, true}, {70}, {7, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(going_backwards_meets_the_padding_first, T, RealTypes) {
  const std::initializer_list<bool> padded{true, true, false, false};
  check_masked<T>({.return_sequences = true, .go_backwards = true}, padded, {0, 0, 20, 30}, {3, 2});
  check_masked<T>({.return_sequences = true, .go_backwards = true, .zero_output_for_mask = true},
                  {true, false, true, false},
                  {0, 30, 0, 40},
                  {4, 2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_of_valid_steps_changes_nothing, T, RealTypes) {
  GRU<T> gru({.units = 3, .return_sequences = true});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 5, 4}, 1));
  check_equal(gru(x, {.mask = Tensor<bool>::full({2, 5}, true)}).value(), gru(x).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(padding_a_sequence_does_not_change_its_last_output, T, RealTypes) {
  GRU<T> gru({.units = 3});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({1, 5, 4}, 1));
  const auto valid = mask({1, 5}, {true, true, true, false, false});
  check_equal(gru(x, {.mask = valid}).value(), gru(slice(x, 1, 0, 3)).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masked_inputs_get_no_gradient, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.return_sequences = true}};
  Tape<T> tape;
  const auto x = tape.variable(tensor<T>({1, 4, 1}, {1, 2, 3, 4}));
  tape.backward(sum(rnn(x, {.mask = mask({1, 4}, {false, true, false, true})})));
  // Step 1 is in the outputs of steps 1, 2 (repeated) and 3, step 3 only in its own.
  check_equal(doubles(x.grad()), std::vector<double>{0, 30, 0, 10});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(zeroed_outputs_pass_no_gradient_on, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.return_sequences = true, .zero_output_for_mask = true}};
  Tape<T> tape;
  const auto x = tape.variable(tensor<T>({1, 4, 1}, {1, 2, 3, 4}));
  tape.backward(sum(rnn(x, {.mask = mask({1, 4}, {false, true, false, true})})));
  check_equal(doubles(x.grad()), std::vector<double>{0, 20, 0, 10});
}

BOOST_AUTO_TEST_CASE(what_is_in_a_masked_step_does_not_matter_even_if_it_is_nan) {
  const auto valid = mask({2, 3}, {true, false, true, false, true, true});
  const auto clean = random_tensor<double>({2, 3, 4}, 1);
  auto dirty = clean;
  std::fill_n(dirty.data() + 4, 4, not_a_number);                              // sample 0, step 1
  std::fill_n(dirty.data() + 12, 4, std::numeric_limits<double>::infinity());  // sample 1, step 0
  const GRUPass expected(clean, valid);
  const GRUPass found(dirty, valid);
  check_equal(found.output.value(), expected.output.value());
  check_equal(found.x.grad(), expected.x.grad());
  for (std::size_t i = 0; i < 3; ++i) {
    check_equal(found.gru.weights()[i]->grad(), expected.gru.weights()[i]->grad());
  }
}

BOOST_AUTO_TEST_CASE(a_sequence_of_nan_without_valid_steps_leaves_no_trace) {
  GRU<double> gru({.units = 3});
  Tape<double> tape;
  const auto x = tape.variable(Tensor<double>::full({1, 2, 4}, not_a_number));
  const auto output = gru(x, {.mask = Tensor<bool>::full({1, 2}, false)});
  tape.backward(sum(output));
  check_equal(doubles(output.value()), std::vector<double>(3, 0.0));
  for (const Parameter<double>* weight : gru.weights()) {
    check_equal(doubles(weight->grad()), std::vector<double>(weight->shape().size(), 0.0));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sequential_passes_the_mask_to_a_gru, T, RealTypes) {
  Sequential<T> model;
  model.add(GRU<T>({.units = 3, .return_sequences = true}));
  model.add(GRU<T>({.units = 2}));
  model.build({4, 2}, 1);
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({1, 4, 2}, 1));
  const auto valid = mask({1, 4}, {true, true, false, false});
  check_equal(model(x, {.mask = valid}).value(), model(slice(x, 1, 0, 2)).value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace time_mask_test
