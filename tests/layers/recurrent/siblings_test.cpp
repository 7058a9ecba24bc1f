// SimpleRNN and LSTM beside Keras 3.15.1, and the bidirectional wrapper.
#include <cmath>

#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace siblings_test {

using namespace rondo;
using test::by_formula;
using test::check_close;

namespace {

constexpr std::size_t batch = 2, steps = 3, features = 2, units = 2;

struct Golden {
  double loss;
  std::vector<double> y, dx, kernel, recurrent_kernel, bias;
};

/// Weights, inputs and loss by formula; the numbers are those that Keras answers.
void check_against_keras(RNN<double>& layer, std::size_t columns, const Golden& golden) {
  layer.build({steps, features});
  const auto weights = layer.weights();
  weights[0]->assign(by_formula<double>({features, columns}, [](double i, double j) {
    return 0.5 * std::sin(0.7 * i + 1.3 * j + 0.1);
  }));
  weights[1]->assign(by_formula<double>({units, columns}, [](double i, double j) {
    return 0.5 * std::cos(0.9 * i + 0.4 * j + 0.2);
  }));
  const auto bias = by_formula<double>(
      {1, columns}, [](double, double j) { return 0.1 * std::sin(2.1 * j + 0.3); });
  weights[2]->assign(TensorView<const double>(bias.data(), {columns}));
  Tape<double> tape;
  const auto x =
      tape.variable(by_formula<double>({batch, steps, 2}, [](double n, double t, double f) {
        return std::sin(0.3 * n + 0.5 * t + 0.8 * f);
      }));
  const auto w =
      tape.constant(by_formula<double>({batch, steps, 2}, [](double n, double t, double j) {
        return std::cos(0.6 * n + 0.2 * t + 0.9 * j);
      }));
  const auto y = layer(x);
  const auto loss = sum(y * w);
  tape.backward(loss);
  check_close(loss, {golden.loss}, 1e-9);
  check_close(y, golden.y, 1e-9);
  check_close(x.grad(), golden.dx, 1e-9);
  check_close<double>(weights[0]->grad(), golden.kernel, 1e-9);
  check_close<double>(weights[1]->grad(), golden.recurrent_kernel, 1e-9);
  check_close<double>(weights[2]->grad(), golden.bias, 1e-9);
}

const Golden lstm_of_keras{-0.596304765,
                           {-0.011107605,
                            0.057240892,
                            -0.114990252,
                            0.125848432,
                            -0.228637715,
                            0.168549554,
                            -0.065766212,
                            0.095146412,
                            -0.186468971,
                            0.154522736,
                            -0.269170945,
                            0.175868277},
                           {-0.191814486,
                            -0.019904028,
                            -0.193178394,
                            -0.057570652,
                            -0.139868101,
                            -0.055858936,
                            -0.200847812,
                            -0.092274626,
                            -0.167078412,
                            -0.099421803,
                            -0.107759624,
                            -0.076473953},
                           {-0.161815805,
                            -0.003312630,
                            -0.056436323,
                            -0.004946419,
                            0.945135765,
                            -0.025183058,
                            -0.151399863,
                            -0.005459812,
                            -0.234827940,
                            0.009269491,
                            -0.063937192,
                            -0.002015426,
                            1.913777205,
                            0.102427500,
                            -0.200415964,
                            0.014510148},
                           {0.017836879,
                            0.001397922,
                            0.008223967,
                            0.001343220,
                            -0.084169765,
                            0.010762478,
                            0.018904352,
                            0.003036303,
                            -0.021592901,
                            -0.000571322,
                            -0.008426328,
                            -0.000860222,
                            0.112900569,
                            -0.004349563,
                            -0.021176726,
                            -0.001231309},
                           {-0.249246702,
                            0.011249413,
                            -0.067854201,
                            -0.003055879,
                            2.152836003,
                            0.129753133,
                            -0.212842859,
                            0.014895077}};

template <class L>
bool gradients_are_right(L layer) {
  layer.build({4, 3}, 5);
  const auto weights = layer.weights();
  const auto result = check_gradients(
      [&](Tape<double>&, std::span<const Variable<double>> v) { return layer(v[0]); },
      {test::random_tensor<double>({2, 4, 3}, 6)},
      {},
      weights);
  BOOST_TEST_MESSAGE(result.report);
  return result.passed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_siblings_gradient)

BOOST_AUTO_TEST_CASE(simple_rnn_answers_as_keras) {
  SimpleRNN<double> layer({.units = units, .return_sequences = true});
  check_against_keras(layer,
                      units,
                      {2.971229952,
                       {0.279234737,
                        0.360239045,
                        0.549473205,
                        0.689823934,
                        0.689270232,
                        0.818951474,
                        0.348697269,
                        0.535486342,
                        0.614553533,
                        0.767929545,
                        0.697584846,
                        0.832322228},
                       {0.427517377,
                        0.824961137,
                        0.189941215,
                        0.441941339,
                        0.067538549,
                        0.211431467,
                        0.110031874,
                        0.388256160,
                        0.010552275,
                        0.164407474,
                        -0.035095284,
                        0.056619196},
                       {1.720834589, 0.138547977, 3.897681784, 0.891428184},
                       {0.852216589, 0.060318815, 1.125511221, 0.076172384},
                       {4.485446077, 1.109315444}});
}

BOOST_AUTO_TEST_CASE(lstm_answers_as_keras_in_both_implementations) {
  for (const int implementation : {1, 2}) {
    LSTM<double> layer(
        {.units = units, .return_sequences = true, .implementation = implementation});
    check_against_keras(layer, 4 * units, lstm_of_keras);
  }
}

BOOST_AUTO_TEST_CASE(gradients_agree_with_differences) {
  BOOST_TEST(gradients_are_right(SimpleRNN<double>({.units = 3, .use_bias = false})));
  BOOST_TEST(
      gradients_are_right(LSTM<double>({.units = 3, .use_bias = false, .implementation = 1})));
  BOOST_TEST(gradients_are_right(LSTM<double>({.units = 3, .go_backwards = true})));
  for (const MergeMode mode : {MergeMode::concat, MergeMode::sum, MergeMode::mul, MergeMode::ave}) {
    BOOST_TEST(gradients_are_right(
        Bidirectional(GRU<double>({.units = 2, .return_sequences = true}), {.merge_mode = mode})));
  }
}

BOOST_AUTO_TEST_CASE(the_forget_gate_begins_with_a_bias_of_one) {
  LSTM<double> layer({.units = 2});
  layer.build({1, 1});
  check_close(layer.weights()[2]->value(), {0, 0, 1, 1, 0, 0, 0, 0});
  LSTM<double> plain({.units = 2, .unit_forget_bias = false});
  plain.build({1, 1});
  check_close(plain.weights()[2]->value(), {0, 0, 0, 0, 0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(recurrent_dropout_needs_implementation_1_of_lstm) {
  LSTM<double> layer({.units = 2, .recurrent_dropout = 0.5, .implementation = 2});
  BOOST_TEST(layer.config().dump().find("\"implementation\":1") != std::string::npos);
  RONDO_CHECK_THROWS(LSTM<double>({.units = 2, .implementation = 3}),
                     ArgumentError,
                     "[LSTM] implementation must be 1 or 2, got 3");
  RONDO_CHECK_THROWS(
      SimpleRNN<double>({.units = 0}), ArgumentError, "[SimpleRNN] units must be positive, got 0");
}

BOOST_AUTO_TEST_CASE(bidirectional_flips_the_backward_sequence) {
  Bidirectional both(GRU<double>({.units = 2, .return_sequences = true}));
  Tape<double> tape;
  const auto x = tape.constant(test::random_tensor<double>({1, 3, 2}, 1));
  const auto y = both(x);
  const auto backward = both.backward_layer()(x);
  check_close(select(select(slice(y, 2, 2, 4), 1, 0), 0, 0),
              test::values(select(select(backward, 1, 2), 0, 0).value()));
  BOOST_TEST(to_string(both.output_shape({3, 2})) == "(3, 4)");
  BOOST_TEST(both.weights()[3]->path() == "bidirectional/backward_gru/gru_cell/kernel");
}

BOOST_AUTO_TEST_CASE(bidirectional_refuses_what_contradicts) {
  RONDO_CHECK_THROWS(Bidirectional(GRU<double>({.units = 2, .go_backwards = true})),
                     ArgumentError,
                     "[Bidirectional] the layer goes backwards already: give both layers");
  RONDO_CHECK_THROWS(Bidirectional<double>(std::make_unique<GRU<double>>(GRUOptions{.units = 2}),
                                           std::make_unique<GRU<double>>(GRUOptions{.units = 2})),
                     ArgumentError,
                     "[Bidirectional] go_backwards must differ between the layers");
  Bidirectional none(GRU<double>({.units = 2}), {.merge_mode = MergeMode::none});
  Tape<double> tape;
  const auto x = tape.constant(test::random_tensor<double>({1, 3, 2}, 1));
  RONDO_CHECK_THROWS(
      none(x), StateError, "[bidirectional] merge_mode none has two outputs: call run_both");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace siblings_test
