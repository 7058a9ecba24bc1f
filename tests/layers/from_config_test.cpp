#include "rondo/layers/from_config.hpp"

#include <nlohmann/json.hpp>

#include "rondo/layers/layers.hpp"
#include "rondo/tests/support/check.hpp"

namespace from_config_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
using Layers = std::vector<std::unique_ptr<Layer<T>>>;

template <Real T, class L>
void add(Layers<T>& layers, L layer) {
  layers.push_back(std::make_unique<L>(std::move(layer)));
}

/// Options that all cells and layers over cells have, none at its default.
template <class Options>
Options unusual(std::size_t units) {
  Options o;
  o.units = units;
  o.activation = "softsign";
  o.kernel_initializer = initializers::random_uniform(-0.25, 0.5);
  o.recurrent_initializer = initializers::orthogonal(0.5);
  o.bias_initializer = initializers::constant(0.25);
  o.kernel_regularizer = regularizers::l1_l2(0.125, 0.5);
  o.recurrent_regularizer = regularizers::orthogonal(0.5, OrthogonalMode::columns);
  o.bias_regularizer = regularizers::l1(0.5);
  o.kernel_constraint = constraints::max_norm(3.0, 1);
  o.recurrent_constraint =
      constraints::min_max_norm({.min_value = 0.5, .max_value = 2.0, .rate = 0.5, .axis = 1});
  o.bias_constraint = "non_neg";
  o.dropout = 0.25;
  o.recurrent_dropout = 0.5;
  o.seed = 7;
  return o;
}

/// The same for the loop.
template <class Options>
Options unusual_loop(Options o) {
  o.return_sequences = true;
  o.return_state = true;
  o.go_backwards = true;
  o.stateful = true;
  o.unroll = true;
  o.time_major = true;
  o.zero_output_for_mask = true;
  o.masked_output = MaskedOutput::previous_state;
  o.prefer_stored_state = true;
  o.propagate_mask = false;
  o.activity_regularizer = regularizers::l2(0.5);
  o.trainable = false;
  o.name = "special";
  return o;
}

template <class Options>
Options unusual_gru() {
  auto o = unusual<Options>(4);
  o.recurrent_activation = "hard_sigmoid_keras2";
  o.reset_after = false;
  o.legacy_masked_carry = true;
  o.dropout_mask_count = 3;
  o.per_step_input_dropout = true;
  return o;
}

template <class Options>
Options unusual_lstm() {
  auto o = unusual<Options>(4);
  o.recurrent_activation = "hard_sigmoid_keras2";
  o.unit_forget_bias = false;
  o.per_step_input_dropout = true;
  return o;
}

template <Real T>
void add_plain_layers(Layers<T>& layers) {
  add(layers,
      Dense<T>({.units = 3,
                .activation = "relu",
                .use_bias = false,
                .kernel_initializer = initializers::variance_scaling(
                    {.scale = 2.0,
                     .mode = FanMode::fan_out,
                     .distribution = Distribution::untruncated_normal}),
                .bias_initializer = initializers::truncated_normal(0.5, 0.25),
                .kernel_regularizer = regularizers::l2(0.5),
                .bias_regularizer = "l1",
                .activity_regularizer = "l2",
                .kernel_constraint = constraints::unit_norm(1),
                .bias_constraint = "max_norm",
                .trainable = false,
                .name = "special"}));
  add(layers,
      Embedding<T>({.input_dim = 5,
                    .output_dim = 3,
                    .embeddings_initializer = initializers::random_normal(0.5, 0.25),
                    .embeddings_regularizer = "l2",
                    .activity_regularizer = "l1",
                    .embeddings_constraint = "unit_norm",
                    .mask_zero = true,
                    .name = "special"}));
  add(layers,
      rondo::Dropout<T>(
          {.rate = 0.25, .noise_shape = {std::nullopt, 1}, .seed = 3, .name = "special"}));
  add(layers,
      LayerNormalization<T>({.axis = {1, 2},
                             .epsilon = 0.25,
                             .center = false,
                             .scale = false,
                             .beta_initializer = "ones",
                             .gamma_initializer = "zeros",
                             .beta_regularizer = "l1",
                             .gamma_regularizer = "l2",
                             .beta_constraint = "non_neg",
                             .gamma_constraint = "unit_norm",
                             .name = "special"}));
  add(layers, LayerNormalization<T>());
  add(layers, Masking<T>({.mask_value = -1.5, .name = "special"}));
  add(layers, Input<T>({.shape = {std::nullopt, 3}, .batch_size = 2, .name = "special"}));
  add(layers, TimeDistributed<T>(Dense<T>({.units = 2}), {.trainable = false, .name = "special"}));
}

