// Constants: variables that a layer hands to every step of a cell that takes them.
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/cells.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace constants_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::RealTypes;
using test::tensor;

namespace {

/// state' = state + constant · x
template <Real T>
class ScaledSumCell : public Cell<T> {
 public:
  std::vector<Shape> state_shapes() const override { return {{1}}; }

  std::size_t num_constants() const override { return 1; }

  RecurrentOutput<T> step(const Variable<T>& x,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override {
    const auto next = x.tape().template array<Variable<T>>(1);
    next[0] = states[0] + options.constants[0] * x;
    return {next[0], next};
  }

  std::string type_name() const override { return "ScaledSumCell"; }

  std::unique_ptr<Layer<T>> clone() const override { return std::make_unique<ScaledSumCell>(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_constants)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_step_gets_them_and_their_gradients_add_up, T, RealTypes) {
  RNN rnn{ScaledSumCell<T>()};
  Tape<T> tape;
  const auto x = tape.constant(tensor<T>({1, 3, 1}, {1, 2, 3}));
  const std::array constants{tape.variable(tensor<T>({1, 1}, {10}))};
  const auto y = rnn(x, {.constants = constants});
  tape.backward(sum(y));
  check_equal(doubles(y.value()), std::vector<double>{60});
  check_equal(doubles(constants[0].grad()), std::vector<double>{6});
}

BOOST_AUTO_TEST_CASE(a_cell_that_takes_none_is_named) {
  GRU<float> gru({.units = 3});
  Tape tape;
  const auto x = tape.constant(Tensor<float>::zeros({2, 4, 5}));
  RONDO_CHECK_THROWS(gru(x, {.constants = std::array{x}}),
                     ArgumentError,
                     "[gru] the cell takes 0 constant(s), got 1");
}

BOOST_AUTO_TEST_CASE(a_cell_that_needs_one_is_named) {
  RNN rnn{ScaledSumCell<float>()};
  Tape tape;
  RONDO_CHECK_THROWS(rnn(tape.constant(Tensor<float>::zeros({1, 2, 1}))),
                     ArgumentError,
                     "[rnn] the cell takes 1 constant(s), got 0");
}

BOOST_AUTO_TEST_CASE(a_model_has_no_cell_to_hand_them_to) {
  Sequential model{GRU({.units = 3})};
  Tape tape;
  const auto x = tape.constant(Tensor<float>::zeros({2, 4, 5}));
  RONDO_CHECK_THROWS(model(x, {.constants = std::array{x}}),
                     ArgumentError,
                     "[Sequential] constants belong to a recurrent layer, not to a model");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace constants_test
