// What each profile sets, and each of its switches alone.
#include <nlohmann/json.hpp>

#include "rondo/layers/recurrent/lstm.hpp"
#include "rondo/layers/recurrent/simple_rnn.hpp"
#include "rondo/tests/layers/recurrent/support.hpp"

namespace profiles_test {

using namespace rondo;
using test::check_close;
using test::RealTypes;

namespace {

Config gru_config(GRUOptions options) {
  options.units = 3;
  return GRU<float>(options).config()["config"];
}

Config cell_config(GRUCellOptions options) {
  options.units = 3;
  return GRUCell<float>(options).config()["config"];
}

/// Every listed key has the listed value.
void check_config(const Config& config, const Config& expected) {
  for (const auto& [key, value] : expected.items()) {
    BOOST_CHECK_MESSAGE(config[key] == value,
                        key << ": found " << config[key] << ", expected " << value);
  }
}

std::string class_of(const Config& initializer) {
  return initializer["class_name"];
}

/// A GRU under a profile with one option changed by `set`.
template <class Set>
Config changed(Compat compat, Set set) {
  GRUOptions options{.units = 3, .compat = compat};
  set(options);
  return GRU<float>(options).config()["config"];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recurrent_profiles)

BOOST_AUTO_TEST_CASE(keras3_is_the_default) {
  const Config expected = {{"reset_after", true},
                           {"recurrent_activation", "sigmoid"},
                           {"implementation", 2},
                           {"legacy_masked_carry", false},
                           {"dropout_mask_count", 1},
                           {"per_step_input_dropout", false},
                           {"masked_output", "previous_output"},
                           {"prefer_stored_state", false}};
  check_config(gru_config({}), expected);
  check_config(gru_config({.compat = Compat::keras3}), expected);
  BOOST_TEST(class_of(gru_config({})["kernel_initializer"]) == "GlorotUniform");
}

BOOST_AUTO_TEST_CASE(keras2_prefers_stored_states_and_draws_inputs_masks_step_by_step) {
  const Config config = gru_config({.compat = Compat::keras2});
  check_config(config,
               {{"reset_after", true},
                {"recurrent_activation", "sigmoid"},
                {"implementation", 2},
                {"legacy_masked_carry", false},
                {"dropout_mask_count", 3},
                {"per_step_input_dropout", true},
                {"masked_output", "previous_output"},
                {"prefer_stored_state", true}});
  BOOST_TEST(class_of(config["kernel_initializer"]) == "GlorotUniform");
}

BOOST_AUTO_TEST_CASE(tf20_carries_the_masked_state) {
  const Config config = gru_config({.recurrent_dropout = 0.5, .compat = Compat::tf20});
  check_config(config,
               {{"reset_after", true},
                {"recurrent_activation", "sigmoid"},
                {"implementation", 2},
                {"legacy_masked_carry", true},
                {"dropout_mask_count", 3},
                {"per_step_input_dropout", false},
                {"masked_output", "previous_output"},
                {"prefer_stored_state", false}});
  BOOST_TEST(class_of(config["kernel_initializer"]) == "GlorotUniform");
}

BOOST_AUTO_TEST_CASE(tf20_with_implementation_1_has_a_mask_for_each_gate) {
  check_config(gru_config({.recurrent_dropout = 0.5, .implementation = 1, .compat = Compat::tf20}),
               {{"implementation", 1}, {"legacy_masked_carry", false}, {"dropout_mask_count", 3}});
}

BOOST_AUTO_TEST_CASE(tfjs_resets_before_the_product) {
  const Config config = gru_config({.recurrent_dropout = 0.5, .compat = Compat::tfjs});
  check_config(config,
               {{"reset_after", false},
                {"recurrent_activation", "hard_sigmoid_tfjs"},
                {"implementation", 2},
                {"legacy_masked_carry", true},
                {"dropout_mask_count", 3},
                {"per_step_input_dropout", false},
                {"masked_output", "previous_state"},
                {"prefer_stored_state", false}});
  BOOST_TEST(class_of(config["kernel_initializer"]) == "GlorotNormalTFJS");
}

BOOST_AUTO_TEST_CASE(tfjs_has_implementation_2_whatever_is_given) {
  check_config(cell_config({.implementation = 1, .compat = Compat::tfjs}), {{"implementation", 2}});
}

BOOST_AUTO_TEST_CASE(the_name_hard_sigmoid_means_the_profile_s_own) {
  const auto resolved = [](Compat compat) {
    return cell_config(
        {.activation = "hard_sigmoid", .recurrent_activation = "hard_sigmoid", .compat = compat});
  };
  for (const auto& [compat, name] : {std::pair(Compat::keras3, "hard_sigmoid_keras3"),
                                     std::pair(Compat::keras2, "hard_sigmoid_keras2"),
                                     std::pair(Compat::tf20, "hard_sigmoid_keras2"),
                                     std::pair(Compat::tfjs, "hard_sigmoid_tfjs")}) {
    check_config(resolved(compat), {{"activation", name}, {"recurrent_activation", name}});
  }
}

BOOST_AUTO_TEST_CASE(an_exact_name_means_the_same_under_every_profile) {
  for (const Compat compat : {Compat::keras3, Compat::keras2, Compat::tf20, Compat::tfjs}) {
    for (const char* const name : {"hard_sigmoid_keras3", "hard_sigmoid_keras2", "sigmoid"}) {
      check_config(cell_config({.recurrent_activation = name, .compat = compat}),
                   {{"recurrent_activation", name}});
    }
  }
}

/// At 1 the variants are 1/6 + 0.5 and 0.2 + 0.5: h' = z · h + (1 − z) · 0 for kernels of zero.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_variants_differ_in_their_numbers, T, RealTypes) {
  const auto step = [](Compat compat) {
    GRUCell<T> cell({.units = 1,
                     .recurrent_activation = "hard_sigmoid",
                     .kernel_initializer = "zeros",
                     .recurrent_initializer = "zeros",
                     .reset_after = false,
                     .compat = compat});
    cell.build({1});
    cell.weights()[2]->assign(test::tensor<T>({3}, {1, 0, 0}));
    Tape<T> tape;
    const std::array h{tape.constant(Tensor<T>::full({1, 1}, T{1}))};
    return cell(tape.constant(Tensor<T>::zeros({1, 1})), {.initial_state = h}).item();
  };
  BOOST_TEST(step(Compat::keras3) == static_cast<T>(2.0 / 3.0),
             boost::test_tools::tolerance(static_cast<T>(1e-6)));
  for (const Compat compat : {Compat::keras2, Compat::tf20, Compat::tfjs}) {
    BOOST_TEST(step(compat) == static_cast<T>(0.7),
               boost::test_tools::tolerance(static_cast<T>(1e-6)));
  }
}

BOOST_AUTO_TEST_CASE(truncated_normals_of_tfjs_are_not_corrected) {
  const Config config = cell_config({.kernel_initializer = "glorot_normal",
                                     .recurrent_initializer = "he_normal",
                                     .bias_initializer = "lecun_normal",
                                     .compat = Compat::tfjs});
  BOOST_TEST(class_of(config["kernel_initializer"]) == "GlorotNormalTFJS");
  BOOST_TEST(class_of(config["recurrent_initializer"]) == "HeNormalTFJS");
  BOOST_TEST(class_of(config["bias_initializer"]) == "LecunNormalTFJS");
  const Config keras = cell_config({.kernel_initializer = "glorot_normal"});
  BOOST_TEST(class_of(keras["kernel_initializer"]) == "GlorotNormal");
}

/// The deviation of a [64, 192] kernel: 0.8796 · √(2 / (64 + 192)).
BOOST_AUTO_TEST_CASE(the_kernel_of_tfjs_has_its_deviation) {
  GRUCell<double> cell({.units = 64, .compat = Compat::tfjs});
  cell.build({64}, 3);
  double squares = 0.0;
  for (const double value : cell.weights()[0]->value()) {
    squares += value * value / (64.0 * 192.0);
  }
  BOOST_TEST(std::sqrt(squares) == 0.8796256610 * std::sqrt(2.0 / 256.0),
             boost::test_tools::tolerance(0.03));
}

BOOST_AUTO_TEST_CASE(each_switch_can_be_given_alone) {
  const auto key = [](Compat compat, const char* name, auto set) {
    return changed(compat, set)[name];
  };
  using O = GRUOptions;
  BOOST_TEST(key(Compat::keras3, "reset_after", [](O& o) { o.reset_after = false; }) == false);
  BOOST_TEST(key(Compat::keras3, "legacy_masked_carry", [](O& o) {
               o.legacy_masked_carry = true;
             }) == true);
  BOOST_TEST(key(Compat::keras3, "dropout_mask_count", [](O& o) { o.dropout_mask_count = 3; }) ==
             3);
  BOOST_TEST(key(Compat::keras3, "per_step_input_dropout", [](O& o) {
               o.per_step_input_dropout = true;
             }) == true);
  BOOST_TEST(key(Compat::keras3, "masked_output", [](O& o) {
               o.masked_output = MaskedOutput::previous_state;
             }) == "previous_state");
  BOOST_TEST(key(Compat::keras3, "prefer_stored_state", [](O& o) {
               o.prefer_stored_state = true;
             }) == true);
  BOOST_TEST(key(Compat::keras2, "prefer_stored_state", [](O& o) {
               o.prefer_stored_state = false;
             }) == false);
  BOOST_TEST(key(Compat::keras2, "per_step_input_dropout", [](O& o) {
               o.per_step_input_dropout = false;
             }) == false);
  BOOST_TEST(key(Compat::tf20, "legacy_masked_carry", [](O& o) {
               o.legacy_masked_carry = false;
             }) == false);
  BOOST_TEST(key(Compat::tfjs, "masked_output", [](O& o) {
               o.masked_output = MaskedOutput::previous_output;
             }) == "previous_output");
  BOOST_TEST(key(Compat::tfjs, "recurrent_activation", [](O& o) {
               o.recurrent_activation = "sigmoid";
             }) == "sigmoid");
}

BOOST_AUTO_TEST_CASE(masked_carry_leaves_implementation_2_in_force) {
  check_config(cell_config({.recurrent_dropout = 0.5, .legacy_masked_carry = true}),
               {{"implementation", 2}, {"dropout_mask_count", 1}});
  check_config(
      cell_config({.recurrent_dropout = 0.5, .legacy_masked_carry = false, .compat = Compat::tfjs}),
      {{"implementation", 1}, {"dropout_mask_count", 3}});
}

BOOST_AUTO_TEST_CASE(only_what_cudnn_could_run_is_dropped_step_by_step_under_keras2) {
  const auto per_step = [](GRUOptions options) {
    options.compat = Compat::keras2;
    return gru_config(options)["per_step_input_dropout"] == true;
  };
  BOOST_TEST(per_step({.implementation = 1}));  // tf-keras does not ask for it
  BOOST_TEST(!per_step({.activation = "relu"}));
  BOOST_TEST(!per_step({.recurrent_activation = "hard_sigmoid"}));
  BOOST_TEST(!per_step({.use_bias = false}));
  BOOST_TEST(!per_step({.recurrent_dropout = 0.5}));
  BOOST_TEST(!per_step({.unroll = true}));
  BOOST_TEST(!per_step({.reset_after = false}));
}

BOOST_AUTO_TEST_CASE(a_clone_keeps_what_was_resolved) {
  for (const Compat compat : {Compat::keras3, Compat::keras2, Compat::tf20, Compat::tfjs}) {
    const GRU<float> gru({.units = 3, .dropout = 0.5, .recurrent_dropout = 0.5, .compat = compat});
    BOOST_TEST(gru.clone()->config() == gru.config());
    BOOST_TEST(gru.cell().clone()->config() == gru.cell().config());
  }
}

BOOST_AUTO_TEST_CASE(siblings_know_hard_sigmoid_and_the_stored_state_of_keras_2) {
  const LSTM<float> lstm(
      {.units = 3, .recurrent_activation = "hard_sigmoid", .compat = Compat::keras2});
  check_config(lstm.config()["config"],
               {{"recurrent_activation", "hard_sigmoid_keras2"}, {"prefer_stored_state", true}});
  const SimpleRNN<float> rnn({.units = 3, .activation = "hard_sigmoid", .compat = Compat::keras2});
  check_config(rnn.config()["config"],
               {{"activation", "hard_sigmoid_keras2"}, {"prefer_stored_state", true}});
  check_config(LSTM<float>({.units = 3, .recurrent_activation = "hard_sigmoid"}).config()["config"],
               {{"recurrent_activation", "hard_sigmoid_keras3"}, {"prefer_stored_state", false}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace profiles_test
