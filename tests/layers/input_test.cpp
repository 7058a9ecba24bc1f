// What models are told about their inputs before there are any, and lists of values for weights.
#include "rondo/layers/input.hpp"

#include <nlohmann/json.hpp>

#include "rondo/layers/dense.hpp"
#include "rondo/layers/recurrent/gru.hpp"
#include "rondo/layers/recurrent/stacked_cells.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/support/layer_test.hpp"

namespace input_test {

using namespace rondo;
using namespace rondo::test;

BOOST_AUTO_TEST_SUITE(input)

BOOST_AUTO_TEST_CASE(does_what_every_layer_does) {
  run_layer_test(
      []<class T>() {
        return Input<T>({.shape = {std::nullopt, 3}});
      },
      {2, 4, 3},
      {.output_shape = {2, 4, 3}, .options = {"batch_shape"}});
}

BOOST_AUTO_TEST_CASE(fixes_the_shape_of_a_model) {
  Sequential<float> model{Input<float>({.shape = {20, 30}, .batch_size = 2}),
                          GRU<float>({.units = 4}),
                          Dense<float>({.units = 3})};
  BOOST_TEST(model.output_shape_json() == "[2,3]");
  RONDO_CHECK_THROWS(model.build({20, 31}),
                     ShapeError,
                     "[input_layer] inputs are declared as [2,20,30], found [null,20,31]");
  model.build_from_declared(7);
  BOOST_TEST(model.weights()[0]->path() == "gru/gru_cell/kernel");
  BOOST_TEST(model.weights()[0]->shape() == (Shape{30, 12}));
  Tape<float> tape;
  BOOST_TEST(model(tape.constant(Tensor<float>::zeros({2, 20, 30}))).shape() == (Shape{2, 3}));
  RONDO_CHECK_THROWS(model(tape.constant(Tensor<float>::zeros({3, 20, 30}))),
                     ShapeError,
                     "[input_layer] expected inputs [2,20,30], found [3,20,30]");
  RONDO_CHECK_THROWS(model(tape.constant(Tensor<float>::zeros({2, 19, 30}))),
                     ShapeError,
                     "[input_layer] expected inputs [2,20,30], found [2,19,30]");
}

BOOST_AUTO_TEST_CASE(open_sizes_stay_open_in_the_output) {
  const Sequential<float> model{Input<float>({.shape = {std::nullopt, 30}}),
                                GRU<float>({.units = 4, .return_sequences = true})};
  BOOST_TEST(model.output_shape_json() == "[null,null,4]");
  const Sequential<float> last{Input<float>({.shape = {std::nullopt, 30}}),
                               GRU<float>({.units = 4})};
  BOOST_TEST(last.output_shape_json() == "[null,4]");
}

BOOST_AUTO_TEST_CASE(what_is_not_declared_cannot_be_used) {
  RONDO_CHECK_THROWS(Input<float>({}), ArgumentError, "[Input] shape must have at least one axis");
  RONDO_CHECK_THROWS(Input<float>({.shape = {3, 0}}),
                     ArgumentError,
                     "[Input] every size in input_shape must be positive, got 0");
  Dense<float> dense({.units = 1});
  RONDO_CHECK_THROWS(dense.build_from_declared(),
                     StateError,
                     "[Dense] build_from_declared: no input_shape without open sizes is declared");
  RONDO_CHECK_THROWS(static_cast<void>(dense.output_shape_json()),
                     StateError,
                     "[Dense] output_shape_json: no input_shape is declared");
  dense.build({2});
  RONDO_CHECK_THROWS(
      dense.declare_inputs({}), StateError, "[dense] declare_inputs: the layer is built already");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(input_shape)

BOOST_AUTO_TEST_CASE(a_cell_and_a_stack_tell_their_outputs_without_running) {
  const GRUCell<float> cell({.units = 3, .input_shape = {11}});
  BOOST_TEST(cell.output_shape_json() == "[null,3]");
  const RNN<float> stack(
      StackedRNNCells<float>(GRUCell<float>({.units = 8}), GRUCell<float>({.units = 16})),
      {.return_sequences = true});
  BOOST_TEST(shape_json(stack.output_shape({20, 30})) == "[null,20,16]");
  BOOST_TEST(shape_json(Shape{20, 16}, 5) == "[5,20,16]");
}

BOOST_AUTO_TEST_CASE(is_an_option_of_the_gru) {
  GRU<double> gru({.units = 2, .stateful = true, .batch_input_shape = {4, 5, 3}});
  BOOST_TEST(gru.output_shape_json() == "[4,2]");
  BOOST_TEST(gru.config()["config"]["batch_input_shape"].dump() == "[4,5,3]");
  BOOST_TEST(gru.clone()->config().dump() == gru.config().dump());
  gru.build_from_declared();
  Tape<double> tape;
  RONDO_CHECK_THROWS(gru(tape.constant(Tensor<double>::zeros({3, 5, 3}))),
                     ShapeError,
                     "[gru] expected a batch of 4, found 3: inputs (3, 5, 3)");
  BOOST_TEST(gru(tape.constant(Tensor<double>::zeros({4, 5, 3}))).shape() == (Shape{4, 2}));
}

BOOST_AUTO_TEST_CASE(refuses_inputs_of_another_shape) {
  GRUCell<float> cell({.units = 2, .input_shape = {3}, .batch_size = 4});
  RONDO_CHECK_THROWS(
      cell.build({5}), ShapeError, "[gru_cell] inputs are declared as [4,3], found [null,5]");
  cell.build({3});
  Tape<float> tape;
  const auto h = tape.constant(Tensor<float>::zeros({2, 2}));
  RONDO_CHECK_THROWS(
      cell(tape.constant(Tensor<float>::zeros({2, 3})), {.initial_state = std::span(&h, 1)}),
      ShapeError,
      "[gru_cell] expected a batch of 4, found 2: inputs (2, 3)");
}

BOOST_AUTO_TEST_CASE(contradictions_are_named) {
  RONDO_CHECK_THROWS(
      GRU<float>({.units = 2, .input_shape = {20, 31}, .batch_input_shape = {2, 20, 30}}),
      ArgumentError,
      "[GRU] batch_input_shape [2,20,30] contradicts input_shape [null,20,31]");
  RONDO_CHECK_THROWS(
      GRUCell<float>({.units = 2, .batch_input_shape = {std::nullopt, 3}, .batch_size = 4}),
      ArgumentError,
      "[GRUCell] batch_input_shape [null,3] contradicts batch_size 4");
  const GRUCell<float> agreeing(
      {.units = 2, .input_shape = {3}, .batch_input_shape = {4, 3}, .batch_size = 4});
  BOOST_TEST(agreeing.output_shape_json() == "[4,2]");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(weight_values)

BOOST_AUTO_TEST_CASE(are_an_option_of_the_gru) {
  const auto kernel = random_tensor<double>({2, 3}, 1);
  const auto recurrent = random_tensor<double>({1, 3}, 2);
  const auto bias = random_tensor<double>({2, 3}, 3);
  GRU<double> gru({.units = 1, .weights = {kernel, recurrent, bias}});
  gru.build({4, 2}, 5);
  check_close(gru.weights()[0]->value(), values<double>(kernel.view()));
  check_close(gru.weights()[2]->value(), values<double>(bias.view()));
  GRUCell<float> cell({.units = 1, .weights = {kernel, recurrent, bias}});
  cell.build({2});
  check_close(cell.weights()[1]->value(), values<double>(recurrent.view()), 1e-7);
}

BOOST_AUTO_TEST_CASE(must_fit_in_number_and_shape) {
  const auto kernel = Tensor<double>::zeros({2, 3});
  GRUCell<float> few({.units = 1, .use_bias = false, .weights = {kernel}});
  RONDO_CHECK_THROWS(
      few.build({2}), ArgumentError, "[gru_cell] set_weights: expected 2 tensor(s), found 1");
  GRUCell<float> wrong({.units = 1, .use_bias = false, .weights = {kernel, kernel}});
  RONDO_CHECK_THROWS(wrong.build({2}),
                     ShapeError,
                     "[gru_cell] set_weights: 'gru_cell/recurrent_kernel' has another shape: "
                     "expected (1, 3), found (2, 3)");
}

BOOST_AUTO_TEST_CASE(go_from_one_layer_to_another) {
  Sequential<double> from{Dense<double>({.units = 3}), Dense<double>({.units = 1})};
  Sequential<double> to{Dense<double>({.units = 3}), Dense<double>({.units = 1})};
  from.build({2}, 1);
  to.build({2}, 2);
  to.set_weights(from.get_weights());
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(values<double>(to.weights()[i]->value()) ==
               values<double>(from.weights()[i]->value()));
  }
  auto weights = from.get_weights();
  weights[3] = Tensor<double>::zeros({2});
  const auto before = values<double>(to.weights()[0]->value());
  weights[0] = Tensor<double>::zeros({2, 3});
  BOOST_CHECK_THROW(to.set_weights(weights), ShapeError);
  BOOST_TEST(values<double>(to.weights()[0]->value()) == before);  // all or nothing
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace input_test
