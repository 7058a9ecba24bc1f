// What a cell makes of all inputs at once.
#include "rondo/core/error.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace project_test {

using namespace rondo;
using test::check_close;
using test::random_tensor;

namespace {

/// Adds up 2·x; the calls of `project` are counted, and its result can be told not to fit.
class DoublingCell : public Cell<double> {
 public:
  enum class Fault { none, transposed, wide };

  DoublingCell(Fault fault, std::vector<Shape>& seen) : fault_(fault), seen_(seen) {}

  std::vector<Shape> state_shapes() const override { return {{2}}; }

  Variable<double> project(const Variable<double>& x, const CallOptions<double>&) override {
    seen_.push_back(x.shape());
    if (fault_ == Fault::transposed) {
      return transpose(x, {1, 0, 2});
    }
    return fault_ == Fault::wide ? concat({x, x, x}) : x * 2.0;
  }

  RecurrentOutput<double> step(const Variable<double>& projected,
                               std::span<const Variable<double>> states,
                               const CallOptions<double>&) override {
    const auto next = projected.tape().array<Variable<double>>(1);
    next[0] = fuse([](auto p, auto h) { return p + h; }, projected, states[0]);
    return {next[0], next};
  }

  std::string type_name() const override { return "DoublingCell"; }

  std::unique_ptr<Layer<double>> clone() const override {
    return std::make_unique<DoublingCell>(fault_, seen_);
  }

 private:
  Fault fault_;
  std::vector<Shape>& seen_;
};

using Fault = DoublingCell::Fault;

const auto inputs = Tensor<double>::from_values({1, 3, 2}, {1, 2, 3, 4, 5, 6});  // [N, S, F]

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_project)

BOOST_AUTO_TEST_CASE(the_cell_is_given_all_steps_once) {
  std::vector<Shape> seen;
  RNN<double> layer(DoublingCell(Fault::none, seen), {.return_sequences = true});
  Tape<double> tape;
  check_close(layer(tape.constant(inputs)), {2, 4, 8, 12, 18, 24});
  BOOST_TEST((seen == std::vector<Shape>{{3, 1, 2}}));
}

BOOST_AUTO_TEST_CASE(backwards_and_with_a_mask) {
  std::vector<Shape> seen;
  RNN<double> layer(DoublingCell(Fault::none, seen),
                    {.return_sequences = true, .go_backwards = true});
  Tape<double> tape;
  const auto mask = Tensor<bool>::from_values({1, 3}, {true, false, true});
  check_close(layer(tape.constant(inputs), {.mask = mask.view()}), {10, 12, 10, 12, 12, 16});
}

BOOST_AUTO_TEST_CASE(time_first_is_the_same) {
  std::vector<Shape> seen;
  RNN<double> layer(DoublingCell(Fault::none, seen), {.time_major = true});
  Tape<double> tape;
  check_close(layer(tape.constant(Tensor<double>::from_values({3, 1, 2}, {1, 2, 3, 4, 5, 6}))),
              {18, 24});
}

BOOST_AUTO_TEST_CASE(by_hand_it_is_run) {
  std::vector<Shape> seen;
  DoublingCell cell(Fault::none, seen);
  Tape<double> tape;
  const std::array h{tape.constant(Tensor<double>::from_values({1, 2}, {1, 1}))};
  const auto x = tape.constant(Tensor<double>::from_values({1, 2}, {3, 4}));
  check_close(cell.run(x, {.initial_state = h}).output, {7, 9});
  check_close(cell(x, {.initial_state = h}), {7, 9});
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named_on_both_sides) {
  std::vector<Shape> seen;
  Tape<double> tape;
  RNN<double> transposed(DoublingCell(Fault::transposed, seen));
  RONDO_CHECK_THROWS(
      transposed(tape.constant(inputs)),
      ShapeError,
      "[rnn] project of the cell must return [S, N, ..] for inputs [S, N, F]: inputs "
      "(3, 1, 2), project (1, 3, 2)");
  tape.reset();
  RNN<double> wide(DoublingCell(Fault::wide, seen));
  RONDO_CHECK_THROWS(
      wide(tape.constant(inputs)),
      ShapeError,
      "[fuse] shapes cannot be broadcast together: those before (1, 6), the next "
      "input (1, 2) (step was given (1, 6), what project of the cell returned for it)");
}

BOOST_AUTO_TEST_CASE(a_built_in_cell_refuses_what_it_did_not_project) {
  GRUCell<double> cell({.units = 2, .name = "gru_cell"});
  Tape<double> tape;
  const std::array h{tape.constant(Tensor<double>::zeros({1, 2}))};
  const auto x = tape.constant(random_tensor<double>({1, 3}, 1));
  cell.run(x, {.initial_state = h});
  RONDO_CHECK_THROWS(
      cell.step(x, h, {}),
      ShapeError,
      "[gru_cell] step expects [N, 6], what project makes of the inputs: found (1, 3)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace project_test