template <Real T>
void add_recurrent_layers(Layers<T>& layers) {
  add(layers, GRUCell<T>(unusual_gru<GRUCellOptions>()));
  add(layers, GRU<T>(unusual_loop(unusual_gru<GRUOptions>())));
  add(layers, LSTMCell<T>(unusual_lstm<LSTMCellOptions>()));
  add(layers, LSTM<T>(unusual_loop(unusual_lstm<LSTMOptions>())));
  add(layers, SimpleRNNCell<T>(unusual<SimpleRNNCellOptions>(4)));
  add(layers, SimpleRNN<T>(unusual_loop(unusual<SimpleRNNOptions>(4))));
  add(layers,
      V1GRUCell<T>({.num_units = 3,
                    .activation = "relu",
                    .reuse = false,
                    .kernel_initializer = "he_uniform",
                    .bias_initializer = initializers::constant(0.5),
                    .name = "special",
                    .activity_regularizer = "l2",
                    .regularizer = "l1"}));
  add(layers,
      StackedRNNCells<T>({.reverse_state_order = true, .name = "special"},
                         GRUCell<T>({.units = 2, .recurrent_activation = Activation()}),
                         LSTMCell<T>({.units = 3})));
  add(layers,
      RNN<T>(StackedRNNCells<T>(GRUCell<T>({.units = 2}), V1GRUCell<T>({.num_units = 3})),
             unusual_loop(RNNOptions{})));
  for (const MergeMode mode :
       {MergeMode::sum, MergeMode::mul, MergeMode::ave, MergeMode::concat, MergeMode::none}) {
    add(layers,
        Bidirectional<T>(GRU<T>({.units = 2, .return_sequences = true}),
                         {.merge_mode = mode, .zero_output_for_mask = false, .name = "special"}));
  }
}

template <Real T>
void add_model(Layers<T>& layers) {
  Sequential<T> inner("inner");
  inner.add(Dense<T>({.units = 2, .trainable = false}));
  inner.add(Dense<T>({.units = 2}));
  Sequential<T> model;
  model.add(Input<T>({.shape = {4, 2}}));
  model.add(GRU<T>({.units = 3, .batch_input_shape = {5, 4, 2}}));
  model.add(std::move(inner));
  add(layers, std::move(model));
}

/// A layer of a user: y = x · factor.
class Scale : public Layer<float> {
 public:
  explicit Scale(float factor) : factor_(factor) {}

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  [[nodiscard]] std::string type_name() const override { return "Scale"; }

  [[nodiscard]] Config config() const override {
    Config result = Layer::config();
    result["config"]["factor"] = factor_;
    return result;
  }

  [[nodiscard]] std::unique_ptr<Layer> clone() const override {
    return std::make_unique<Scale>(factor_);
  }

 protected:
  Variable<float> call(const Variable<float>& x, const CallOptions<float>&) override {
    return x * factor_;
  }

 private:
  float factor_;
};

const LayerTypes<float> user_types{
    {"Scale", [](const Config& options) { return std::make_unique<Scale>(options.at("factor")); }},
    {"Nothing", [](const Config&) { return nullptr; }}};

