#include "rondo/interop/model_file.hpp"

#include <filesystem>
#include <map>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "rondo/rondo.hpp"

using namespace rondo;

namespace {

std::string written(const Layer<float>& model, const char* format) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "rondo_interop_test";
  try {
    write_model(model, path, {.format = format});
  } catch (const ArgumentError& error) {
    return error.what();
  }
  std::filesystem::remove_all(path);
  return {};
}

std::string refusal(GRUOptions options, const char* format) {
  options.units = 3;
  options.input_shape = {5, 2};
  options.name = "eye";
  Sequential<float> model{GRU<float>(options), Dense<float>({.units = 1})};
  model.build_from_declared();
  return written(model, format);
}

bool names(const std::string& text, const char* option) {
  return text.find("'sequential/eye'") != text.npos && text.find(option) != text.npos;
}

const std::filesystem::path cases = "tests/interop/cases";

}  // namespace

BOOST_AUTO_TEST_SUITE(interop_refusals)

BOOST_AUTO_TEST_CASE(keras_names_the_layer_and_the_option_that_it_lacks) {
  BOOST_TEST(refusal({}, "keras") == "");
  BOOST_TEST(
      names(refusal({.masked_output = MaskedOutput::previous_state}, "keras"), "masked_output"));
  BOOST_TEST(names(refusal({.time_major = true}, "keras"), "time_major"));
  BOOST_TEST(names(refusal({.return_sequences = true, .propagate_mask = false}, "keras"),
                   "propagate_mask"));
  BOOST_TEST(names(refusal({.stateful = true, .prefer_stored_state = true}, "keras"),
                   "prefer_stored_state"));
  BOOST_TEST(
      names(refusal({.recurrent_dropout = 0.2, .implementation = 2, .legacy_masked_carry = true},
                    "keras"),
            "legacy_masked_carry"));
  BOOST_TEST(
      names(refusal({.dropout = 0.2, .dropout_mask_count = 3}, "keras"), "dropout_mask_count"));
  BOOST_TEST(names(refusal({.dropout = 0.2, .per_step_input_dropout = true}, "keras"),
                   "per_step_input_dropout"));
  BOOST_TEST(names(refusal({.recurrent_activation = "hard_sigmoid_keras2"}, "keras"),
                   "hard_sigmoid_keras2"));
  BOOST_TEST(
      names(refusal({.recurrent_activation = "hard_sigmoid_tfjs"}, "keras"), "hard_sigmoid_tfjs"));
  BOOST_TEST(
      names(refusal({.kernel_initializer = "glorot_normal_tfjs"}, "keras"), "kernel_initializer"));
  BOOST_TEST(names(refusal({.return_state = true}, "keras"), "return_state"));
}

BOOST_AUTO_TEST_CASE(what_keras_does_anyway_is_no_obstacle) {
  BOOST_TEST(refusal({.dropout = 0.2, .recurrent_dropout = 0.1}, "keras") == "");
  BOOST_TEST(refusal({.recurrent_activation = "hard_sigmoid"}, "keras") == "");
  BOOST_TEST(refusal({.prefer_stored_state = true}, "keras") == "");
}

BOOST_AUTO_TEST_CASE(tensorflow_js_names_them_too) {
  BOOST_TEST(refusal({.compat = Compat::tfjs}, "tfjs") == "");
  BOOST_TEST(names(refusal({}, "tfjs"), "reset_after"));
  BOOST_TEST(names(refusal({.recurrent_activation = "hard_sigmoid", .reset_after = false}, "tfjs"),
                   "hard_sigmoid_keras3"));
  BOOST_TEST(
      names(refusal({.activation = "leaky_relu", .reset_after = false}, "tfjs"), "leaky_relu"));
  BOOST_TEST(names(refusal({.kernel_constraint = "non_neg", .reset_after = false}, "tfjs"),
                   "kernel_constraint"));
}

BOOST_AUTO_TEST_CASE(a_legacy_file_has_no_hard_sigmoid) {
  BOOST_TEST(names(refusal({.recurrent_activation = "hard_sigmoid"}, "keras_h5"), "hard_sigmoid"));
}

BOOST_AUTO_TEST_CASE(cells_that_are_not_keras_are_named) {
  Sequential<float> model{Input<float>({.shape = {5, 2}}),
                          RNN<float>(V1GRUCell<float>({.num_units = 3}))};
  model.build_from_declared();
  const std::string text = written(model, "keras");
  BOOST_TEST(text.find("V1GRUCell") != text.npos);
}

