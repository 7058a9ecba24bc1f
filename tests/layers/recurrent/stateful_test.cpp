// States that a layer carries from call to call.
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace stateful_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::mask;
using test::random_tensor;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

/// A call with inputs of ones and its outputs.
template <Real T>
std::vector<double> call(RNN<T>& rnn, std::size_t batch = 1, bool training = false) {
  Tape<T> tape;
  return doubles(
      rnn(tape.constant(Tensor<T>::full({batch, 2, 1}, T{1})), {.training = training}).value());
}

/// Copies what a layer remembers.
template <Real T>
class Collector : public StateVisitor<T> {
 public:
  std::vector<std::string> paths = {};
  std::vector<std::vector<double>> values = {};

  void visit(const std::string& path, Tensor<T>& state, const Shape&) override {
    paths.push_back(path);
    values.push_back(doubles(state.view()));
  }

  void visit(const std::string& path, Rng&) override { paths.push_back(path); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_stateful)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_call_begins_where_the_last_one_ended, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  BOOST_TEST(call(rnn) == std::vector<double>{20});
  BOOST_TEST(call(rnn) == std::vector<double>{40});
  RNN stateless{SumCell<T>()};
  BOOST_TEST(call(stateless) == std::vector<double>{20});
  BOOST_TEST(call(stateless) == std::vector<double>{20});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_calls_equal_one_long_call, T, RealTypes) {
  GRU<T> stateful({.units = 3, .return_sequences = true, .stateful = true});
  GRU<T> plain({.units = 3, .return_sequences = true});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 6, 4}, 1));
  const auto first = stateful(slice(x, 1, 0, 4));
  const auto second = stateful(slice(x, 1, 4, 6));
  check_equal(concat({first, second}, 1).value(), plain(x).value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(training_and_inference_both_carry, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  call(rnn, 1, true);
  BOOST_TEST(call(rnn, 1, false) == std::vector<double>{40});
  BOOST_TEST(call(rnn, 1, true) == std::vector<double>{60});
  Tape<T> inference({.recording = false});
  rnn(inference.constant(Tensor<T>::full({1, 2, 1}, T{1})));
  BOOST_TEST(call(rnn) == std::vector<double>{100});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_gradient_crosses_from_call_to_call, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  Tape<T> tape;
  const auto x = tape.variable(Tensor<T>::full({1, 2, 1}, T{1}));
  const auto y = tape.variable(Tensor<T>::full({1, 2, 1}, T{1}));
  rnn(x);
  const auto output = rnn(y);
  tape.backward(sum(output));
  check_equal(doubles(output.value()), std::vector<double>{40});
  BOOST_TEST(!x.grad());
  check_equal(doubles(y.grad()), std::vector<double>{10, 10});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients_equal_those_of_a_constant_initial_state, T, RealTypes) {
  GRU<T> stateful({.units = 3, .stateful = true});
  GRU<T> plain({.units = 3});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 3, 4}, 1));
  stateful(x);
  const auto carried = Tensor<T>::copy_of(plain(x).value());
  tape.backward(sum(stateful(x)) +
                sum(plain(x, {.initial_state = std::array{tape.constant(carried)}})));
  for (std::size_t i = 0; i < 3; ++i) {
    check_equal(stateful.weights()[i]->grad(), plain.weights()[i]->grad());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_carried_state_is_a_copy, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  Tape<T> tape;
  rnn(tape.constant(Tensor<T>::full({1, 2, 1}, T{1})));
  tape.reset();
  tape.constant(Tensor<T>::full({1000}, T{77}));  // overwrites the arena
  BOOST_TEST(call(rnn) == std::vector<double>{40});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reset_states_begins_with_zeros_again, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  call(rnn);
  rnn.reset_states();
  BOOST_TEST(call(rnn) == std::vector<double>{20});
}

BOOST_AUTO_TEST_CASE(a_model_of_stateless_layers_may_be_reset) {
  Sequential model{RNN{SumCell<float>()}};
  BOOST_CHECK_NO_THROW(model.reset_states());
}

