// Initial states, stored states that are set, sizes, and a choice between given and stored ones.
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace states_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

/// Two steps of ones: a sum that begins with s gives 10 · (s + 2).
template <Real T>
std::vector<double> call(RNN<T>& rnn, std::size_t batch, std::vector<double> given = {}) {
  Tape<T> tape;
  std::vector<Variable<T>> initial;
  if (!given.empty()) {
    initial = {tape.constant(tensor<T>({batch, 1}, given)),
               tape.constant(Tensor<T>::zeros({batch, 1}))};
  }
  return doubles(
      rnn(tape.constant(Tensor<T>::full({batch, 2, 1}, T{1})), {.initial_state = initial}).value());
}

/// A sum that begins with 5.
template <Real T>
class FromFive : public SumCell<T> {
 public:
  std::span<const Variable<T>> initial_states(Tape<T>& tape, std::size_t batch) override {
    const auto states = tape.template array<Variable<T>>(2);
    states[0] = tape.constant(Tensor<T>::full({batch, 1}, T{5}));
    states[1] = zeros(tape, {batch, 1});
    return states;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_states)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cell_tells_its_sizes, T, RealTypes) {
  const GRUCell<T> gru({.units = 4});
  BOOST_TEST(gru.state_size() == std::vector<std::size_t>{4});
  BOOST_TEST(gru.output_size() == 4);
  const LSTMCell<T> lstm({.units = 3});
  BOOST_TEST(lstm.state_size() == (std::vector<std::size_t>{3, 3}));
  const StackedRNNCells<T> stack(GRUCell<T>({.units = 8}), LSTMCell<T>({.units = 3}));
  BOOST_TEST(stack.state_size() == (std::vector<std::size_t>{8, 3, 3}));
  BOOST_TEST(stack.output_size() == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_initial_state_is_zero, T, RealTypes) {
  GRUCell<T> cell({.units = 3});
  const auto states = cell.get_initial_state({.batch_size = 2});
  BOOST_REQUIRE(states.size() == 1);
  BOOST_TEST(to_string(states[0].shape()) == "(2, 3)");
  check_equal(doubles(states[0].view()), std::vector<double>(6, 0.0));
  const auto zero = cell.zero_state(5);
  BOOST_REQUIRE(zero.size() == 1);
  BOOST_TEST(to_string(zero[0].shape()) == "(5, 3)");
  check_equal(doubles(zero[0].view()), std::vector<double>(15, 0.0));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inputs_win_over_batch_size_and_dtype, T, RealTypes) {
  GRUCell<T> cell({.units = 3});
  const auto inputs = Tensor<T>::zeros({4, 7});
  const auto states =
      cell.get_initial_state({.inputs = inputs, .batch_size = 2, .dtype = "float16"});
  BOOST_TEST(to_string(states[0].shape()) == "(4, 3)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_layer_asks_its_cell, T, RealTypes) {
  LSTM<T> lstm({.units = 3});
  const auto inputs = Tensor<T>::zeros({4, 7, 2});
  const auto states = lstm.get_initial_state({.inputs = inputs});
  BOOST_REQUIRE(states.size() == 2);
  BOOST_TEST(to_string(states[1].shape()) == "(4, 3)");
  LSTM<T> time_major({.units = 3, .time_major = true});
  BOOST_TEST(to_string(time_major.get_initial_state({.inputs = inputs})[0].shape()) == "(7, 3)");
  BOOST_TEST(to_string(lstm.get_initial_state({.batch_size = 5})[0].shape()) == "(5, 3)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cell_may_begin_elsewhere, T, RealTypes) {
  RNN rnn{FromFive<T>()};
  BOOST_TEST(call(rnn, 1) == std::vector<double>{70});
  BOOST_TEST(call(rnn, 1, {1}) == std::vector<double>{30});
  check_equal(doubles(rnn.get_initial_state({.batch_size = 2})[0].view()),
              std::vector<double>{5, 5});
  RNN<T> stack({SumCell<T>(), FromFive<T>()});
  BOOST_TEST(call(stack, 1) == std::vector<double>{10 * (5 + 10 + 20)});
}

BOOST_AUTO_TEST_CASE(without_a_batch_size_there_is_no_initial_state) {
  GRUCell<float> cell({.units = 3});
  RONDO_CHECK_THROWS(static_cast<void>(cell.get_initial_state()),
                     ArgumentError,
                     "[GRUCell] the initial state needs a batch size: give inputs or batch_size");
  GRU<float> gru({.units = 3});
  RONDO_CHECK_THROWS(static_cast<void>(gru.get_initial_state()),
                     ArgumentError,
                     "[GRU] the initial state needs a batch size: give inputs or batch_size");
}

BOOST_AUTO_TEST_CASE(another_dtype_than_the_layer_s_is_refused) {
  GRUCell<float> cell({.units = 3});
  RONDO_CHECK_THROWS(
      static_cast<void>(cell.get_initial_state({.batch_size = 2, .dtype = "float64"})),
      ArgumentError,
      "[GRUCell] dtype float64 contradicts the layer's float32");
  GRUCell<double> precise({.units = 3});
  BOOST_TEST(precise.get_initial_state({.batch_size = 2, .dtype = "float64"}).size() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stored_states_can_be_set, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  const std::array values{tensor<T>({2, 1}, {5, 6}), tensor<T>({2, 1}, {0, 0})};
  rnn.reset_states(values);
  BOOST_TEST(call(rnn, 2) == (std::vector<double>{70, 80}));
  rnn.reset_states(values);
  BOOST_TEST(call(rnn, 2) == (std::vector<double>{70, 80}));
  BOOST_TEST(call(rnn, 2) == (std::vector<double>{90, 100}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_sample_begins_again_while_the_others_go_on, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  call(rnn, 3);
  rnn.reset_sample_states(1);
  BOOST_TEST(call(rnn, 3) == (std::vector<double>{40, 20, 40}));
  rnn.reset_sample_states(2, std::array{tensor<T>({1}, {5}), tensor<T>({1}, {0})});
  BOOST_TEST(call(rnn, 3) == (std::vector<double>{60, 40, 70}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stored_states_win_under_keras2_unless_they_are_zero, T, RealTypes) {
  for (const RNNOptions& options : {RNNOptions{.stateful = true, .compat = Compat::keras2},
                                    RNNOptions{.stateful = true, .prefer_stored_state = true}}) {
    RNN<T> rnn(SumCell<T>(), options);
    BOOST_TEST(call(rnn, 1, {5}) == std::vector<double>{70});  // nothing is stored
    BOOST_TEST(call(rnn, 1, {5}) == std::vector<double>{90});  // 7 is stored
    rnn.reset_states(std::array{Tensor<T>::zeros({1, 1}), Tensor<T>::zeros({1, 1})});
    BOOST_TEST(call(rnn, 1, {5}) == std::vector<double>{70});  // zeros are stored
    rnn.reset_states(std::array{Tensor<T>::zeros({1, 1}), tensor<T>({1, 1}, {3})});
    BOOST_TEST(call(rnn, 1, {5}) == std::vector<double>{20});  // one of two is not zero
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(given_states_win_under_the_other_profiles, T, RealTypes) {
  for (const Compat compat : {Compat::keras3, Compat::tf20, Compat::tfjs}) {
    RNN<T> rnn(SumCell<T>(), {.stateful = true, .compat = compat});
    BOOST_TEST(call(rnn, 1, {5}) == std::vector<double>{70});
    BOOST_TEST(call(rnn, 1, {5}) == std::vector<double>{70});
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stack_in_reverse_order_maps_states_to_their_cells, T, RealTypes) {
  const auto step = [](bool reverse, std::vector<double> first, std::vector<double> second) {
    RNN<T> stack(StackedRNNCells<T>(
        {.reverse_state_order = reverse}, GRUCell<T>({.units = 2}), GRUCell<T>({.units = 3})));
    stack.build({1, 2});
    test::randomize(stack, 1);
    Tape<T> tape;
    std::vector initial{tape.constant(tensor<T>({1, 2}, first)),
                        tape.constant(tensor<T>({1, 3}, second))};
    if (reverse) {
      std::swap(initial[0], initial[1]);
    }
    const auto result =
        stack.run(tape.constant(Tensor<T>::full({1, 1, 2}, T{1})), {.initial_state = initial});
    const std::size_t of_first = reverse ? 1 : 0;
    return std::vector{doubles(result.states[of_first].value()),
                       doubles(result.states[1 - of_first].value())};
  };
  const std::vector<double> a{0.1, 0.2}, b{0.3, 0.4, 0.5};
  BOOST_TEST((step(false, a, b) == step(true, a, b)));
  const StackedRNNCells reversed{
      {.reverse_state_order = true}, GRUCell<T>({.units = 2}), GRUCell<T>({.units = 3})};
  BOOST_TEST(reversed.state_size() == (std::vector<std::size_t>{3, 2}));
  BOOST_TEST(reversed.output_size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace states_test
