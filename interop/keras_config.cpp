#include "rondo/interop/detail/keras_config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"

namespace rondo::detail {

namespace {

bool is_gru(const std::string& type) {
  return type == "GRU" || type == "GRUCell";
}

bool is_loop(const std::string& type) {
  return type == "GRU" || type == "LSTM" || type == "SimpleRNN" || type == "RNN";
}

/// Any value below it for which `test(object)` holds.
template <class Test>
bool any_object(const Config& value, Test test) {
  if (value.is_object() && test(value)) {
    return true;
  }
  return value.is_structured() && std::any_of(value.begin(), value.end(), [&](const Config& below) {
           return any_object(below, test);
         });
}

bool makes_mask(const Config& layer) {
  const auto options = layer.find("config");
  return text_in(layer, "class_name") == "Masking" ||
         (options != layer.end() && options->is_object() &&
          options->value("mask_zero", Config()) == true);
}

/// Keras 3 and 2, their tf.keras, and what Python calls its own.
bool is_keras_module(std::string_view module) {
  constexpr std::array roots{
      "keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras", "builtins"};
  return std::any_of(roots.begin(), roots.end(), [&](std::string_view root) {
    return module == root || (module.starts_with(root) && module[root.size()] == '.');
  });
}

class Converter {
 public:
  Converter(const FilePart& file,
            const Config& model,
            const KerasVersion& version,
            bool reset_after)
      : file_(file),
        version_(version),
        reset_after_(reset_after),
        masked_(any_object(model, makes_mask)) {}

  Config model(const Config& given) {
    Config result{{"class_name", "Sequential"}, {"config", Config::object()}};
    Config& options = result["config"];
    const Config& config = given["config"];
    for (const char* const key : {"name", "trainable"}) {
      if (config.is_object() && config.contains(key)) {
        options[key] = config[key];
      }
    }
    check_keys(config);
    Config& layers = options["layers"] = Config::array();
    const Config& all = layers_of(file_, given);
    for (const Config& layer : all) {  // those that no chain has too
      check_code(layer);
    }
    for (const std::size_t i : chain_of(file_, given)) {
      layers.push_back(layer(all[i]));
    }
    return result;
  }

 private:
  void check_keys(const Config& config) const {
    constexpr std::array known{"name",
                               "trainable",
                               "dtype",
                               "layers",
                               "build_input_shape",
                               "input_layers",
                               "output_layers"};
    if (!config.is_object()) {
      return;  // a list of layers
    }
    for (const auto& [key, value] : config.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        file_.fail(fmt::format("the model has the unknown key {}", in_quotes(key)));
      }
    }
  }

  /// @throws FormatError for what stands for code
  void check_code(const Config& layer) const {
    if (!layer.is_object()) {
      file_.fail(fmt::format("a layer must be an object, got {}", to_short_text(layer)));
    }
    const std::string type = text_in(layer, "class_name");
    const std::string module = text_in(layer, "module");
    if (type == "Lambda" || type == "__lambda__") {
      file_.fail(fmt::format("{} holds Python code, which is never run", type));
    }
    if (!module.empty() && !is_keras_module(module)) {
      file_.fail(fmt::format("{} is of the module {}, which is not part of Keras",
                             in_quotes(type),
                             in_quotes(module)));
    }
    if (type.empty()) {
      file_.fail(fmt::format("a layer has no class_name: {}", to_short_text(layer)));
    }
  }

  Config layer(const Config& given) {
    check_code(given);
    if (is_model(given)) {
      return model(given);
    }
    const std::string type = text_in(given, "class_name");
    const auto options = given.find("config");
    if (options == given.end() || !options->is_object()) {
      file_.fail(fmt::format("{} has no config", in_quotes(type)));
    }
    check_shared(given, *options);
    Config result{{"class_name", type}, {"config", Config::object()}};
    for (const auto& [key, value] : options->items()) {
      option(type, key, value, result["config"]);
    }
    add_meaning(type, result["config"]);
    return result;
  }

  /// Keras gives a number to objects that it may write again.
  void check_shared(const Config& given, const Config& options) {
    const auto id = given.find("shared_object_id");
    if (id != given.end() && !shared_.insert(to_text(*id)).second) {
      file_.fail(fmt::format("layer {} appears in two places: shared weights are not read",
                             in_quotes(text_in(options, "name"))));
    }
  }

