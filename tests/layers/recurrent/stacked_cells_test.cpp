#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace stacked_cells_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::mask;
using test::random_tensor;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

/// Cells of 4 and 2 units.
template <Real T>
StackedRNNCells<T> make_stack() {
  return StackedRNNCells<T>(GRUCell<T>({.units = 4}), GRUCell<T>({.units = 2}));
}

template <Real T>
StackedRNNCells<T> two_sums() {
  return StackedRNNCells<T>(SumCell<T>(), SumCell<T>());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_stacked_cells)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stack_equals_layers_in_a_row, T, RealTypes) {
  RNN<T> stack(make_stack<T>(), {.return_sequences = true});
  GRU<T> first({.units = 4, .return_sequences = true, .use_fused = UseFused::off});
  GRU<T> second({.units = 2, .return_sequences = true, .use_fused = UseFused::off});
  stack.build({5, 3});
  first.build({5, 3});
  second.build({5, 4});
  for (std::size_t i = 0; i < 3; ++i) {
    first.weights()[i]->assign(stack.weights()[i]->value());
    second.weights()[i]->assign(stack.weights()[3 + i]->value());
  }
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 5, 3}, 1));
  test::check_close(stack(x), doubles(second(first(x)).value()));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_states_are_those_of_all_cells_in_order, T, RealTypes) {
  RNN<T> rnn(two_sums<T>());
  Tape<T> tape;
  const auto [output, states] = rnn.run(tape.constant(tensor<T>({1, 3, 1}, {1, 2, 3})));
  BOOST_REQUIRE(states.size() == 4);
  const double first = 6, second = 10 + 30 + 60;  // the second cell sums the first one's outputs
  check_equal(doubles(output.value()), std::vector<double>{10 * second});
  check_equal(doubles(states[0].value()), std::vector<double>{first});
  check_equal(doubles(states[1].value()), std::vector<double>{3});
  check_equal(doubles(states[2].value()), std::vector<double>{second});
  check_equal(doubles(states[3].value()), std::vector<double>{3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(initial_states_go_to_their_cells, T, RealTypes) {
  RNN<T> rnn(two_sums<T>());
  Tape<T> tape;
  std::vector<Variable<T>> initial;
  for (const T value : {T{1}, T{2}, T{3}, T{4}}) {
    initial.push_back(tape.constant(Tensor<T>::full({1, 1}, value)));
  }
  const auto [output, states] =
      rnn.run(tape.constant(tensor<T>({1, 1, 1}, {5})), {.initial_state = initial});
  check_equal(doubles(states[0].value()), std::vector<double>{6});
  check_equal(doubles(states[1].value()), std::vector<double>{3});
  check_equal(doubles(states[2].value()), std::vector<double>{63});
  check_equal(doubles(states[3].value()), std::vector<double>{5});
  check_equal(doubles(output.value()), std::vector<double>{630});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_masked_step_keeps_the_states_of_all_cells, T, RealTypes) {
  RNN<T> rnn(two_sums<T>(), {.return_sequences = true});
  Tape<T> tape;
  const auto [output, states] = rnn.run(tape.constant(tensor<T>({1, 3, 1}, {1, 2, 3})),
                                        {.mask = mask({1, 3}, {true, false, true})});
  check_equal(doubles(output.value()), std::vector<double>{100, 100, 500});
  check_equal(doubles(states[0].value()), std::vector<double>{4});
  check_equal(doubles(states[1].value()), std::vector<double>{2});
  check_equal(doubles(states[2].value()), std::vector<double>{50});
  check_equal(doubles(states[3].value()), std::vector<double>{2});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stateful_stack_carries_all_states, T, RealTypes) {
  RNN<T> rnn(two_sums<T>(), {.stateful = true});
  Tape<T> tape;
  const auto x = tape.constant(tensor<T>({1, 2, 1}, {1, 2}));
  rnn(x);
  RNN<T> plain(two_sums<T>());
  const auto twice = plain(tape.constant(tensor<T>({1, 4, 1}, {1, 2, 1, 2})));
  check_equal(rnn(x).value(), twice.value());
}

BOOST_AUTO_TEST_CASE(weights_are_those_of_the_first_cell_then_of_the_next) {
  RNN<float> rnn(make_stack<float>());
  rnn.build({5, 3});
  const std::vector<std::pair<std::string, Shape>> expected{
      {"rnn/stacked_rnn_cells/gru_cell/kernel", {3, 12}},
      {"rnn/stacked_rnn_cells/gru_cell/recurrent_kernel", {4, 12}},
      {"rnn/stacked_rnn_cells/gru_cell/bias", {2, 12}},
      {"rnn/stacked_rnn_cells/gru_cell_1/kernel", {4, 6}},
      {"rnn/stacked_rnn_cells/gru_cell_1/recurrent_kernel", {2, 6}},
      {"rnn/stacked_rnn_cells/gru_cell_1/bias", {2, 6}}};
  BOOST_REQUIRE(rnn.weights().size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST(rnn.weights()[i]->path() == expected[i].first);
    BOOST_TEST(rnn.weights()[i]->shape() == expected[i].second);
  }
}

BOOST_AUTO_TEST_CASE(a_stack_used_by_hand_builds_its_cells_apart) {
  StackedRNNCells<float> stack(GRUCell({.units = 2}), GRUCell({.units = 2}));
  Tape tape;
  const auto h = tape.constant(Tensor<float>::zeros({1, 2}));
  const std::array states{h, h};
  stack.run(tape.constant(random_tensor<float>({1, 2}, 1)), {.initial_state = states});
  BOOST_REQUIRE(stack.weights().size() == 6);
  BOOST_TEST(stack.weights()[3]->path() == "stacked_rnn_cells/gru_cell_1/kernel");
  BOOST_TEST(doubles(stack.weights()[0]->value()) != doubles(stack.weights()[3]->value()));
}

BOOST_AUTO_TEST_CASE(the_output_has_the_size_of_the_last_cell) {
  const RNN<float> rnn(StackedRNNCells<float>(GRUCell({.units = 8}), GRUCell({.units = 16})),
                       {.return_sequences = true});
  BOOST_TEST(rnn.output_shape({20, 30}) == (Shape{20, 16}));
  const std::vector<Shape> shapes{{8}, {16}};
  BOOST_TEST(rnn.cell().state_shapes() == shapes, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(cells_may_come_in_a_list) {
  std::vector<std::unique_ptr<Cell<float>>> cells;
  cells.push_back(std::make_unique<GRUCell<float>>(GRUCellOptions{.units = 4}));
  cells.push_back(std::make_unique<SumCell<float>>());
  const StackedRNNCells<float> stack(std::move(cells));
  BOOST_TEST(stack.cells().size() == 2);
  const std::vector<Shape> shapes{{4}, {1}, {1}};
  BOOST_TEST(stack.state_shapes() == shapes, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_layer_takes_cells_as_a_list) {
  RNN deep{{GRUCell({.units = 8}), GRUCell({.units = 16})}, {.return_sequences = true}};
  BOOST_TEST(deep.output_shape({20, 30}) == (Shape{20, 16}));
  deep.build({20, 30});
  BOOST_TEST(deep.weights()[3]->path() == "rnn/stacked_rnn_cells/gru_cell_1/kernel");
  BOOST_TEST(deep.weights()[3]->shape() == (Shape{8, 48}));
  Tape tape;
  BOOST_TEST(deep(tape.constant(Tensor<float>::zeros({2, 20, 30}))).shape() == (Shape{2, 20, 16}));
}

BOOST_AUTO_TEST_CASE(cells_of_a_list_may_be_made_at_run_time) {
  std::vector<std::unique_ptr<Cell<double>>> cells;
  for (const std::size_t units : {3, 2}) {
    cells.push_back(std::make_unique<GRUCell<double>>(GRUCellOptions{.units = units}));
  }
  RNN<double> deep(std::move(cells), {.return_sequences = true});
  BOOST_TEST(deep.output_shape({5, 4}) == (Shape{5, 2}));
}

BOOST_AUTO_TEST_CASE(stacks_may_be_nested) {
  const auto cell = [] { return SumCell<double>(); };
  RNN<double> flat(StackedRNNCells<double>(cell(), cell(), cell()));
  RNN<double> nested(StackedRNNCells<double>(cell(), two_sums<double>()));
  Tape<double> tape;
  const auto x = tape.constant(tensor<double>({1, 3, 1}, {1, 2, 3}));
  check_equal(nested(x).value(), flat(x).value());
  BOOST_TEST(nested.run(x).states.size() == 6);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_clone_has_the_same_cells, T, RealTypes) {
  RNN<T> rnn(make_stack<T>());
  const auto copy = rnn.clone();
  rnn.build({5, 3}, 1);
  copy->build({5, 3}, 1);
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 5, 3}, 1));
  check_equal((*copy)(x).value(), rnn(x).value());
}

BOOST_AUTO_TEST_CASE(a_clone_keeps_which_cells_are_frozen) {
  const StackedRNNCells<float> stack(GRUCell({.units = 2, .trainable = false}),
                                     GRUCell({.units = 2}));
  const auto copy = stack.clone();
  copy->build({3});
  BOOST_TEST(!copy->weights()[0]->trainable);
  BOOST_TEST(copy->weights()[3]->trainable);
}

BOOST_AUTO_TEST_CASE(an_empty_list_is_refused) {
  RONDO_CHECK_THROWS(StackedRNNCells<float>(std::vector<std::unique_ptr<Cell<float>>>()),
                     ArgumentError,
                     "[StackedRNNCells] there are no cells");
}

BOOST_AUTO_TEST_CASE(a_missing_cell_is_refused) {
  std::vector<std::unique_ptr<Cell<float>>> cells(2);
  RONDO_CHECK_THROWS(StackedRNNCells<float>(std::move(cells)),
                     ArgumentError,
                     "[StackedRNNCells] a cell is missing");
}

BOOST_AUTO_TEST_CASE(a_wrong_number_of_states_is_refused) {
  RNN<float> rnn(make_stack<float>());
  Tape tape;
  const auto h = tape.constant(Tensor<float>::zeros({2, 4}));
  RONDO_CHECK_THROWS(
      rnn(tape.constant(Tensor<float>::zeros({2, 5, 3})), {.initial_state = std::array{h}}),
      ArgumentError,
      "[rnn] expected 2 state(s) in initial_state, found 1");
  RONDO_CHECK_THROWS(
      rnn(tape.constant(Tensor<float>::zeros({2, 5, 3})), {.initial_state = std::array{h, h}}),
      ShapeError,
      "[rnn] state 1 does not fit: expected (2, 2), found (2, 4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stacked_cells_test
