// The contract of layers (testing/layer_test.hpp) for the recurrent ones; their options are listed
// in the tests of each.
#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace every_layer_test {

using namespace rondo;
using testing::LayerExpectations;

namespace {

template <class Make>
void check(const Make& make, const Shape& input_shape, const LayerExpectations& expected) {
  test::report(testing::test_layer(make, input_shape, expected));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_every_layer_gradient)

BOOST_AUTO_TEST_CASE(gru) {
  check([]<class T>() { return GRU<T>({.units = 3}); },
        {2, 4, 2},
        {.output_shape = {2, 3},
         .weights = {{"gru/gru_cell/kernel", {2, 9}},
                     {"gru/gru_cell/recurrent_kernel", {3, 9}},
                     {"gru/gru_cell/bias", {2, 9}}}});
}

BOOST_AUTO_TEST_CASE(gru_with_many_options) {
  check(
      []<class T>() {
        return GRU<T>({.units = 3,
                       .recurrent_activation = "hard_sigmoid",
                       .bias_initializer = "random_normal",
                       .kernel_regularizer = "l2",
                       .recurrent_regularizer = "l1",
                       .activity_regularizer = "l2",
                       .dropout = 0.25,
                       .recurrent_dropout = 0.25,
                       .return_sequences = true,
                       .go_backwards = true,
                       .stateful = true,
                       .reset_after = false,
                       .name = "reader"});
      },
      {2, 4, 2},
      {.output_shape = {2, 4, 3},
       .weights = {{"reader/gru_cell/kernel", {2, 9}},
                   {"reader/gru_cell/recurrent_kernel", {3, 9}},
                   {"reader/gru_cell/bias", {9}}},
       .weight_penalties = 2,
       .activity_penalties = 1,
       .training_matters = true});
}

BOOST_AUTO_TEST_CASE(gru_cell) {
  for (const bool reset_after : {true, false}) {
    for (const int implementation : {1, 2}) {
      check(
          [=]<class T>() {
            return GRUCell<T>(
                {.units = 3, .reset_after = reset_after, .implementation = implementation});
          },
          {4, 2},
          {.output_shape = {4, 3},
           .weights = {{"gru_cell/kernel", {2, 9}},
                       {"gru_cell/recurrent_kernel", {3, 9}},
                       {"gru_cell/bias", reset_after ? Shape{2, 9} : Shape{9}}}});
    }
  }
}

BOOST_AUTO_TEST_CASE(lstm) {
  check([]<class T>() { return LSTM<T>({.units = 3, .return_sequences = true}); },
        {2, 4, 2},
        {.output_shape = {2, 4, 3},
         .weights = {{"lstm/lstm_cell/kernel", {2, 12}},
                     {"lstm/lstm_cell/recurrent_kernel", {3, 12}},
                     {"lstm/lstm_cell/bias", {12}}}});
}

BOOST_AUTO_TEST_CASE(lstm_cell) {
  for (const int implementation : {1, 2}) {
    check([=]<class T>() { return LSTMCell<T>({.units = 3, .implementation = implementation}); },
          {4, 2},
          {.output_shape = {4, 3},
           .weights = {{"lstm_cell/kernel", {2, 12}},
                       {"lstm_cell/recurrent_kernel", {3, 12}},
                       {"lstm_cell/bias", {12}}}});
  }
}

BOOST_AUTO_TEST_CASE(simple_rnn) {
  check([]<class T>() { return SimpleRNN<T>({.units = 3, .dropout = 0.5}); },
        {2, 4, 2},
        {.output_shape = {2, 3},
         .weights = {{"simple_rnn/simple_rnn_cell/kernel", {2, 3}},
                     {"simple_rnn/simple_rnn_cell/recurrent_kernel", {3, 3}},
                     {"simple_rnn/simple_rnn_cell/bias", {3}}},
         .training_matters = true});
}

BOOST_AUTO_TEST_CASE(simple_rnn_cell) {
  check([]<class T>() { return SimpleRNNCell<T>({.units = 3, .use_bias = false}); },
        {4, 2},
        {.output_shape = {4, 3},
         .weights = {{"simple_rnn_cell/kernel", {2, 3}},
                     {"simple_rnn_cell/recurrent_kernel", {3, 3}}}});
}

BOOST_AUTO_TEST_CASE(stacked_cells) {
  check(
      []<class T>() {
        return StackedRNNCells<T>(GRUCell<T>({.units = 3}), LSTMCell<T>({.units = 2}));
      },
      {4, 2},
      {.output_shape = {4, 2},
       .weights = {{"stacked_rnn_cells/gru_cell/kernel", {2, 9}},
                   {"stacked_rnn_cells/gru_cell/recurrent_kernel", {3, 9}},
                   {"stacked_rnn_cells/gru_cell/bias", {2, 9}},
                   {"stacked_rnn_cells/lstm_cell/kernel", {3, 8}},
                   {"stacked_rnn_cells/lstm_cell/recurrent_kernel", {2, 8}},
                   {"stacked_rnn_cells/lstm_cell/bias", {8}}}});
}

BOOST_AUTO_TEST_CASE(rnn) {
  check([]<class T>() { return RNN<T>(SimpleRNNCell<T>({.units = 3})); },
        {2, 4, 2},
        {.output_shape = {2, 3}});
}

BOOST_AUTO_TEST_CASE(bidirectional) {
  for (const MergeMode mode : {MergeMode::concat, MergeMode::sum}) {
    check(
        [=]<class T>() {
          return Bidirectional<T>(GRU<T>({.units = 3, .return_sequences = true}),
                                  {.merge_mode = mode});
        },
        {2, 4, 2},
        {.output_shape = {2, 4, mode == MergeMode::concat ? 6U : 3U},
         .weights = {{"bidirectional/forward_gru/gru_cell/kernel", {2, 9}},
                     {"bidirectional/forward_gru/gru_cell/recurrent_kernel", {3, 9}},
                     {"bidirectional/forward_gru/gru_cell/bias", {2, 9}},
                     {"bidirectional/backward_gru/gru_cell/kernel", {2, 9}},
                     {"bidirectional/backward_gru/gru_cell/recurrent_kernel", {3, 9}},
                     {"bidirectional/backward_gru/gru_cell/bias", {2, 9}}}});
  }
}

BOOST_AUTO_TEST_CASE(gru_steps_have_names_on_the_tape) {
  GRU<double> gru({.units = 2, .use_fused = UseFused::off});
  Tape<double> tape;
  gru(tape.constant(Tensor<double>::zeros({1, 2, 3})));
  const std::string text = to_string(tape);
  for (const char* const part : {"[gru / step 0]", "[gru / step 1]"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << " in\n" << text);
  }
  const std::string picture = to_dot(tape);
  BOOST_TEST(picture.find("label=\"step 1\"") != std::string::npos, picture);
}

BOOST_AUTO_TEST_CASE(names_survive_a_move_of_the_layer) {
  Tape<double> tape;
  GRU<double> gru({.units = 2, .return_state = true});
  const auto x = tape.constant(Tensor<double>::zeros({1, 2, 3}));
  gru.run(x, {});
  const GRU<double> moved = std::move(gru);
  BOOST_TEST(to_string(tape).find("[gru]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace every_layer_test