  void option(const std::string& type, const std::string& key, const Config& value, Config& to) {
    const bool wraps = key == "layer" || key == "backward_layer" || key == "cell";
    if (wraps && value.is_object()) {
      to[key] = layer(value);
    } else if (key == "cell" && value.is_array()) {  // older Keras 2: a stack
      to[key] = {{"class_name", "StackedRNNCells"}, {"config", {{"cells", layers(value)}}}};
    } else if (key == "cells" && type == "StackedRNNCells" && value.is_array()) {
      to[key] = layers(value);
    } else if (key == "dtype") {
      check_type(type, value);
      if (type == "InputLayer" && value.is_string() && value.get<std::string>().find("int") == 0) {
        to[key] = value;
      }
    } else if (key.ends_with("_initializer")) {
      initializer(key, value, to);
    } else if (key == "activation" || key == "recurrent_activation") {
      to[key] = activation(value);
    } else if (!is_without_meaning(type, key, value)) {
      to[key] = value;
    }
  }

  Config layers(const Config& list) {
    Config result = Config::array();
    for (const Config& value : list) {
      result.push_back(layer(value));
    }
    return result;
  }

  /// What changes no number, or what null says nothing of.
  [[nodiscard]] bool is_without_meaning(const std::string& type,
                                        const std::string& key,
                                        const Config& value) const {
    constexpr std::array of_null{"implementation",
                                 "unit_forget_bias",
                                 "reset_after",
                                 "sparse",
                                 "ragged",
                                 "optional",
                                 "trainable",
                                 "batch_input_shape"};
    const bool null =
        value.is_null() && std::find(of_null.begin(), of_null.end(), key) != of_null.end();
    return null ||
           (type == "Embedding" &&
            (key == "input_length" || (key == "sparse" && value == false))) ||
           (type == "RNN" && key == "cells") ||  // TensorFlow.js' second copy
           (type == "SimpleRNN" && key == "implementation") ||
           (type == "SimpleRNNCell" && key == "implementation");
  }

  /// Rondo computes in float32; weights of shorter types are stored as such or widened.
  void check_type(const std::string& type, const Config& value) const {
    const bool policy = value.is_object() && value.contains("config");
    const std::string name = policy              ? text_in(value["config"], "name")
                             : value.is_string() ? value.get<std::string>()
                                                 : std::string("float32");
    constexpr std::array floats{
        "float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"};
    constexpr std::array inputs{
        "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"};
    const bool known = std::find(floats.begin(), floats.end(), name) != floats.end();
    const bool whole = std::find(inputs.begin(), inputs.end(), name) != inputs.end();
    if (!known && !(type == "InputLayer" && whole)) {
      file_.fail(fmt::format("{} has the dtype {}, which is not read", type, in_quotes(name)));
    }
  }

  /// The weights are those of the file, so a seed says nothing.
  void initializer(const std::string& key, const Config& given, Config& to) const {
    if (given.is_null()) {
      return;
    }
    Config value = given;
    if (value.is_object() && value.contains("config") && value["config"].is_object()) {
      check_code(value);
      for (const char* const label : {"seed", "input_axes", "output_axes", "dtype"}) {
        value["config"].erase(label);
      }
    }
    constexpr std::array<std::pair<const char*, const char*>, 3> other_names{
        {{"OrthogonalInitializer", "Orthogonal"},
         {"LeCunNormal", "LecunNormal"},
         {"LeCunUniform", "LecunUniform"}}};
    for (const auto& [theirs, ours] : other_names) {
      if (text_in(value, "class_name") == theirs) {
        value["class_name"] = ours;
      }
    }
    const bool scaling = text_in(value, "class_name") == "VarianceScaling";
    if (scaling && text_in(value["config"], "distribution") == "normal") {  // Keras 1, TF.js
      value["config"]["distribution"] = "truncated_normal";
    }
    to[key] = std::move(value);
  }

