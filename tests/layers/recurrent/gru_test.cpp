// What the layer GRU adds to RNN and GRUCell: one list of options, names, config, refusals.
#include <set>

#include <nlohmann/json.hpp>

#include "rondo/layers/dense.hpp"
#include "rondo/layers/sequential.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace gru_test {

using namespace rondo;
using test::check_equal;
using test::doubles;
using test::random_tensor;
using test::RealTypes;

namespace {

/// No option has its default value.
GRUOptions other_options() {
  return {.units = 5,
          .activation = "relu",
          .recurrent_activation = "hard_sigmoid",
          .use_bias = false,
          .kernel_initializer = "he_normal",
          .recurrent_initializer = "glorot_uniform",
          .bias_initializer = "ones",
          .kernel_regularizer = regularizers::l2(0.5),
          .recurrent_regularizer = "l1",
          .bias_regularizer = "l1_l2",
          .activity_regularizer = "l2",
          .kernel_constraint = "non_neg",
          .recurrent_constraint = "unit_norm",
          .bias_constraint = constraints::max_norm(3.0),
          .dropout = 0.25,
          .recurrent_dropout = 0.5,
          .seed = 11,
          .return_sequences = true,
          .return_state = true,
          .go_backwards = true,
          .stateful = true,
          .unroll = true,
          .reset_after = false,
          .implementation = 1,
          .zero_output_for_mask = true,
          .trainable = false,
          .name = "reader"};
}

std::set<std::string> keys(const Config& config) {
  std::set<std::string> result;
  for (const auto& [key, value] : config.items()) {
    result.insert(key);
  }
  return result;
}

/// The keys of Keras' GRU, of tf-keras (implementation, time_major), and the switches of profiles.
const std::set<std::string> keys_of_keras{"name",
                                          "trainable",
                                          "dtype",
                                          "units",
                                          "activation",
                                          "recurrent_activation",
                                          "use_bias",
                                          "kernel_initializer",
                                          "recurrent_initializer",
                                          "bias_initializer",
                                          "kernel_regularizer",
                                          "recurrent_regularizer",
                                          "bias_regularizer",
                                          "activity_regularizer",
                                          "kernel_constraint",
                                          "recurrent_constraint",
                                          "bias_constraint",
                                          "dropout",
                                          "recurrent_dropout",
                                          "seed",
                                          "return_sequences",
                                          "return_state",
                                          "go_backwards",
                                          "stateful",
                                          "unroll",
                                          "reset_after",
                                          "zero_output_for_mask",
                                          "implementation",
                                          "time_major",
                                          "masked_output",
                                          "prefer_stored_state",
                                          "propagate_mask",
                                          "legacy_masked_carry",
                                          "dropout_mask_count",
                                          "per_step_input_dropout"};

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_gru)

BOOST_AUTO_TEST_CASE(weight_paths_are_those_of_keras) {
  GRU gru({.units = 3});
  gru.build({5, 2});
  BOOST_REQUIRE(gru.weights().size() == 3);
  BOOST_TEST(gru.weights()[0]->path() == "gru/gru_cell/kernel");
  BOOST_TEST(gru.weights()[1]->path() == "gru/gru_cell/recurrent_kernel");
  BOOST_TEST(gru.weights()[2]->path() == "gru/gru_cell/bias");
  BOOST_TEST(gru.weights()[0]->shape() == (Shape{2, 9}));
  BOOST_TEST(gru.weights()[1]->shape() == (Shape{3, 9}));
  BOOST_TEST(gru.weights()[2]->shape() == (Shape{2, 9}));
}

BOOST_AUTO_TEST_CASE(a_name_replaces_the_layer_s_part_of_the_path) {
  GRU gru({.units = 3, .name = "reader"});
  gru.build({5, 2});
  BOOST_TEST(gru.weights()[0]->path() == "reader/gru_cell/kernel");
}

BOOST_AUTO_TEST_CASE(layers_of_a_model_are_numbered) {
  Sequential model{GRU({.units = 3, .return_sequences = true}), GRU({.units = 2})};
  model.build({5, 2});
  BOOST_TEST(model.weights()[0]->path() == "gru/gru_cell/kernel");
  BOOST_TEST(model.weights()[3]->path() == "gru_1/gru_cell/kernel");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_gru_is_an_rnn_with_a_gru_cell, T, RealTypes) {
  GRU<T> gru({.units = 3,
              .return_sequences = true,
              .go_backwards = true,
              .reset_after = false,
              .use_fused = UseFused::off});
  RNN<T> rnn(GRUCell<T>({.units = 3, .reset_after = false}),
             {.return_sequences = true, .go_backwards = true, .name = "gru"});
  gru.build({5, 2}, 4);
  rnn.build({5, 2}, 4);
  Tape<T> tape;
  const auto x = tape.constant(random_tensor<T>({2, 5, 2}, 1));
  check_equal(gru(x).value(), rnn(x).value());
}