BOOST_AUTO_TEST_CASE(a_model_passes_reset_states_on) {
  Sequential model{RNN{SumCell<float>(), {.stateful = true}}};
  const auto run = [&] {
    Tape tape;
    return model(tape.constant(Tensor<float>::full({1, 2, 1}, 1.0F))).item();
  };
  BOOST_TEST(run() == 20);
  BOOST_TEST(run() == 40);
  model.reset_states();
  BOOST_TEST(run() == 20);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_given_initial_state_wins_over_the_carried_one, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  call(rnn);
  Tape<T> tape;
  const std::array initial{tape.constant(tensor<T>({1, 1}, {5})),
                           tape.constant(tensor<T>({1, 1}, {0}))};
  const auto output =
      rnn(tape.constant(Tensor<T>::full({1, 2, 1}, T{1})), {.initial_state = initial});
  check_equal(doubles(output.value()), std::vector<double>{70});
  BOOST_TEST(call(rnn) == std::vector<double>{90});
}

BOOST_AUTO_TEST_CASE(a_given_zero_state_wins_too) {
  RNN rnn{SumCell<double>(), {.stateful = true}};
  call(rnn);
  Tape<double> tape;
  const auto zero = tape.constant(Tensor<double>::zeros({1, 1}));
  const auto output = rnn(tape.constant(Tensor<double>::full({1, 2, 1}, 1.0)),
                          {.initial_state = std::array{zero, zero}});
  BOOST_TEST(output.item() == 20.0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masked_samples_carry_their_old_state, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  call(rnn, 2);
  Tape<T> tape;
  const auto x = tape.constant(Tensor<T>::full({2, 2, 1}, T{1}));
  rnn(x, {.mask = mask({2, 2}, {false, false, true, false})});
  check_equal(doubles(rnn(x).value()), std::vector<double>{40, 50});
}

BOOST_AUTO_TEST_CASE(another_batch_size_is_refused_until_the_states_are_reset) {
  RNN rnn{SumCell<float>(), {.stateful = true}};
  call(rnn, 2);
  RONDO_CHECK_THROWS(call(rnn, 3),
                     ShapeError,
                     "[rnn] a stateful layer was fed a batch of 3 after one of 2: call "
                     "reset_states() in between");
  BOOST_TEST(call(rnn, 2) == (std::vector<double>{40, 40}));
  rnn.reset_states();
  BOOST_TEST(call(rnn, 3) == (std::vector<double>{20, 20, 20}));
}

BOOST_AUTO_TEST_CASE(a_refused_call_leaves_the_state_as_it_was) {
  RNN rnn{test::ProbingCell<float>({.units = 1}), {.stateful = true}};
  call(rnn);
  Collector<float> before;
  rnn.visit_states(before);
  test::probe(rnn).fail_in_step = 3;
  BOOST_CHECK_THROW(call(rnn), StateError);
  Collector<float> after;
  rnn.visit_states(after);
  BOOST_TEST(after.values == before.values);
}

BOOST_AUTO_TEST_CASE(carried_states_are_not_weights) {
  GRU gru({.units = 3, .stateful = true});
  gru.build({2, 1});
  call<float>(gru);
  BOOST_TEST(gru.weights().size() == 3);
  BOOST_TEST(gru.count_parameters() == 9 + 27 + 18);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_visitor_sees_and_may_change_the_carried_states, T, RealTypes) {
  RNN rnn{SumCell<T>(), {.stateful = true}};
  call(rnn, 2);
  Collector<T> collector;
  rnn.visit_states(collector);
  BOOST_TEST(collector.paths == (std::vector<std::string>{"rnn/state_0", "rnn/state_1"}));
  BOOST_TEST(collector.values == (std::vector<std::vector<double>>{{2, 2}, {2, 2}}));

  struct Writer : StateVisitor<T> {
    void visit(const std::string&, Tensor<T>& state, const Shape&) override {
      state = tensor<T>({2, 1}, {5, 6});
    }

    void visit(const std::string&, Rng&) override {}
  } writer;

  rnn.visit_states(writer);
  BOOST_TEST(call(rnn, 2) == (std::vector<double>{70, 80}));
}

BOOST_AUTO_TEST_CASE(a_stateless_layer_shows_no_states) {
  RNN rnn{SumCell<float>()};
  call(rnn);
  Collector<float> collector;
  rnn.visit_states(collector);
  BOOST_TEST(collector.paths.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stateful_test