  [[nodiscard]] Config activation(const Config& given) const {
    std::string name = given.is_string() ? given.get<std::string>() : text_in(given, "class_name");
    if (given.is_object()) {
      check_code(given);
      if (name == "function") {
        name = text_in(given, "config");
      }
    }
    if (name != "hard_sigmoid") {
      return given;
    }
    return version_.profile == Compat::keras3   ? "hard_sigmoid_keras3"
           : version_.profile == Compat::keras2 ? "hard_sigmoid_keras2"
                                                : "hard_sigmoid_tfjs";
  }

  /// What the profile means where the config says nothing.
  void add_meaning(const std::string& type, Config& options) const {
    const bool js = version_.profile == Compat::tfjs;
    const bool old = version_.profile == Compat::keras2 &&
                     (version_.major < 2 || (version_.major == 2 && version_.minor < 3));
    if (is_gru(type) && !options.contains("reset_after")) {
      options["reset_after"] = reset_after_ && !js;
    }
    const bool gated = is_gru(type) || type == "LSTM" || type == "LSTMCell";
    if (gated && !options.contains("recurrent_activation") && (js || old)) {
      options["recurrent_activation"] = js ? "hard_sigmoid_tfjs" : "hard_sigmoid_keras2";
    }
    if (js && is_gru(type) && options["reset_after"] == true) {
      file_.fail(fmt::format("{}: reset_after is not possible in TensorFlow.js",
                             in_quotes(text_in(options, "name"))));
    }
    if (js && masked_ && is_loop(type)) {
      options["masked_output"] = "previous_state";
    }
    if (js && masked_ && type == "Bidirectional") {
      options["zero_output_for_mask"] = false;
    }
  }

  const FilePart& file_;
  const KerasVersion& version_;
  bool reset_after_;
  bool masked_;
  std::set<std::string> shared_;
};

/// `[null, 5, 3]` of the model, where its layers do not say.
Config shape_beside(const Config& model) {
  const auto config = model.find("config");
  if (config->is_object() && config->contains("build_input_shape")) {
    return (*config)["build_input_shape"];
  }
  const auto built = model.find("build_config");
  return built != model.end() && built->is_object() ? built->value("input_shape", Config())
                                                    : Config();
}

/// The first layer that is not a model.
const Config* first_layer(const Config& model) {
  const Config& layers = model["config"]["layers"];
  if (layers.empty()) {
    return nullptr;
  }
  return is_model(layers[0]) ? first_layer(layers[0]) : &layers[0];
}

int number_at(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() ? value : 0;
}

}  // namespace

KerasVersion keras_version_of(std::string_view version, const Config& model) {
  if (version.starts_with("tfjs")) {
    return {Compat::tfjs, 2, 15};
  }
  if (version.empty()) {
    const bool old = any_object(
        model, [](const Config& object) { return object.contains("batch_input_shape"); });
    return old ? KerasVersion{Compat::keras2, 2, 15} : KerasVersion{};
  }
  KerasVersion result;
  result.major = number_at(version);
  if (version.starts_with('.')) {
    version.remove_prefix(1);
    result.minor = number_at(version);
  }
  result.profile = result.major >= 3 ? Compat::keras3 : Compat::keras2;
  return result;
}

Config to_rondo_config(const FilePart& file,
                       const Config& model,
                       const KerasVersion& version,
                       bool reset_after) {
  if (!model.is_object() || !model.contains("config") || !is_model(model)) {
    file.fail(fmt::format("expected a Sequential or Functional model, found {}",
                          in_quotes(text_in(model, "class_name"))));
  }
  Config result = Converter(file, model, version, reset_after).model(model);
  const Config* const first = first_layer(result);
  if (first == nullptr) {
    file.fail("the model has no layers");
  }
  const bool declared = text_in(*first, "class_name") == "InputLayer" ||
                        (*first)["config"].contains("batch_input_shape");
  if (!declared) {
    const Config shape = shape_beside(model);
    if (!shape.is_array()) {
      file.fail("the model was never built: the shape of its inputs is not known");
    }
    result["config"]["batch_input_shape"] = shape;
  }
  return result;
}

bool leaves_reset_after_open(const Config& config) {
  return any_object(config, [](const Config& layer) {
    const auto options = layer.find("config");
    return is_gru(text_in(layer, "class_name")) && options != layer.end() && options->is_object() &&
           !options->contains("reset_after");
  });
}

}  // namespace rondo::detail
