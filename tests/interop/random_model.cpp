#include "rondo/tests/interop/random_model.hpp"

#include <array>

#include <fmt/format.h>

#include "rondo/core/rng.hpp"
#include "rondo/interop/detail/torch_state.hpp"

namespace rondo::interop {

namespace {

constexpr std::size_t batch = 3, steps = 5, words = 11;

template <class Values>
auto one_of(Rng& rng, const Values& values) {
  return values[rng.below(values.size())];
}

bool coin(Rng& rng) {
  return rng.below(2) == 1;
}

std::size_t some_units(Rng& rng) {
  return 1 + rng.below(6);
}

Json layer(const char* class_name, Json config) {
  return {{"class_name", class_name}, {"config", std::move(config)}};
}

// ---- layers that ONNX can hold ----

constexpr std::array gates{"tanh",
                           "sigmoid",
                           "relu",
                           "hard_sigmoid",
                           "hard_sigmoid_keras2",
                           "linear",
                           "elu",
                           "leaky_relu",
                           "softsign",
                           "softplus"};
constexpr std::array heads{"linear",
                           "tanh",
                           "softmax",
                           "relu",
                           "elu",
                           "selu",
                           "log_softmax",
                           "hard_sigmoid",
                           "exponential",
                           "hard_silu",
                           "softplus"};

Json recurrent_config(Rng& rng, const std::string& class_name, bool sequences) {
  Json config{{"units", some_units(rng)},
              {"return_sequences", sequences},
              {"use_bias", rng.below(4) > 0},
              {"zero_output_for_mask", sequences},
              {"dropout", coin(rng) ? 0.2 : 0.0}};
  config["activation"] = coin(rng) ? "tanh" : one_of(rng, gates);
  if (class_name != "SimpleRNN") {
    // Bounded gates, so that states do not run away.
    constexpr std::array bounded{"sigmoid", "hard_sigmoid", "hard_sigmoid_keras2"};
    config["recurrent_activation"] = one_of(rng, bounded);
  }
  if (class_name == "GRU") {
    config["reset_after"] = coin(rng);
  }
  return config;
}

Json random_recurrent(Rng& rng, bool sequences) {
  constexpr std::array classes{"GRU", "GRU", "LSTM", "SimpleRNN"};
  constexpr std::array modes{"concat", "concat", "sum", "mul", "ave"};
  const std::string class_name = one_of(rng, classes);
  Json config = recurrent_config(rng, class_name, sequences);
  if (rng.below(3) == 0) {
    return layer(
        "Bidirectional",
        {{"merge_mode", one_of(rng, modes)}, {"layer", layer(class_name.c_str(), config)}});
  }
  config["go_backwards"] = rng.below(4) == 0;
  return layer(class_name.c_str(), std::move(config));
}

Json random_dense(Rng& rng) {
  return layer("Dense",
               {{"units", some_units(rng)},
                {"use_bias", rng.below(4) > 0},
                {"activation", one_of(rng, heads)}});
}

Json random_layers(Rng& rng, bool masked, bool& ids) {
  Json layers = Json::array();
  ids = masked || rng.below(3) == 0;
  if (ids) {
    layers.push_back(
        layer("Embedding",
              {{"input_dim", words}, {"output_dim", some_units(rng)}, {"mask_zero", masked}}));
  } else if (rng.below(4) == 0) {
    layers.push_back(random_dense(rng));
  }
  const std::size_t depth = 1 + rng.below(3);
  for (std::size_t i = 0; i < depth; ++i) {
    layers.push_back(random_recurrent(rng, i + 1 < depth || coin(rng)));
    Json& config = layers.back()["config"];
    if (masked && i + 1 < depth) {
      config["go_backwards"] = false;  // Keras hands the mask on in the old order
    }
    if (config.contains("layer")) {
      config.erase("go_backwards");
    }
    if (rng.below(3) == 0) {
      layers.push_back(layer("Dropout", {{"rate", 0.3}}));
    }
    if (rng.below(3) == 0) {
      layers.push_back(
          layer("LayerNormalization", {{"axis", -1}, {"epsilon", 0.01}, {"center", coin(rng)}}));
    }
  }
  if (coin(rng)) {
    layers.push_back(random_dense(rng));
  }
  return layers;
}

// ---- common ----

void fill(RandomModel& model, Rng& rng) {
  std::vector<Tensor<float>> weights = model.layers->get_weights();
  for (Tensor<float>& weight : weights) {
    for (std::size_t i = 0; i < weight.size(); ++i) {
      weight.data()[i] = static_cast<float>(0.4 * rng.normal());
    }
  }
  model.layers->set_weights(weights);
}

/// Ids or numbers; after the end of a sequence ids are 0, which `mask_zero` masks.
void add_inputs(RandomModel& model, Rng& rng, std::size_t features, bool sequences = true) {
  const bool ids = features == 0;
  Tensor<float> x(ids         ? Shape{batch, steps}
                  : sequences ? Shape{batch, steps, features}
                              : Shape{batch, features});
  for (std::size_t i = 0; i < x.size(); ++i) {
    x.data()[i] =
        ids ? static_cast<float>(1 + rng.below(words - 1)) : static_cast<float>(rng.normal());
  }
  if (model.right_padded) {
    Tensor<float> lengths({batch});
    for (std::size_t n = 0; n < batch; ++n) {
      const std::size_t length = 1 + rng.below(steps);
      lengths.data()[n] = static_cast<float>(length);
      std::fill_n(x.data() + n * steps + length, steps - length, 0.0F);
    }
    model.inputs.push_back(std::move(x));
    model.inputs.push_back(std::move(lengths));
    return;
  }
  model.inputs.push_back(std::move(x));
}

}  // namespace

RandomModel random_onnx_model(std::uint64_t seed) {
  Rng rng(seed);
  RandomModel model;
  bool ids = false;
  model.right_padded = rng.below(4) == 0;
  Json layers = random_layers(rng, model.right_padded, ids);
  const std::size_t features = ids ? 0 : some_units(rng);
  const Json shape =
      ids ? Json::array({nullptr, nullptr}) : Json::array({nullptr, nullptr, features});
  model.layers = make_layer<float>(
      layer("Sequential",
            {{"name", "sequential"}, {"batch_input_shape", shape}, {"layers", std::move(layers)}}));
  model.layers->build(ids ? Shape{steps} : Shape{steps, features}, seed);
  fill(model, rng);
  add_inputs(model, rng, features);
  return model;
}

RandomModel random_torch_model(std::uint64_t seed) {
  Rng rng(seed);
  RandomModel model;
  model.modules = Json::array();
  std::size_t features = some_units(rng);
  const auto add = [&](const char* class_name, Json arguments) -> Json& {
    return model.modules.emplace_back(Json{{"name", fmt::format("m{}", model.modules.size())},
                                           {"class", class_name},
                                           {"arguments", std::move(arguments)}});
  };
  const std::size_t inputs = rng.below(3) == 0 ? 0 : features;
  if (inputs == 0) {
    add("Embedding", {{"num_embeddings", words}, {"embedding_dim", features}});
  }
  const std::size_t depth = 1 + rng.below(2);
  for (std::size_t i = 0; i < depth; ++i) {
    constexpr std::array classes{"GRU", "GRU", "LSTM", "RNN"};
    const std::string class_name = one_of(rng, classes);
    const std::size_t units = some_units(rng);
    const bool both = rng.below(3) == 0;
    Json arguments{{"input_size", features},
                   {"hidden_size", units},
                   {"batch_first", true},
                   {"bias", rng.below(4) > 0},
                   {"bidirectional", both}};
    if (class_name == "RNN") {
      arguments["nonlinearity"] = coin(rng) ? "tanh" : "relu";
    }
    Json& module = add(class_name.c_str(), std::move(arguments));
    if (i + 1 == depth && coin(rng)) {
      module["take"] = "last_state";
    }
    features = both ? 2 * units : units;
    if (rng.below(3) == 0) {
      add("LayerNorm", {{"normalized_shape", features}});
    }
  }
  const std::size_t units = some_units(rng);
  add("Linear", {{"in_features", features}, {"out_features", units}, {"bias", coin(rng)}});
  if (coin(rng)) {
    add(coin(rng) ? "Tanh" : "ReLU", Json::object());
  }
  const rondo::detail::ModelSource none{.path = "random", .content = {}, .members = {}};
  model.layers =
      make_layer<float>(rondo::detail::modules_from_json(none, "pt", model.modules).config);
  model.layers->build(inputs == 0 ? Shape{steps} : Shape{steps, inputs}, seed);
  fill(model, rng);
  add_inputs(model, rng, inputs);
  return model;
}

Tensor<float> output_of(RandomModel& model) {
  Tape<float> tape({.recording = false});
  const auto y = (*model.layers)(tape.borrow(model.inputs[0])).value();
  return Tensor<float>::copy_of(y);
}

}  // namespace rondo::interop
