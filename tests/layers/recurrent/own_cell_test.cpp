// A user's own cell.
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace own_cell_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::mask;
using test::RealTypes;
using test::tensor;

namespace {

/// h' = tanh(x · w + h), with one weight.
template <Real T>
class TinyCell : public Cell<T> {
 public:
  std::vector<Shape> state_shapes() const override { return {{2}}; }

  RecurrentOutput<T> step(const Variable<T>& x,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>&) override {
    const auto next = x.tape().template array<Variable<T>>(1);
    next[0] = tanh(matmul(x, x.tape().parameter(*weight_)) + states[0]);
    return {next[0], next};
  }

  std::string type_name() const override { return "TinyCell"; }

  std::unique_ptr<Layer<T>> clone() const override { return std::make_unique<TinyCell>(); }

 protected:
  void create_weights(const Shape& sample) override {
    weight_ = &this->add_weight({.name = "weight", .shape = {sample[0], 2}, .regularizer = "l2"});
  }

 private:
  Parameter<T>* weight_ = nullptr;
};

/// Remembers all samples' last two inputs as a state [N, 2, 1], and the number of steps as one [N].
template <Real T>
class QueueCell : public Cell<T> {
 public:
  std::vector<Shape> state_shapes() const override { return {{2, 1}, {}}; }

  RecurrentOutput<T> step(const Variable<T>& x,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>&) override {
    const auto next = x.tape().template array<Variable<T>>(2);
    next[0] = stack({select(states[0], 1, 1), x}, 1);
    next[1] = states[1] + T{1};
    return {select(next[0], 1, 0), next};
  }

  Shape output_shape(const Shape&) const override { return {1}; }

  std::string type_name() const override { return "QueueCell"; }

  std::unique_ptr<Layer<T>> clone() const override { return std::make_unique<QueueCell>(); }
};

/// Returns one state less than it has.
class ForgetfulCell : public test::SumCell<float> {
 public:
  RecurrentOutput<float> step(const Variable<float>& x,
                              std::span<const Variable<float>> states,
                              const CallOptions<float>& options) override {
    const auto result = SumCell::step(x, states, options);
    return {result.output, result.states.first(1)};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_own_cell)

BOOST_AUTO_TEST_CASE_TEMPLATE(it_runs_like_a_built_in_one, T, RealTypes) {
  RNN rnn{TinyCell<T>(), {.return_sequences = true}};
  rnn.build({2, 1});
  rnn.weights()[0]->assign(tensor<T>({1, 2}, {0.5, -1}));
  Tape<T> tape;
  const auto output = rnn(tape.constant(tensor<T>({1, 2, 1}, {1, 2})));
  const double a = std::tanh(0.5), b = std::tanh(-1.0);
  test::check_close(output, {a, b, std::tanh(1.0 + a), std::tanh(b - 2.0)});
}

BOOST_AUTO_TEST_CASE(its_weights_have_paths_penalties_and_gradients) {
  RNN rnn{TinyCell<double>()};
  Tape<double> tape;
  const auto output = rnn(tape.constant(Tensor<double>::full({3, 4, 5}, 0.1)));
  BOOST_REQUIRE(rnn.weights().size() == 1);
  BOOST_TEST(rnn.weights()[0]->path() == "rnn/tiny_cell/weight");
  BOOST_TEST(tape.losses().size() == 1);
  tape.backward(sum(output));
  BOOST_TEST(rnn.weights()[0]->has_grad());
}

BOOST_AUTO_TEST_CASE(it_is_cloned_with_its_layer) {
  const RNN rnn{TinyCell<double>(), {.go_backwards = true}};
  const auto copy = rnn.clone();
  copy->build({2, 1});
  BOOST_TEST(copy->weights()[0]->path() == "rnn/tiny_cell/weight");
  BOOST_TEST(dynamic_cast<RNN<double>&>(*copy).loop_options().go_backwards);
}

BOOST_AUTO_TEST_CASE(it_can_be_called_by_hand) {
  TinyCell<double> cell;
  cell.build({1});
  Tape<double> tape;
  const std::array h{tape.constant(Tensor<double>::zeros({1, 2}))};
  const auto output = cell(tape.constant(Tensor<double>::zeros({1, 1})), {.initial_state = h});
  check_equal(doubles(output.value()), std::vector<double>{0, 0});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(states_may_have_any_rank, T, RealTypes) {
  RNN rnn{QueueCell<T>(), {.return_sequences = true}};
  Tape<T> tape;
  const auto [output, states] = rnn.run(tape.constant(tensor<T>({2, 3, 1}, {1, 2, 3, 4, 5, 6})));
  check_equal(doubles(output.value()), std::vector<double>{0, 1, 2, 0, 4, 5});
  check_equal(doubles(states[0].value()), std::vector<double>{2, 3, 5, 6});
  check_equal(doubles(states[1].value()), std::vector<double>{3, 3});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(masks_hold_states_of_any_rank, T, RealTypes) {
  RNN rnn{QueueCell<T>(), {.return_sequences = true}};
  Tape<T> tape;
  const auto valid = mask({2, 3}, {true, false, true, true, true, false});
  const auto [output, states] =
      rnn.run(tape.constant(tensor<T>({2, 3, 1}, {1, 2, 3, 4, 5, 6})), {.mask = valid});
  check_equal(doubles(output.value()), std::vector<double>{0, 0, 1, 0, 4, 4});
  BOOST_TEST(states[0].shape() == (Shape{2, 2, 1}));
  BOOST_TEST(states[1].shape() == Shape{2});
  check_equal(doubles(states[0].value()), std::vector<double>{1, 3, 4, 5});
  check_equal(doubles(states[1].value()), std::vector<double>{2, 2});
}

BOOST_AUTO_TEST_CASE(a_step_must_return_all_states) {
  for (const bool stateful : {false, true}) {
    RNN rnn{ForgetfulCell(), {.stateful = stateful}};
    Tape tape;
    RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({2, 3, 1}))),
                       StateError,
                       "[rnn] the cell has 2 state(s), its step returned 1");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace own_cell_test
