#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace rnn_test {

using namespace rondo;
using test::check_equal;
using test::random_tensor;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

/// Two sequences of three numbers.
template <Real T>
Tensor<T> inputs() {
  return tensor<T>({2, 3, 1}, {1, 2, 3, 40, 50, 60});
}

template <Real T>
std::array<Variable<T>, 2> initial_states(Tape<T>& tape) {
  return {tape.variable(tensor<T>({2, 1}, {7, 8})), tape.variable(tensor<T>({2, 1}, {100, 200}))};
}

template <class A>
void check_values(const A& variable, const std::vector<double>& expected) {
  check_equal(test::doubles(variable.value()), expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_rnn)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_output_is_that_of_the_last_step, T, RealTypes) {
  RNN rnn{SumCell<T>()};
  Tape<T> tape;
  const auto output = rnn(tape.constant(inputs<T>()));
  BOOST_TEST(output.shape() == (Shape{2, 1}));
  check_values(output, {60, 1500});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(return_sequences_gives_the_outputs_of_all_steps, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.return_sequences = true}};
  Tape<T> tape;
  const auto output = rnn(tape.constant(inputs<T>()));
  BOOST_TEST(output.shape() == (Shape{2, 3, 1}));
  check_values(output, {10, 30, 60, 400, 900, 1500});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(run_also_returns_the_final_states, T, RealTypes) {
  for (const bool return_sequences : {false, true}) {
    RNN rnn{SumCell<T>(), {.return_sequences = return_sequences}};
    Tape<T> tape;
    const auto states = rnn.run(tape.constant(inputs<T>())).states;
    BOOST_REQUIRE(states.size() == 2);
    check_values(states[0], {6, 150});
    check_values(states[1], {3, 3});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(go_backwards_gives_outputs_in_the_order_of_processing, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.return_sequences = true, .go_backwards = true}};
  Tape<T> tape;
  const auto [output, states] = rnn.run(tape.constant(inputs<T>()));
  check_values(output, {30, 50, 60, 600, 1100, 1500});
  check_values(states[0], {6, 150});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(initial_states_are_where_the_loop_begins, T, RealTypes) {
  RNN rnn{SumCell<T>()};
  Tape<T> tape;
  const auto initial = initial_states(tape);
  const auto [output, states] = rnn.run(tape.constant(inputs<T>()), {.initial_state = initial});
  check_values(output, {130, 1580});
  check_values(states[1], {103, 203});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients_reach_inputs_and_initial_states, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.return_sequences = true}};
  Tape<T> tape;
  const auto x = tape.variable(inputs<T>());
  const auto initial = initial_states(tape);
  const auto [output, states] = rnn.run(x, {.initial_state = initial});
  tape.backward(sum(output) + sum(states[0]));
  // A step's input is in its output and in all later ones, ten times each, and in the final sum
  // once.
  check_equal(test::doubles(x.grad()), std::vector<double>{31, 21, 11, 31, 21, 11});
  check_equal(test::doubles(initial[0].grad()), std::vector<double>{31, 31});
  BOOST_TEST(!initial[1].grad());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_step_and_one_sample_are_enough, T, RealTypes) {
  for (const bool return_sequences : {false, true}) {
    RNN rnn{SumCell<T>(), {.return_sequences = return_sequences}};
    Tape<T> tape;
    check_values(rnn(tape.constant(Tensor<T>::full({1, 1, 1}, T{4}))), {40});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(unroll_changes_nothing, T, RealTypes) {
  GRU<T> plain({.units = 3, .return_sequences = true, .use_fused = UseFused::off});
  GRU<T> unrolled({.units = 3, .return_sequences = true, .unroll = true});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 5, 4}, 1));
  check_equal(unrolled(x).value(), plain(x).value());
}