BOOST_AUTO_TEST_CASE(the_extension_must_name_a_format) {
  Sequential<float> model{Input<float>({.shape = {2}}), Dense<float>({.units = 1})};
  model.build_from_declared();
  BOOST_CHECK_THROW(write_model(model, "/tmp/model.txt"), ArgumentError);
  BOOST_CHECK_THROW(write_model(model, "/tmp/model.keras", {.format = "kears"}), ArgumentError);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(interop_models)

BOOST_AUTO_TEST_CASE(layers_are_found_by_name_and_class) {
  auto model = load_model(cases / "keras/k3_nested_sequential/model.keras");
  BOOST_TEST(model.layer<GRU<float>>("gru_8").path() == "encoder/gru_8");
  BOOST_TEST(model.layer("encoder/gru_9").name() == "gru_9");
  BOOST_CHECK_THROW(static_cast<void>(model.layer("gru_80")), ArgumentError);
  BOOST_CHECK_THROW(static_cast<void>(model.layer<Dense<float>>("gru_8")), ArgumentError);
}

BOOST_AUTO_TEST_CASE(weights_below_a_layer_are_taken_over_and_reported) {
  auto source = load_model(cases / "keras/k3_nested_sequential/model.keras");
  auto target = load_model(cases / "keras/k3_nested_sequential/model.keras");
  for (Parameter<float>* weight : target.layers().weights()) {
    weight->assign(Tensor<float>::zeros(weight->shape()));
  }
  const WeightReport report = take_weights(source.layers(), target.layers(), {"encoder/gru_8"});
  BOOST_TEST(report.taken.size() == 3U);
  BOOST_TEST(report.kept.size() == 7U);
  BOOST_TEST(report.left.size() == 7U);
  BOOST_TEST(report.taken[0] == "encoder/gru_8/gru_cell/kernel");
  const auto from = source.layers().get_weights(), to = target.layers().get_weights();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const float expected = i < 3 ? from[i].data()[0] : 0.0F;
    BOOST_TEST(to[i].data()[0] == expected);
  }
  BOOST_CHECK_THROW(take_weights(source.layers(), target.layers(), {"encoder/gru"}), ArgumentError);
}

BOOST_AUTO_TEST_CASE(a_model_of_keras_brings_its_optimizer) {
  auto model = load_model(cases / "keras/k3_gru_dense_trained/model.keras");
  const StoredTraining& training = model.about().training.value();
  BOOST_TEST(training.loss == "\"mse\"");
  BOOST_TEST(training.iterations > 0U);
  BOOST_TEST(training.state.size() == 10U);
  const auto optimizer = restore_optimizer(training, model.layers());
  BOOST_TEST(optimizer->type_name() == "Adam");
  BOOST_TEST(optimizer->iterations() == training.iterations);
  std::map<std::string, float> first;
  for (const auto& state : optimizer->state()) {
    first[state.name] = state.values[0];
  }
  BOOST_TEST(first.at("optimizer/adam/m/dense/bias") ==
             training.state[8].values<float>().data()[0]);
  BOOST_TEST(first.at("optimizer/adam/v/dense/bias") ==
             training.state[9].values<float>().data()[0]);
  const StoredTraining again = describe_training(model.layers(), *optimizer, "mse");
  BOOST_TEST(again.state.size() == 10U);
  BOOST_TEST(again.loss == training.loss);
}

BOOST_AUTO_TEST_CASE(the_optimizer_comes_back_from_a_file_of_ours) {
  auto model = load_model(cases / "keras/k3_gru_dense_trained/model.keras");
  const auto path = std::filesystem::temp_directory_path() / "rondo_interop_training.keras";
  const auto notes = write_model(model.layers(), path, {.training = model.about().training});
  BOOST_TEST(notes.empty());
  auto again = load_model(path);
  std::filesystem::remove(path);
  const StoredTraining &a = *model.about().training, &b = again.about().training.value();
  BOOST_TEST(a.iterations == b.iterations);
  BOOST_REQUIRE(a.state.size() == b.state.size());
  for (std::size_t i = 0; i < a.state.size(); ++i) {
    BOOST_TEST(a.state[i].name == b.state[i].name);
    BOOST_TEST((a.state[i].bytes == b.state[i].bytes));
  }
}

// The numbers are those of make_training.py.
BOOST_AUTO_TEST_CASE(training_goes_on_with_keras_numbers) {
  auto model = load_model(cases / "keras/k3_gru_dense_trained/model.keras");
  const auto optimizer = restore_optimizer(*model.about().training, model.layers());
  Tensor<float> x({4, 5, 3});
  for (std::size_t i = 0; i < x.size(); ++i) {
    x.data()[i] = static_cast<float>(-1.0 + 2.0 * static_cast<double>(i) / 59.0);
  }
  const Tensor<float> y = Tensor<float>::full({4, 2}, 1.0F);
  Tape<float> tape;
  for (int step = 0; step < 3; ++step) {
    tape.reset();
    optimizer->zero_grad();
    const auto output = model.layers()(tape.borrow(x), {.training = true});
    tape.backward(mean_squared_error(output, y.view()));
    optimizer->step();
  }
  const auto weights = model.layers().get_weights();
  const float bias[] = {-0.8083349466323853F, -0.2092735320329666F};
  const float kernel[] = {
      0.4604808986186981F, -0.8777163028717041F, -0.2214115709066391F, -0.3439648449420929F};
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(weights[4].data()[i] == bias[i], boost::test_tools::tolerance(1e-5F));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(weights[0].data()[i] == kernel[i], boost::test_tools::tolerance(1e-5F));
  }
}

BOOST_AUTO_TEST_SUITE_END()