BOOST_AUTO_TEST_CASE(the_cell_is_accessible) {
  GRU gru({.units = 3, .recurrent_dropout = 0.5});
  BOOST_TEST(gru.cell().implementation() == 1);
  const GRU<float>& constant = gru;
  BOOST_TEST(&constant.cell() == &gru.cell());
}

BOOST_AUTO_TEST_CASE(the_config_has_every_option_under_the_name_of_keras) {
  const Config config = GRU({.units = 3}).config();
  BOOST_TEST(config["class_name"] == "GRU");
  BOOST_TEST(keys(config["config"]) == keys_of_keras, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_config_holds_the_given_values) {
  const Config c = GRU<double>(other_options()).config()["config"];
  const Config expected = {{"name", "reader"},
                           {"trainable", false},
                           {"dtype", "float64"},
                           {"units", 5},
                           {"activation", "relu"},
                           {"recurrent_activation", "hard_sigmoid_keras3"},
                           {"use_bias", false},
                           {"dropout", 0.25},
                           {"recurrent_dropout", 0.5},
                           {"seed", 11},
                           {"return_sequences", true},
                           {"return_state", true},
                           {"go_backwards", true},
                           {"stateful", true},
                           {"unroll", true},
                           {"reset_after", false},
                           {"implementation", 1},
                           {"zero_output_for_mask", true}};
  for (const auto& [key, value] : expected.items()) {
    BOOST_TEST(c[key] == value, key);
  }
}

BOOST_AUTO_TEST_CASE(the_config_holds_the_given_functions) {
  const GRUOptions options = other_options();
  const Config c = GRU<double>(options).config()["config"];
  BOOST_TEST(c["kernel_initializer"].dump() == options.kernel_initializer->config());
  BOOST_TEST(c["recurrent_initializer"].dump() == options.recurrent_initializer.config());
  BOOST_TEST(c["bias_initializer"].dump() == options.bias_initializer.config());
  BOOST_TEST(c["kernel_regularizer"].dump() == options.kernel_regularizer.config());
  BOOST_TEST(c["recurrent_regularizer"].dump() == options.recurrent_regularizer.config());
  BOOST_TEST(c["bias_regularizer"].dump() == options.bias_regularizer.config());
  BOOST_TEST(c["activity_regularizer"].dump() == options.activity_regularizer.config());
  BOOST_TEST(c["kernel_constraint"].dump() == options.kernel_constraint.config());
  BOOST_TEST(c["recurrent_constraint"].dump() == options.recurrent_constraint.config());
  BOOST_TEST(c["bias_constraint"].dump() == options.bias_constraint.config());
}

BOOST_AUTO_TEST_CASE(the_config_resolves_defaults) {
  const Config c =
      GRU({.units = 3, .recurrent_dropout = 0.5, .implementation = 2}).config()["config"];
  BOOST_TEST(c["recurrent_activation"] == "sigmoid");
  BOOST_TEST(c["reset_after"] == true);
  BOOST_TEST(c["implementation"] == 1);
  BOOST_TEST(c["seed"].is_null());
  BOOST_TEST(c["name"] == "gru");
}

BOOST_AUTO_TEST_CASE(a_user_s_function_appears_as_custom) {
  const auto half = [](const auto& x) { return x * 0.5; };
  const Config c = GRU({.units = 3, .activation = half}).config()["config"];
  BOOST_TEST(c["activation"] == "custom");
}

BOOST_AUTO_TEST_CASE(the_config_of_an_rnn_holds_that_of_its_cell) {
  const RNN rnn{GRUCell({.units = 3}), {.return_sequences = true}};
  const Config c = rnn.config()["config"];
  BOOST_TEST(rnn.config()["class_name"] == "RNN");
  BOOST_TEST(c["cell"]["class_name"] == "GRUCell");
  BOOST_TEST(c["cell"]["config"]["units"] == 3);
  BOOST_TEST(c["return_sequences"] == true);
  BOOST_TEST(c["stateful"] == false);
}

BOOST_AUTO_TEST_CASE(the_config_of_a_stack_lists_its_cells) {
  const StackedRNNCells stack(GRUCell({.units = 3}), GRUCell({.units = 4}));
  const Config cells = stack.config()["config"]["cells"];
  BOOST_REQUIRE(cells.size() == 2);
  BOOST_TEST(cells[1]["config"]["units"] == 4);
}

BOOST_AUTO_TEST_CASE(a_clone_has_the_same_options_and_no_weights) {
  const GRU<double> gru(other_options());
  const auto copy = gru.clone();
  BOOST_TEST(copy->config() == gru.config());
  BOOST_TEST(!copy->built());
  const GRUCell<double> cell({.units = 3, .dropout = 0.5, .reset_after = false, .seed = 3});
  BOOST_TEST(cell.clone()->config() == cell.config());
  const RNN<double> rnn(GRUCell<double>({.units = 3}), {.go_backwards = true, .name = "outer"});
  BOOST_TEST(rnn.clone()->config() == rnn.config());
}

BOOST_AUTO_TEST_CASE(a_clone_is_as_trainable_as_its_original_is_now) {
  GRU<float> gru({.units = 3});
  gru.set_trainable(false);
  BOOST_TEST(!gru.clone()->trainable());
  GRU<float> thawed({.units = 3, .trainable = false});
  thawed.set_trainable(true);
  const auto copy = thawed.clone();
  copy->build({5, 2});
  BOOST_TEST(copy->trainable());
  BOOST_TEST(copy->weights()[0]->trainable);
}

BOOST_AUTO_TEST_CASE(a_clone_of_a_built_layer_is_named_by_its_new_place) {
  GRU gru({.units = 3});
  gru.build({5, 2});
  Sequential<float> model;
  model.add(gru.clone());
  model.add(gru.clone());
  BOOST_CHECK_THROW(model.build({5, 2}), ShapeError);  // the first returns no sequences
  BOOST_TEST(model.children()[1]->name() == "gru_1");
}

BOOST_AUTO_TEST_CASE(the_summary_of_a_model_shows_the_layer_in_a_line) {
  Sequential model{GRU({.units = 4, .trainable = false}), Dense({.units = 1})};
  model.build({10, 3});
  BOOST_TEST(model.summary() ==
             "Layer (type)                        Output shape                  Params\n"
             "------------------------------------------------------------------------\n"
             "gru (GRU)                           (None, 4)                        108\n"
             "dense (Dense)                       (None, 1)                          5\n"
             "------------------------------------------------------------------------\n"
             "Total params: 113 (trainable 5, frozen 108)\n");
}

BOOST_AUTO_TEST_CASE(the_summary_of_a_layer_alone_shows_itself) {
  GRU gru({.units = 4, .return_sequences = true});
  gru.build({10, 3});
  BOOST_TEST(gru.summary() ==
             "Layer (type)                        Output shape                  Params\n"
             "------------------------------------------------------------------------\n"
             "gru (GRU)                           (None, 10, 4)                    108\n"
             "------------------------------------------------------------------------\n"
             "Total params: 108 (trainable 108, frozen 0)\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(recurrent_gru_errors)

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused_in_the_layer_s_name) {
  RONDO_CHECK_THROWS(GRU({}), ArgumentError, "[GRU] units must be positive, got 0");
  RONDO_CHECK_THROWS(GRU({.units = 3, .dropout = -0.5}),
                     ArgumentError,
                     "[GRU] a dropout rate must lie in [0, 1], got -0.5");
  RONDO_CHECK_THROWS(GRU({.units = 3, .recurrent_dropout = 1.25}),
                     ArgumentError,
                     "[GRU] a dropout rate must lie in [0, 1], got 1.25");
  RONDO_CHECK_THROWS(GRU({.units = 3, .implementation = 3}),
                     ArgumentError,
                     "[GRU] implementation must be 1 or 2, got 3");
}

BOOST_AUTO_TEST_CASE(a_mask_that_lies_across_time_is_refused) {
  GRU gru({.units = 3});
  Tape tape;
  RONDO_CHECK_THROWS(gru(tape.constant(Tensor<float>::zeros({2, 5, 4})),
                         {.mask = Tensor<bool>::full({5, 2}, true)}),
                     ShapeError,
                     "[gru] the mask must be [N, steps]: inputs (2, 5, 4), mask (5, 2)");
}

BOOST_AUTO_TEST_CASE(a_layer_is_built_once) {
  GRU gru({.units = 3});
  gru.build({5, 2});
  BOOST_CHECK_THROW(gru.build({5, 2}), StateError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gru_test