/// Whether a config has exactly the options that the list of its class names, in this order.
template <class L>
void check_list(const L& layer) {
  std::vector<std::string> listed{"name", "trainable", "dtype"};
  typename L::OptionsType options;
  L::OptionsType::for_each_option([&](const char* name, const auto&) { listed.emplace_back(name); },
                                  options);
  std::vector<std::string> written;
  const Config config = layer.config();
  for (const auto& [key, value] : config["config"].items()) {
    written.push_back(key);
  }
  BOOST_TEST(written == listed, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(from_config)

BOOST_AUTO_TEST_CASE(a_config_has_the_listed_options_in_their_order) {
  check_list(Dense<float>({.units = 1}));
  check_list(Dropout<float>({.rate = 0.5}));
  check_list(Embedding<float>({.input_dim = 1, .output_dim = 1}));
  check_list(LayerNormalization<float>());
  check_list(Masking<float>());
  check_list(GRUCell<float>({.units = 1}));
  check_list(LSTMCell<float>({.units = 1}));
  check_list(SimpleRNNCell<float>({.units = 1}));
  check_list(V1GRUCell<float>({.num_units = 1}));
  check_list(GRU<float>({.units = 1}));
  check_list(LSTM<float>({.units = 1}));
  check_list(SimpleRNN<float>({.units = 1}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_layer_comes_back_with_an_equal_config, T, RealTypes) {
  Layers<T> layers;
  add_plain_layers(layers);
  add_recurrent_layers(layers);
  add_model(layers);
  for (const auto& layer : layers) {
    const Config config = layer->config();
    BOOST_TEST_CONTEXT(config.dump()) {
      const auto made = make_layer<T>(config);
      BOOST_TEST(made->config().dump() == config.dump());
      BOOST_TEST(made->type_name() == layer->type_name());
      BOOST_TEST(!made->built());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_model_comes_back_with_the_same_names_and_values) {
  const auto make = [] {
    return Sequential<double>(GRU<double>({.units = 3, .return_sequences = true}),
                              GRU<double>({.units = 2}),
                              Dense<double>({.units = 2, .name = "head"}));
  };
  Sequential<double> model = make();
  const auto from_unbuilt = make_layer<double>(model.config());
  model.build({4, 2}, 5);
  const auto from_built = make_layer<double>(model.config());
  for (const auto& other : {from_unbuilt.get(), from_built.get()}) {
    other->build({4, 2}, 5);
    BOOST_REQUIRE_EQUAL(other->weights().size(), model.weights().size());
    for (std::size_t i = 0; i < model.weights().size(); ++i) {
      BOOST_TEST(other->weights()[i]->path() == model.weights()[i]->path());
      BOOST_TEST(values<double>(other->weights()[i]->value()) ==
                 values<double>(model.weights()[i]->value()));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_keras_writes_is_read) {
  // keras.layers.GRU(4, kernel_regularizer="l2").get_config() and the like, of Keras 3.
  const Config config = Config::parse(R"({
    "module": "keras.layers", "class_name": "GRU", "registered_name": null,
    "build_config": {"input_shape": [null, 5, 3]},
    "config": {
      "name": "gru_3", "trainable": true,
      "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
                "registered_name": null},
      "return_sequences": true, "return_state": false, "go_backwards": false, "stateful": false,
      "unroll": false, "zero_output_for_mask": false, "units": 4, "activation": "tanh",
      "recurrent_activation": "sigmoid", "use_bias": true,
      "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform",
                             "config": {"seed": null}, "registered_name": null},
      "recurrent_initializer": {"module": "keras.initializers", "class_name": "Orthogonal",
                                "config": {"seed": null, "gain": 1.0}, "registered_name": null},
      "bias_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {},
                           "registered_name": null},
      "kernel_regularizer": {"module": "keras.regularizers", "class_name": "L2",
                             "config": {"l2": 0.01}, "registered_name": null},
      "recurrent_regularizer": null, "bias_regularizer": null, "activity_regularizer": null,
      "kernel_constraint": null, "recurrent_constraint": null, "bias_constraint": null,
      "dropout": 0.0, "recurrent_dropout": 0.0, "reset_after": true, "seed": null}})");
  const GRU<float> same(
      {.units = 4, .kernel_regularizer = "l2", .return_sequences = true, .name = "gru_3"});
  BOOST_TEST(make_layer<float>(config)->config().dump() == same.config().dump());
}

BOOST_AUTO_TEST_CASE(what_keras_2_writes_is_read) {
  const Config config = Config::parse(R"({
    "class_name": "Sequential",
    "config": {"name": "sequential", "layers": [
      {"class_name": "InputLayer",
       "config": {"batch_input_shape": [2, 5, 3], "dtype": "float32", "sparse": false,
                  "ragged": false, "name": "gru_input"}},
      {"class_name": "GRU",
       "config": {"name": "gru", "trainable": true, "batch_input_shape": [2, 5, 3],
                  "dtype": "float32", "units": 4, "time_major": false, "implementation": 0,
                  "stateful": true}},
      {"class_name": "Dense",
       "config": {"name": "dense", "units": 1,
                  "activation": {"class_name": "function", "config": "relu"},
                  "kernel_initializer": {"class_name": "HeNormal", "config": {"seed": null}}}}]}})");
  const auto model = make_layer<float>(config);
  BOOST_TEST(model->output_shape_json() == "[2,1]");
  const Config gru = model->children()[1]->config()["config"];
  BOOST_TEST(gru["implementation"] == 1);  // what Keras 1 called 0
  BOOST_TEST(gru["batch_input_shape"].dump() == "[2,5,3]");
  BOOST_TEST(model->children()[2]->config()["config"]["activation"] == "relu");
}

BOOST_AUTO_TEST_CASE(a_missing_activation_is_linear_or_the_default) {
  const auto config = [](const Config& options) {
    return make_layer<float>({{"class_name", "GRUCell"}, {"config", options}})->config()["config"];
  };
  BOOST_TEST(config({{"units", 2}})["recurrent_activation"] == "sigmoid");
  BOOST_TEST(
      config({{"units", 2}, {"recurrent_activation", nullptr}})["recurrent_activation"].is_null());
}

BOOST_AUTO_TEST_CASE(a_users_layer_is_made_by_the_users_function) {
  Sequential<float> model;
  model.add(Scale(3.0F));
  const auto made = make_layer<float>(model.config(), user_types);
  Tape<float> tape;
  check_close((*made)(tape.constant(Tensor<float>::full({1, 2}, 2.0F))), {6, 6});
  RONDO_CHECK_THROWS(static_cast<void>(make_layer<float>(
                         {{"class_name", "Nothing"}, {"config", Config::object()}}, user_types)),
                     FormatError,
                     "[make_layer] Nothing: the user's function made no layer");
  RONDO_CHECK_THROWS(
      static_cast<void>(
          make_layer<float>({{"class_name", "Scale"}, {"config", Config::object()}}, user_types)),
      FormatError,
      "[make_layer] Scale: [json.exception.out_of_range.403] key 'factor' not found");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace from_config_test
