// Regularizers, constraints and frozen layers.
#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace penalties_test {

using namespace rondo;
using test::check_close;
using test::doubles;
using test::random_tensor;
using test::RealTypes;
using test::SumCell;
using test::tensor;

namespace {

template <class A>
double sum_of(const A& values, double (*f)(double)) {
  double total = 0.0;
  for (const auto value : values) {
    total += f(static_cast<double>(value));
  }
  return total;
}

double magnitude(double x) {
  return std::abs(x);
}

double squared(double x) {
  return x * x;
}

template <Real T>
std::vector<double> losses(const Tape<T>& tape) {
  std::vector<double> result;
  for (const Variable<T>& loss : tape.losses()) {
    result.push_back(static_cast<double>(loss.item()));
  }
  return result;
}

template <Real T>
Variable<T> inputs(Tape<T>& tape) {
  return tape.constant(random_tensor<T>({3, 4, 2}, 1));
}

template <Real T>
GRU<T> penalized() {
  GRU<T> gru({.units = 2,
              .bias_initializer = "ones",
              .kernel_regularizer = regularizers::l2(0.5),
              .recurrent_regularizer = regularizers::l1(0.25),
              .bias_regularizer = regularizers::l1(2.0)});
  gru.build({4, 2}, 1);
  return gru;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_penalties)

BOOST_AUTO_TEST_CASE_TEMPLATE(each_weight_has_its_penalty_which_does_not_depend_on_the_batch,
                              T,
                              RealTypes) {
  auto gru = penalized<T>();
  Tape<T> tape;
  gru(inputs(tape));
  const auto weights = gru.weights();
  const std::vector<double> expected{0.5 * sum_of(weights[0]->value(), squared),
                                     0.25 * sum_of(weights[1]->value(), magnitude),
                                     2.0 * 12};
  check_close(std::span<const double>(losses(tape)), expected, test::tolerance<T>);
}

BOOST_AUTO_TEST_CASE(penalties_count_once_per_pass_however_often_the_layer_is_called) {
  auto gru = penalized<double>();
  Tape<double> tape;
  gru(inputs(tape));
  gru(inputs(tape), {.training = true});
  gru.run(inputs(tape));
  BOOST_TEST(tape.losses().size() == 3);
  tape.reset();
  gru(inputs(tape));
  BOOST_TEST(tape.losses().size() == 3);
}

BOOST_AUTO_TEST_CASE(run_alone_records_them_too) {
  auto gru = penalized<double>();
  Tape<double> tape;
  gru.run(inputs(tape));
  BOOST_TEST(tape.losses().size() == 3);
}

BOOST_AUTO_TEST_CASE(penalties_of_a_cell_used_by_hand_count_once) {
  GRUCell<double> cell({.units = 2, .kernel_regularizer = "l2"});
  Tape<double> tape;
  const auto x = tape.constant(random_tensor<double>({3, 2}, 1));
  std::array h{tape.constant(Tensor<double>::zeros({3, 2}))};
  for (int step = 0; step < 4; ++step) {
    h[0] = cell(x, {.initial_state = h});
  }
  BOOST_TEST(tape.losses().size() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(penalties_have_gradients, T, RealTypes) {
  GRU<T> gru({.units = 2, .kernel_regularizer = regularizers::l2(0.5)});
  Tape<T> tape;
  const auto output = gru(inputs(tape));
  tape.backward(total_loss(sum(output) * T{0}));
  const auto kernel = doubles(gru.weights()[0]->value());
  check_close(gru.weights()[0]->grad(), kernel);  // d(0.5 k²)/dk = k
}

BOOST_AUTO_TEST_CASE(frozen_weights_have_no_penalty) {
  GRU<double> gru({.units = 2, .kernel_regularizer = "l2", .trainable = false});
  Tape<double> tape;
  gru(inputs(tape));
  BOOST_TEST(tape.losses().empty());
}

BOOST_AUTO_TEST_CASE(every_cell_of_a_stack_has_its_penalties) {
  const auto cell = [] {
    return GRUCell<double>({.units = 2, .kernel_regularizer = "l2", .bias_regularizer = "l2"});
  };
  RNN<double> rnn(StackedRNNCells<double>(cell(), cell()));
  Tape<double> tape;
  rnn(inputs(tape));
  BOOST_TEST(tape.losses().size() == 4);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_activity_penalty_is_that_of_the_output_over_the_batch,
                              T,
                              RealTypes) {
  for (const bool return_sequences : {false, true}) {
    GRU<T> gru({.units = 2,
                .activity_regularizer = regularizers::l2(0.5),
                .return_sequences = return_sequences});
    Tape<T> tape;
    const auto output = gru(inputs(tape));
    const std::vector<double> expected{0.5 * sum_of(output.value(), squared) / 3.0};
    check_close(std::span<const double>(losses(tape)), expected, test::tolerance<T>);
  }
}

BOOST_AUTO_TEST_CASE(with_return_state_every_state_has_one_too) {
  RNN rnn{SumCell<double>(), {.return_state = true, .activity_regularizer = regularizers::l1(1.0)}};
  Tape<double> tape;
  rnn(tape.constant(tensor<double>({2, 3, 1}, {1, 2, 3, 4, 5, 6})));
  // output 60 and 150, sums 6 and 15, counts 3 and 3; two samples
  BOOST_TEST(losses(tape) == (std::vector<double>{105, 10.5, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_call_has_its_activity_penalty) {
  GRU<double> gru({.units = 2, .activity_regularizer = "l2"});
  Tape<double> tape;
  gru(inputs(tape));
  gru(inputs(tape));
  BOOST_TEST(tape.losses().size() == 2);
}

BOOST_AUTO_TEST_CASE(a_frozen_layer_still_has_its_activity_penalty) {
  GRU<double> gru({.units = 2, .activity_regularizer = "l2", .trainable = false});
  Tape<double> tape;
  gru(inputs(tape));
  BOOST_TEST(tape.losses().size() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(constraints_are_put_on_their_weights, T, RealTypes) {
  GRU<T> gru({.units = 2, .kernel_constraint = "non_neg", .bias_constraint = [](auto weights) {
                std::ranges::fill(weights, 7);
              }});
  gru.build({4, 2}, 1);
  const auto weights = gru.weights();
  BOOST_REQUIRE(weights[0]->constraint);
  BOOST_TEST(!weights[1]->constraint);
  BOOST_REQUIRE(weights[2]->constraint);
  weights[0]->constraint(weights[0]->mutable_value());
  BOOST_TEST(std::ranges::min(doubles(weights[0]->value())) == 0.0);
  weights[2]->constraint(weights[2]->mutable_value());
  check_close(weights[2]->value(), std::vector<double>(12, 7.0));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_frozen)

BOOST_AUTO_TEST_CASE(a_frozen_layer_gets_no_gradients_but_passes_them_on) {
  Sequential<double> model;
  model.add(Dense<double>({.units = 2}));
  model.add(GRU<double>({.units = 2, .trainable = false}));
  Tape<double> tape;
  tape.backward(sum(model(inputs(tape))));
  const auto weights = model.weights();
  BOOST_REQUIRE(weights.size() == 5);
  BOOST_TEST(weights[0]->has_grad());
  for (std::size_t i = 2; i < 5; ++i) {
    BOOST_TEST(!weights[i]->has_grad());
  }
}

BOOST_AUTO_TEST_CASE(weights_can_be_frozen_and_unfrozen_between_passes) {
  for (const int implementation : {1, 2}) {
    GRU<double> gru({.units = 2, .implementation = implementation});
    gru.build({4, 2});
    gru.set_trainable(false);
    Tape<double> tape;
    BOOST_TEST(!gru(inputs(tape)).requires_grad());
    gru.set_trainable(true);
    tape.reset();
    tape.backward(sum(gru(inputs(tape))));
    BOOST_TEST(gru.weights()[0]->has_grad());
  }
}

BOOST_AUTO_TEST_CASE(weights_unfrozen_within_a_pass_get_gradients_from_then_on) {
  for (const int implementation : {1, 2}) {
    GRU<double> gru({.units = 2, .reset_after = false, .implementation = implementation});
    gru.build({4, 2});
    gru.set_trainable(false);
    Tape<double> tape;
    gru(inputs(tape));
    gru.set_trainable(true);
    tape.backward(sum(gru(inputs(tape))));
    for (const Parameter<double>* weight : gru.weights()) {
      BOOST_TEST(weight->has_grad());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_single_weight_can_be_frozen) {
  GRU<double> gru({.units = 2});
  gru.build({4, 2});
  gru.weights()[1]->trainable = false;
  Tape<double> tape;
  tape.backward(sum(gru(inputs(tape))));
  BOOST_TEST(gru.weights()[0]->has_grad());
  BOOST_TEST(!gru.weights()[1]->has_grad());
  BOOST_TEST(gru.weights()[2]->has_grad());
}

BOOST_AUTO_TEST_CASE(a_frozen_cell_in_a_layer_stays_frozen) {
  RNN rnn{GRUCell({.units = 2, .trainable = false})};
  rnn.build({4, 2});
  BOOST_TEST(!rnn.weights()[0]->trainable);
  RNN frozen{GRUCell({.units = 2}), {.trainable = false}};
  frozen.build({4, 2});
  BOOST_TEST(!frozen.weights()[0]->trainable);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace penalties_test
