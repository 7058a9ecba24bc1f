#include "rondo/layers/model.hpp"

#include "rondo/core/ops.hpp"
#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/check.hpp"

namespace model_test {

using namespace rondo;
using test::check_close;
using test::random_tensor;

namespace {

/// 2 in₀ and 3 in₁ side by side.
auto two_inputs() {
  return Model{[](auto& m) {
                 return concat({m("double", m.input(0)), m("triple", m.input(1))});
               },
               Dense<double>{{.units = 1,
                              .use_bias = false,
                              .kernel_initializer = initializers::constant(2.0),
                              .name = "double"}},
               Dense<double>{{.units = 1,
                              .use_bias = false,
                              .kernel_initializer = initializers::constant(3.0),
                              .name = "triple"}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layers_model)

BOOST_AUTO_TEST_CASE(inputs_reach_the_layers_that_the_function_gives_them_to) {
  auto model = two_inputs();
  Tape<double> tape;
  const auto x = tape.constant(Tensor<double>::from_values({2, 1}, {1, 2}));
  const auto y = tape.constant(Tensor<double>::from_values({2, 2}, {10, 20, 30, 40}));
  check_close(model(x, {.extra_inputs = {&y, 1}}), {2, 90, 4, 210});
}

BOOST_AUTO_TEST_CASE(it_is_built_by_the_shapes_of_all_its_inputs) {
  auto model = two_inputs();
  model.build_for({{4}, {2}}, 1);
  BOOST_TEST(model.output_shape({4}) == Shape({2}));
  BOOST_TEST(model.weights().size() == 2U);
  BOOST_TEST(model.weights()[0]->path() == "double/kernel");
  BOOST_TEST(model.weights()[1]->shape() == Shape({2, 1}));
  BOOST_TEST(model.summary() ==
             "Layer (type)                        Output shape                  Params\n"
             "------------------------------------------------------------------------\n"
             "double (Dense)                      (None, 1)                          4\n"
             "triple (Dense)                      (None, 1)                          2\n"
             "------------------------------------------------------------------------\n"
             "Total params: 6 (trainable 6, frozen 0)\n");
}

BOOST_AUTO_TEST_CASE(a_layer_that_is_called_twice_shares_its_weights) {
  Model model{
      [](auto& m) { return m("dense", m("dense", m.input())); },
      Dense<double>{
          {.units = 1, .use_bias = false, .kernel_initializer = initializers::constant(3.0)}}};
  Tape<double> tape;
  const auto y = model(tape.constant(Tensor<double>::full({1, 1}, 5.0)));
  check_close(y, {45});
  tape.backward(y);
  check_close(model.weights()[0]->grad(), {30});  // d(5 k²) = 10 k
}

BOOST_AUTO_TEST_CASE(a_mask_travels_from_layer_to_layer) {
  const auto masking = [] { return Masking<double>{{.mask_value = 0.0}}; };
  const auto gru = [] { return GRU<double>{{.units = 3, .return_sequences = true}}; };
  const auto last = [] { return GRU<double>{{.units = 2}}; };
  Sequential<double> sequential{masking(), gru(), last()};
  Model model{[](auto& m) { return m("gru_1", m("gru", m("masking", m.input()))); },
              masking(),
              gru(),
              last()};
  sequential.build({4, 2}, 1);
  model.build({4, 2}, 1);
  Tensor<double> x = random_tensor<double>({2, 4, 2}, 1);
  std::fill_n(x.data() + 4, 4, 0.0);  // two steps of the first sample
  Tape<double> tape;
  const auto inputs = tape.constant(x);
  const auto expected = sequential(inputs);
  check_close(model(inputs), test::values(expected.value()));
}

BOOST_AUTO_TEST_CASE(the_mask_of_the_output_is_that_of_its_last_layer) {
  Model model{[](auto& m) { return m("dense", m.input()); }, Dense<double>{{.units = 1}}};
  const auto mask = Tensor<bool>::from_values({1, 2}, {true, false});
  Tape<double> tape;
  const auto x = tape.constant(Tensor<double>::zeros({1, 2, 3}));
  model(x, {.mask = mask});
  BOOST_TEST(model.compute_mask(x, mask.view()).data() == mask.data());
  Model plain{[](auto& m) { return m("dense", m.input()) + 1.0; }, Dense<double>{{.units = 1}}};
  plain(x, {.mask = mask});
  BOOST_TEST(!plain.compute_mask(x, mask.view()));  // what ops make has none
}

BOOST_AUTO_TEST_CASE(training_reaches_the_layers) {
  Model model{[](auto& m) { return m("dropout", m.input()); }, Dropout<double>{{.rate = 0.5}}};
  Tape<double> tape;
  const auto x = tape.constant(Tensor<double>::full({1, 50}, 1.0));
  check_close(model(x), std::vector<double>(50, 1.0));
  const auto y = model(x, {.training = true});
  BOOST_TEST(std::count(y.value().begin(), y.value().end(), 0.0) > 0);
}

BOOST_AUTO_TEST_CASE(a_clone_is_unbuilt_and_keeps_what_is_frozen) {
  auto model = two_inputs();
  model.children()[0]->set_trainable(false);
  model.build_for({{1}, {2}});
  const auto copy = model.clone();
  BOOST_TEST(!copy->built());
  BOOST_TEST(!copy->children()[0]->trainable());
  BOOST_TEST(copy->children()[1]->trainable());
  Model frozen{[](auto& m) { return m("dense", m.input()); }, Dense<float>{{.units = 1}}};
  frozen.set_trainable(false);
  frozen.children()[0]->set_trainable(true);
  BOOST_TEST(!frozen.clone()->trainable());
  BOOST_TEST(frozen.clone()->children()[0]->trainable());
}

BOOST_AUTO_TEST_CASE(the_output_for_another_shape_is_found_out_by_a_copy) {
  Model model{[](auto& m) { return m("gru", m.input()); },
              GRU<float>{{.units = 3, .return_sequences = true}}};
  model.build({4, 2});
  BOOST_TEST(model.output_shape({4, 2}) == Shape({4, 3}));
  BOOST_TEST(model.output_shape({7, 2}) == Shape({7, 3}));
}

BOOST_AUTO_TEST_CASE(its_config_says_that_the_function_is_the_users) {
  const Config config = two_inputs().config();
  BOOST_TEST(config["class_name"] == "Model");
  BOOST_TEST(config["config"]["function"] == "custom");
  BOOST_TEST(config["config"]["layers"][1]["config"]["name"] == "triple");
  RONDO_CHECK_THROWS(
      make_layer<double>(config),
      FormatError,
      "[make_layer] Model: its function is not in the config: make the model in your program, "
      "then load its weights into it");
}

BOOST_AUTO_TEST_CASE(a_model_within_a_model_has_its_name_in_paths) {
  Sequential<float> model{
      Model{[](auto& m) { return m("dense", m.input()); }, Dense<float>{{.units = 1}}}};
  model.build({2});
  BOOST_TEST(model.weights()[0]->path() == "model/dense/kernel");
}

// ---- mistakes ----

BOOST_AUTO_TEST_CASE(a_wrong_name_is_told_with_the_nearest) {
  Model model{[](auto& m) { return m("dens", m.input()); }, Dense<float>{{.units = 1}}};
  RONDO_CHECK_THROWS(model.build({2}),
                     ArgumentError,
                     "[Model] no layer is named 'dens' (did you mean 'dense'?): known are dense");
}

BOOST_AUTO_TEST_CASE(an_input_that_the_call_does_not_have_is_refused) {
  auto model = two_inputs();
  RONDO_CHECK_THROWS(
      model.build({2}), ArgumentError, "[Model] there is no input 1: the call has 1");
  BOOST_TEST(!model.built());
  auto right = two_inputs();
  right.build_for({{1}, {2}});
  Tape<double> tape;
  RONDO_CHECK_THROWS(right(tape.constant(Tensor<double>::zeros({1, 1}))),
                     ArgumentError,
                     "[Model] was built for 1 extra_inputs beside its inputs, got 0");
}

BOOST_AUTO_TEST_CASE(a_layer_that_is_never_called_is_named) {
  Model model{[](auto& m) { return m("dense", m.input()); },
              Dense<float>{{.units = 1}},
              Dense<float>{{.units = 2, .name = "spare"}}};
  RONDO_CHECK_THROWS(
      model.build({2}),
      StateError,
      "[Model] the function does not call 'spare': each layer must be called in each call");
}

BOOST_AUTO_TEST_CASE(an_output_without_the_batch_axis_is_refused) {
  Model model{[](auto& m) { return sum(m("dense", m.input())); }, Dense<float>{{.units = 1}}};
  RONDO_CHECK_THROWS(
      model.build({2}),
      ShapeError,
      "[Model] the function must return [N, ..] for inputs [N, ..]: inputs (1, 2), output ()");
}

BOOST_AUTO_TEST_CASE(other_layers_take_one_input) {
  Dense<float> dense({.units = 1});
  RONDO_CHECK_THROWS(dense.build_for({{2}, {3}}),
                     ArgumentError,
                     "[Dense] takes one input, got 1 extra_inputs beside it: make the layers a "
                     "Model, whose function joins them");
  Tape<float> tape;
  const auto x = tape.constant(Tensor<float>::zeros({1, 2}));
  RONDO_CHECK_THROWS(dense(x, {.extra_inputs = {&x, 1}}),
                     ArgumentError,
                     "[Dense] takes one input, got 1 extra_inputs beside it: make the layers a "
                     "Model, whose function joins them");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace model_test