// The product of all inputs at once adds up in another order than those of single steps.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_gru_equals_its_cell_in_a_loop_by_hand, T, RealTypes) {
  GRU<T> gru({.units = 3, .return_sequences = true, .use_fused = UseFused::off});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 4, 5}, 1));
  const auto output = gru(x);
  std::array h{tape.constant(Tensor<T>::zeros({2, 3}))};
  for (std::size_t step = 0; step < 4; ++step) {
    h[0] = gru.cell()(select(x, 1, step), {.initial_state = h});
    test::check_close(select(output, 1, step), test::doubles(h[0].value()));
  }
}

BOOST_AUTO_TEST_CASE(output_shapes_have_no_batch_axis) {
  BOOST_TEST(RNN(GRUCell({.units = 7})).output_shape({10, 4}) == Shape{7});
  BOOST_TEST(RNN(GRUCell({.units = 7}), {.return_sequences = true}).output_shape({10, 4}) ==
             (Shape{10, 7}));
}

BOOST_AUTO_TEST_CASE(the_shapes_in_keras_documentation) {
  Tape tape;
  const auto x = tape.constant(Tensor<float>::zeros({32, 10, 8}));
  RNN last{GRUCell({.units = 4})};
  BOOST_TEST(last(x).shape() == (Shape{32, 4}));
  RNN all{GRUCell({.units = 4}), {.return_sequences = true, .return_state = true}};
  const auto [sequence, states] = all.run(x);
  BOOST_TEST(sequence.shape() == (Shape{32, 10, 4}));
  BOOST_TEST(states[0].shape() == (Shape{32, 4}));
}

BOOST_AUTO_TEST_CASE(a_mask_holds_behind_a_layer_that_returns_sequences) {
  Tape tape;
  const auto x = tape.constant(Tensor<float>::zeros({1, 3, 1}));
  const auto mask = test::mask({1, 3}, {true, true, false});
  const RNN sequences{SumCell<float>(), {.return_sequences = true}};
  const RNN last{SumCell<float>()};
  BOOST_TEST(sequences.compute_mask(x, mask).data() == mask.data());
  BOOST_TEST(!last.compute_mask(x, mask));
  BOOST_TEST(!sequences.compute_mask(x, {}));
}

BOOST_AUTO_TEST_CASE(a_layer_may_keep_the_mask_to_itself) {
  const RNN rnn{SumCell<float>(), {.return_sequences = true, .propagate_mask = false}};
  Tape tape;
  BOOST_TEST(!rnn.compute_mask(tape.constant(inputs<float>()), Tensor<bool>::full({2, 3}, true)));
}

BOOST_AUTO_TEST_CASE(weight_paths_name_the_layer_and_the_cell) {
  RNN automatic{GRUCell({.units = 3})};
  automatic.build({5, 2});
  BOOST_TEST(automatic.weights()[0]->path() == "rnn/gru_cell/kernel");
  RNN named{GRUCell({.units = 3, .name = "inner"}), {.name = "outer"}};
  named.build({5, 2});
  BOOST_TEST(named.weights()[2]->path() == "outer/inner/bias");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cell_may_come_on_the_heap, T, RealTypes) {
  RNN<T> rnn(std::unique_ptr<Cell<T>>(std::make_unique<SumCell<T>>()));
  Tape<T> tape;
  check_values(rnn(tape.constant(inputs<T>())), {60, 1500});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_built_layer_can_be_moved, T, RealTypes) {
  GRU<T> gru({.units = 3, .stateful = true});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 5, 4}, 1));
  GRU<T> other({.units = 3, .stateful = true});
  gru(x);
  other(x);
  GRU<T> moved(std::move(gru));
  check_equal(moved(x).value(), other(x).value());
  BOOST_TEST(moved.weights()[0]->path() == "gru/gru_cell/kernel");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_rnn_errors)

BOOST_AUTO_TEST_CASE(a_missing_cell_is_refused) {
  RONDO_CHECK_THROWS(
      RNN<float>(std::unique_ptr<Cell<float>>()), ArgumentError, "[RNN] there is no cell");
}

