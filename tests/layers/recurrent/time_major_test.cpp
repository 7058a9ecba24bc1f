// Time-major layers give what batch-major ones give for transposed inputs.
#include "rondo/layers/recurrent/bidirectional.hpp"
#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/recurrent/simple_rnn.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace time_major_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::mask;
using test::random_tensor;
using test::RealTypes;

namespace {

/// Three samples of four steps: whole, with a gap, padded in front.
Tensor<bool> gaps() {
  return mask({3, 4}, {true, true, true, true, true, false, true, false, false, false, true, true});
}

Tensor<bool> transposed(const Tensor<bool>& m) {
  const std::size_t rows = m.shape()[0], columns = m.shape()[1];
  Tensor<bool> result(Shape{columns, rows});
  for (std::size_t i = 0; i < rows * columns; ++i) {
    result.data()[i % columns * rows + i / columns] = m.data()[i];
  }
  return result;
}

template <Real T>
Variable<T> swapped(const Variable<T>& x) {
  return transpose(x, {1, 0, 2});
}

/// Runs both layers with and without a mask and compares outputs, states and gradients.
template <Real T, class L>
void check_same(L batch_major, L time_major, bool sequences) {
  for (const bool masked : {false, true}) {
    const Tensor<bool> valid = gaps(), turned = transposed(valid);
    Tape<T> tape;
    const auto x = tape.variable(random_tensor<T>({3, 4, 2}, 1));
    const auto xt = tape.variable(swapped(x).value());
    const auto a = batch_major.run(x, {.mask = masked ? valid.view() : TensorView<const bool>{}});
    const auto b = time_major.run(xt, {.mask = masked ? turned.view() : TensorView<const bool>{}});
    const auto b_output = sequences ? swapped(b.output) : b.output;
    check_equal(a.output.value(), b_output.value());
    BOOST_REQUIRE(a.states.size() == b.states.size());
    for (std::size_t i = 0; i < a.states.size(); ++i) {
      check_equal(a.states[i].value(), b.states[i].value());
    }
    tape.backward(sum(square(a.output)) + sum(square(b.output)));
    check_equal(x.grad(), swapped(tape.constant(xt.grad())).value());
    const double allowed = std::is_same_v<T, float> ? 1e-5 : 1e-12;
    for (std::size_t i = 0; i < batch_major.weights().size(); ++i) {
      const auto expected = doubles(batch_major.weights()[i]->grad());
      test::check_close(time_major.weights()[i]->grad(), expected, allowed);
    }
    for (std::size_t i = 0; i < batch_major.weights().size(); ++i) {
      batch_major.weights()[i]->zero_grad();
      time_major.weights()[i]->zero_grad();
    }
  }
}

template <Real T, template <class> class L, class Options>
void check_layer(Options options) {
  options.units = 3;
  for (const bool sequences : {false, true}) {
    for (const bool go_backwards : {false, true}) {
      options.return_sequences = sequences;
      options.go_backwards = go_backwards;
      options.time_major = false;
      L<T> batch_major(options);
      options.time_major = true;
      L<T> time_major(options);
      check_same<T>(std::move(batch_major), std::move(time_major), sequences);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_time_major)

BOOST_AUTO_TEST_CASE_TEMPLATE(gru, T, RealTypes) {
  check_layer<T, GRU>(GRUOptions{});
  check_layer<T, GRU>(GRUOptions{.zero_output_for_mask = true});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lstm, T, RealTypes) {
  check_layer<T, LSTM>(LSTMOptions{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(simple_rnn, T, RealTypes) {
  check_layer<T, SimpleRNN>(SimpleRNNOptions{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bidirectional, T, RealTypes) {
  for (const bool sequences : {false, true}) {
    check_same<T>(
        Bidirectional<T>(GRU<T>({.units = 3, .return_sequences = sequences})),
        Bidirectional<T>(GRU<T>({.units = 3, .return_sequences = sequences, .time_major = true})),
        sequences);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_cell_of_one_s_own, T, RealTypes) {
  RNN rnn{test::SumCell<T>(), {.return_sequences = true, .time_major = true}};
  Tape<T> tape;
  const auto [y, states] = rnn.run(tape.constant(test::tensor<T>({2, 3, 1}, {1, 2, 3, 4, 5, 6})));
  check_equal(doubles(y.value()), std::vector<double>{10, 20, 30, 50, 70, 90});
  BOOST_TEST(to_string(y.shape()) == "(2, 3, 1)");
  BOOST_TEST(to_string(states[0].shape()) == "(3, 1)");
}

BOOST_AUTO_TEST_CASE(steps_need_no_copies) {
  RNN rnn{test::SumCell<double>(), {.time_major = true}};
  Tape<double> tape({.recording = false});
  const auto x = tape.constant(Tensor<double>::zeros({5, 3, 1}));
  rnn(x);
  std::size_t slices_of_x = 0;
  for (const auto& node : tape.nodes()) {
    slices_of_x += std::string(node.name) == "select" && node.value >= x.value().begin() &&
                   node.value < x.value().end();
  }
  BOOST_TEST(slices_of_x == 5);
}

BOOST_AUTO_TEST_CASE(a_deferred_build_knows_the_steps) {
  GRU<float> gru({.units = 3, .return_sequences = true, .time_major = true});
  Tape tape;
  gru(tape.constant(Tensor<float>::zeros({5, 2, 4})));
  BOOST_TEST(gru.summary().find("(None, 5, 3)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stored_states_are_batch_major) {
  GRU<double> plain({.units = 3, .return_sequences = true, .time_major = true});
  GRU<double> stateful(
      {.units = 3, .return_sequences = true, .stateful = true, .time_major = true});
  Tape<double> tape;
  const auto x = tape.constant(random_tensor<double>({5, 2, 4}, 1));
  const auto first = stateful(slice(x, 0, 0, 3));
  const auto second = stateful(slice(x, 0, 3, 5));
  check_equal(concat({first, second}, 0).value(), plain(x).value());
}

/// l2 with factor 1 of ones is their number: 5 steps of 2 samples and 3 units, divided by 2.
BOOST_AUTO_TEST_CASE(the_activity_penalty_is_divided_by_the_batch) {
  const auto one = [](const auto& x) { return x * 0.0 + 1.0; };
  GRU<double> gru({.units = 3,
                   .activation = one,
                   .recurrent_activation = [](const auto& x) { return x * 0.0; },
                   .activity_regularizer = regularizers::l2(1.0),
                   .return_sequences = true,
                   .time_major = true});
  Tape<double> tape;
  gru(tape.constant(Tensor<double>::zeros({5, 2, 4})));
  BOOST_REQUIRE(tape.losses().size() == 1);
  BOOST_TEST(tape.losses()[0].item() == 15.0);
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_differences) {
  GRU<double> gru({.units = 3, .return_sequences = true, .time_major = true});
  gru.build({4, 2});
  test::randomize(gru, 1);
  const Tensor<bool> valid = transposed(gaps());
  const auto result = check_gradients(
      [&](Tape<double>&, std::span<const Variable<double>> v) {
        const auto [y, states] = gru.run(v[0], {.mask = valid, .initial_state = v.subspan(1)});
        return sum(square(y)) + sum(states[0]);
      },
      {random_tensor<double>({4, 3, 2}, 2), random_tensor<double>({3, 3}, 3)},
      {},
      gru.weights());
  BOOST_TEST(result.passed, result.report);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_mask_may_have_a_last_axis_of_one, T, RealTypes) {
  const Tensor<bool> valid = gaps();
  const TensorView<const bool> column(valid.data(), Shape{3, 4, 1});
  const Tensor<bool> turned = transposed(valid);
  const TensorView<const bool> turned_column(turned.data(), Shape{4, 3, 1});
  GRU<T> gru({.units = 3, .return_sequences = true});
  GRU<T> time_major({.units = 3, .return_sequences = true, .time_major = true});
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({3, 4, 2}, 1));
  const auto expected = gru(x, {.mask = valid});
  check_equal(gru(x, {.mask = column}).value(), expected.value());
  check_equal(swapped(time_major(swapped(x), {.mask = turned_column})).value(), expected.value());
  BOOST_TEST(to_string(gru.compute_mask(x, column).shape()) == "(3, 4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace time_major_test