BOOST_AUTO_TEST_CASE(the_first_inputs_must_have_rank_3) {
  RNN rnn{GRUCell({.units = 3})};
  Tape tape;
  RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 4}))),
                     ShapeError,
                     "[rnn] expected inputs [N, steps, features], found [N, 4]");
  RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 5, 4, 1}))),
                     ShapeError,
                     "[rnn] expected inputs [N, steps, features], found [N, 5, 4, 1]");
  BOOST_TEST(rnn(tape.constant(Tensor<float>::zeros({2, 5, 4}))).shape() == (Shape{2, 3}));
}

BOOST_AUTO_TEST_CASE(later_inputs_must_have_rank_3) {
  RNN rnn{GRUCell({.units = 3})};
  rnn.build({5, 4});
  Tape tape;
  RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 4}))),
                     ShapeError,
                     "[rnn] expected inputs of rank 3, found rank 2: inputs (2, 4)");
}

BOOST_AUTO_TEST_CASE(later_inputs_must_have_the_built_number_of_features) {
  RNN rnn{GRUCell({.units = 3})};
  rnn.build({5, 4});
  Tape tape;
  RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 5, 6}))),
                     ShapeError,
                     "[rnn] expected inputs with 4 features, found 6: inputs (2, 5, 6)");
  BOOST_TEST(rnn(tape.constant(Tensor<float>::zeros({2, 9, 4}))).shape() == (Shape{2, 3}));
}

BOOST_AUTO_TEST_CASE(inputs_without_features_are_refused) {
  RNN rnn{GRUCell({.units = 3})};
  Tape tape;
  RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 5, 0}))),
                     ArgumentError,
                     "[rnn/gru_cell/kernel] a weight of shape (0, 9) has no values");
}

BOOST_AUTO_TEST_CASE(no_steps_and_no_samples_are_refused) {
  for (const bool stateful : {false, true}) {
    RNN rnn{GRUCell({.units = 3}), {.stateful = stateful}};
    Tape tape;
    RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 0, 4}))),
                       ArgumentError,
                       "[rnn] expected at least one sample and one step: inputs (2, 0, 4)");
    RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({0, 5, 4}))),
                       ArgumentError,
                       "[rnn] expected at least one sample and one step: inputs (0, 5, 4)");
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_initial_states_must_be_that_of_the_cell) {
  RNN rnn{SumCell<float>()};
  Tape tape;
  const auto state = tape.constant(Tensor<float>::zeros({2, 1}));
  RONDO_CHECK_THROWS(rnn(tape.constant(inputs<float>()), {.initial_state = std::array{state}}),
                     ArgumentError,
                     "[rnn] expected 2 state(s) in initial_state, found 1");
}

BOOST_AUTO_TEST_CASE(the_shape_of_an_initial_state_must_be_that_of_the_cell) {
  RNN rnn{SumCell<float>()};
  Tape tape;
  const auto good = tape.constant(Tensor<float>::zeros({2, 1}));
  for (const Shape& shape : {Shape{3, 1}, Shape{2, 2}, Shape{2}, Shape{2, 1, 1}}) {
    const std::array states{good, tape.constant(Tensor<float>::zeros(shape))};
    RONDO_CHECK_THROWS(rnn(tape.constant(inputs<float>()), {.initial_state = states}),
                       ShapeError,
                       "[rnn] state 1 does not fit: expected (2, 1), found " + to_string(shape));
  }
}

BOOST_AUTO_TEST_CASE(a_mask_must_have_an_entry_for_each_step) {
  RNN rnn{SumCell<float>()};
  Tape tape;
  for (const Shape& shape : {Shape{2, 2}, Shape{3, 2}, Shape{3}, Shape{2, 3, 2}}) {
    RONDO_CHECK_THROWS(
        rnn(tape.constant(inputs<float>()), {.mask = Tensor<bool>::full(shape, true)}),
        ShapeError,
        "[rnn] the mask must be [N, steps]: inputs (2, 3, 1), mask " + to_string(shape));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace rnn_test
