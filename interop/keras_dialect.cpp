#include "rondo/interop/detail/keras_dialect.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/keras_options.hpp"
#include "rondo/layers/from_config.hpp"

namespace rondo::detail {

namespace {

/// Stands for an open size while shapes are computed: no layer has as many units.
constexpr std::size_t open_size = 1'000'003;

Shape with_open_sizes(const PartialShape& shape) {
  Shape result;
  for (const auto& size : shape) {
    result.append(size.value_or(open_size));
  }
  return result;
}

PartialShape partial(const Shape& shape) {
  PartialShape result;
  for (const std::size_t size : shape) {
    result.push_back(size == open_size ? std::nullopt : std::optional(size));
  }
  return result;
}

bool is_set(const Config& options, std::string_view key) {
  const auto found = options.find(std::string(key));
  return found != options.end() && !found->is_null() && *found != false && *found != 0.0;
}

class Writer {
 public:
  Writer(std::string_view format, Dialect dialect) : format_(format), dialect_(dialect) {}

  Config model(const Config& given, PartialShape inputs, std::optional<std::size_t> batch) {
    const Config& options = given["config"];
    Config result = wrapped("Sequential", "keras");
    result["config"]["name"] = checked_name(text_in(options, "name"));
    if (options.value("trainable", Config(true)) == false) {
      result["config"]["trainable"] = false;
    }
    Config& layers = result["config"]["layers"] = Config::array();
    const std::string outer = std::exchange(path_, path_ + text_in(options, "name") + '/');
    layers.push_back(input_layer(options["layers"], inputs, batch));
    Shape shape = with_open_sizes(inputs);
    for (const Config& layer : options["layers"]) {
      if (text_in(layer, "class_name") == "InputLayer") {
        continue;
      }
      here_ = shape;
      layers.push_back(is_model(layer) ? model(layer, partial(shape), batch) : this->layer(layer));
      shape = make_layer<float>(layer)->output_shape(shape);
    }
    path_ = outer;
    return result;
  }

  std::vector<std::string> notes;

 private:
  [[noreturn]] void refuse(std::string_view key, std::string_view problem) const {
    throw_argument_error(format_, fmt::format("layer {}: {} {}", in_quotes(path_), key, problem));
  }

  [[nodiscard]] Config wrapped(const std::string& type, const char* module) const {
    if (dialect_ == Dialect::tfjs) {
      return {{"class_name", type}, {"config", Config::object()}};
    }
    return {{"module", module},
            {"class_name", type},
            {"config", Config::object()},
            {"registered_name", nullptr}};
  }

  std::string checked_name(const std::string& name) const {
    const auto is_allowed = [](unsigned char c) {
      return c < 128 && (std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-');
    };
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_allowed) ||
        std::isalnum(static_cast<unsigned char>(name[0])) == 0) {
      throw_argument_error(
          format_,
          fmt::format("the name {} cannot be written: only ASCII letters, digits, '_', '.' and '-' "
                      "can, the first one a letter or a digit",
                      in_quotes(name)));
    }
    return name;
  }

  Config input_layer(const Config& layers,
                     const PartialShape& inputs,
                     std::optional<std::size_t> batch) const {
    std::set<std::string> taken;
    std::string name;
    bool words = false;
    for (const Config& layer : layers) {
      const std::string own = text_in(layer["config"], "name");
      if (text_in(layer, "class_name") == "InputLayer") {
        name = checked_name(own);
        continue;
      }
      words = words || (taken.empty() && text_in(layer, "class_name") == "Embedding");
      taken.insert(own);
    }
    for (int i = 0; name.empty() || taken.contains(name); ++i) {
      name = i == 0 ? "input_layer" : fmt::format("input_layer_{}", i);
    }
    Config result = wrapped("InputLayer", "keras.layers");
    result["config"] = {{"name", name},
                        {dialect_ == Dialect::keras3 ? "batch_shape" : "batch_input_shape",
                         parse_json(shape_json(inputs, batch))},
                        {"dtype", words ? "int32" : "float32"}};
    return result;
  }

  Config layer(const Config& given) {
    const std::string type = text_in(given, "class_name");
    const std::string outer = std::exchange(path_, path_ + text_in(given["config"], "name"));
    const auto known = keras_options(type);
    if (known.empty()) {
      refuse("the class " + type, "is not one of the other system's");
    }
    Config result = wrapped(type, "keras.layers");
    Config& to = result["config"];
    to["name"] = checked_name(text_in(given["config"], "name"));
    for (const auto& [key, value] : given["config"].items()) {
      const auto option = std::ranges::find(known, key, &KerasOption::key);
      if (option != known.end()) {
        write(type, *option, value, to);
      } else {
        check_only_rondo(type, key, value, given["config"]);
      }
    }
    check_class(type, given["config"], to);
    path_ = outer;
    return result;
  }

  void write(const std::string& type, const KerasOption& option, const Config& value, Config& to) {
    const std::string key(option.key);
    const Config by_default = parse_json(option.by_default);
    switch (option.kind) {
      case OptionKind::label:
        if (key == "seed" && !value.is_null()) {
          notes.push_back(fmt::format("left out: seed of {}", in_quotes(path_)));
        }
        break;
      case OptionKind::layer:
        to[key] = inner(value);
        break;
      case OptionKind::layers:
        to[key] = Config::array();
        for (const Config& below : value) {
          to[key].push_back(inner(below));
        }
        break;
      case OptionKind::activation:
        write_activation(key, value, by_default, to);
        break;
      case OptionKind::initializer:
      case OptionKind::function:
        if (value != by_default) {
          write_function(key, value, to);
        }
        break;
      case OptionKind::always:
        to[key] = value;
        break;
      case OptionKind::plain:
        if (value != by_default && !(key == "axis" && value == Config::array({-1}))) {
          to[key] = type == "Bidirectional" && value == "none" ? Config(nullptr) : value;
        }
    }
  }

  Config inner(const Config& given) {
    const std::string outer = std::exchange(path_, path_ + '/');
    Config result =
        is_model(given) ? model(given, partial(here_.erase(0)), std::nullopt) : layer(given);
    path_ = outer;
    return result;
  }

  void write_activation(const std::string& key,
                        const Config& value,
                        const Config& by_default,
                        Config& to) const {
    const std::string ours = value.is_string() ? value.get<std::string>() : "linear";
    std::string name = ours;
    const bool js = dialect_ == Dialect::tfjs;
    if (ours == "hard_sigmoid_keras3" ? !js : js && ours.starts_with("hard_sigmoid_")) {
      name = "hard_sigmoid";
    } else if (js && (ours == "silu" || ours == "swish")) {
      name = "swish";
    }
    if (ours == "custom" || (ours.starts_with("hard_sigmoid_") && name == ours) ||
        (js && !is_tfjs_activation(name))) {
      refuse(key, fmt::format("= {} is not known to the other system", ours));
    }
    if (name == "hard_sigmoid" && dialect_ == Dialect::legacy) {
      refuse(key,
             "= hard_sigmoid means one function in Keras 3 and another one in Keras 2, which "
             "both read such a file: write a .keras file");
    }
    if (Config(name) != by_default || js) {
      to[key] = name;
    }
  }

  void write_function(const std::string& key, const Config& value, Config& to) const {
    const bool initializer = key.ends_with("_initializer");
    const bool js = dialect_ == Dialect::tfjs;
    if (initializer && js) {
      return;  // weights come from the file, and names differ
    }
    const std::string type = text_in(value, "class_name");
    if (type.empty() || type.ends_with("TFJS")) {
      refuse(key, fmt::format("= {} cannot be written", to_short_text(value)));
    }
    if (js) {
      to[key] = js_function(key, type, value);
      return;
    }
    const char* const module = initializer                     ? "keras.initializers"
                               : key.ends_with("_regularizer") ? "keras.regularizers"
                                                               : "keras.constraints";
    to[key] = wrapped(type, module);
    to[key]["config"] = value["config"];
  }

  /// TensorFlow.js has one regularizer, and applies constraints when it loads.
  [[nodiscard]] Config js_function(const std::string& key,
                                   const std::string& type,
                                   const Config& value) const {
    if (!key.ends_with("_regularizer") || type == "OrthogonalRegularizer") {
      refuse(key, fmt::format("= {} cannot be written", type));
    }
    const Config& given = value["config"];
    return {{"class_name", "L1L2"},
            {"config",
             {{"l1", given.value("l1", Config(0.0))}, {"l2", given.value("l2", Config(0.0))}}}};
  }

  /// @throws ArgumentError unless the other system does the same anyway
  void check_only_rondo(const std::string& type,
                        const std::string& key,
                        const Config& value,
                        const Config& options) {
    constexpr std::array labels{"name", "dtype", "batch_input_shape"};
    if (std::find(labels.begin(), labels.end(), key) != labels.end()) {
      return;
    }
    if (key == "trainable") {
      return;  // check_class writes it
    }
    if (key == "zero_output_for_mask" && type == "Bidirectional") {
      const bool whole = options["layer"]["config"]["return_sequences"].get<bool>();
      if (value != whole && !(dialect_ == Dialect::tfjs && value == false)) {
        refuse(key, fmt::format("= {} is always return_sequences there", to_text(value)));
      }
      return;
    }
    for (const RondoOption& option : rondo_options()) {
      if (option.key != key) {
        continue;
      }
      const bool js = dialect_ == Dialect::tfjs;
      const std::string_view same = js ? option.same_as_tfjs : option.same_as_keras;
      const bool equal = same == "any" || value.is_null() || value == parse_json(same) ||
                         (!js && value == of_keras_3(type, key, options));
      const bool used = option.needs.empty() || is_set(options, option.needs);
      const bool masked = !option.of_masks || !js || masked_;
      if (!equal && used && masked) {
        refuse(key, fmt::format("= {} is not possible there", to_short_text(value)));
      }
      return;
    }
    refuse(key, "is an option that cannot be written");
  }

  /// What the profile makes of an option that is not given: it may depend on the others.
  static Config of_keras_3(const std::string& type, const std::string& key, Config options) {
    options.erase(key);
    try {
      const auto other = make_layer<float>({{"class_name", type}, {"config", std::move(options)}});
      return other->config()["config"].value(key, Config());
    } catch (const Error&) {  // another option needs this one
      return Config::object();
    }
  }

  /// What concerns several options of a layer.
  void check_class(const std::string& type, const Config& options, Config& to) {
    if (options.value("trainable", Config(true)) == false) {
      to["trainable"] = false;
    }
    if (is_set(to, "return_state")) {
      refuse("return_state", "= true has several outputs, a chain has one");
    }
    if (dialect_ == Dialect::legacy && to.contains("axis") && to["axis"].is_array() &&
        to["axis"].size() > 1) {
      refuse("axis", "with several axes is not read back by Keras 3: write a .keras file");
    }
    if (type == "Bidirectional") {
      for (const char* const key : {"layer", "backward_layer"}) {
        to[key]["config"].erase("zero_output_for_mask");  // Bidirectional sets it
      }
    }
    if (dialect_ == Dialect::tfjs) {
      check_class_of_tfjs(type, options, to);
    }
  }

  void check_class_of_tfjs(const std::string& type, const Config& options, Config& to) {
    const bool gru = type == "GRU" || type == "GRUCell";
    if (gru && options["reset_after"] == true) {
      refuse("reset_after", "= true is not possible in TensorFlow.js, and no weights make it so");
    }
    if (gru) {
      to["reset_after"] = false;
    }
    if (is_set(to, "zero_output_for_mask") && masked_) {
      refuse("zero_output_for_mask", "= true is not possible in TensorFlow.js");
    }
    to.erase("zero_output_for_mask");
    if (type == "Bidirectional") {
      check_directions(to);
    }
  }

  /// TensorFlow.js has one layer for both directions, and ignores another one silently.
  void check_directions(Config& to) {
    Config forward = to["layer"]["config"], backward = to["backward_layer"]["config"];
    std::string name = text_in(forward, "name");
    for (Config* const each : {&forward, &backward}) {
      each->erase("name");
      each->erase("go_backwards");
    }
    if (forward != backward ||
        text_in(to["layer"], "class_name") != text_in(to["backward_layer"], "class_name")) {
      refuse("backward_layer", "differs from the other direction, which is not possible there");
    }
    to.erase("backward_layer");
    if (name.starts_with("forward_")) {
      to["layer"]["config"]["name"] = name.substr(std::string_view("forward_").size());
    }
  }

 public:
  bool masked_ = false;

 private:
  std::string_view format_;
  Dialect dialect_;
  std::string path_;
  Shape here_;  // of a sample that reaches the layer
};

/// Files hold float32, whatever the model computes with.
void erase_types(Config& value) {
  if (value.is_object()) {
    value.erase("dtype");
  }
  if (value.is_structured()) {
    for (Config& below : value) {
      erase_types(below);
    }
  }
}

bool makes_masks(const Config& value) {
  if (value.is_object() &&
      (text_in(value, "class_name") == "Masking" || value.value("mask_zero", Config()) == true)) {
    return true;
  }
  return value.is_structured() && std::any_of(value.begin(), value.end(), makes_masks);
}

}  // namespace

KerasConfig to_keras_config(std::string_view format, const Config& model, Dialect dialect) {
  Config whole = model;
  if (!is_model(model)) {
    whole = {{"class_name", "Sequential"},
             {"config", {{"name", "sequential"}, {"layers", Config::array({model})}}}};
  }
  erase_types(whole);
  const auto declared = make_layer<float>(whole)->declared();
  if (declared.sample_shape.empty()) {
    throw_argument_error(format, "the shape of the model's inputs is not declared");
  }
  Writer writer(format, dialect);
  writer.masked_ = makes_masks(whole);
  KerasConfig result{writer.model(whole, declared.sample_shape, declared.batch_size)};
  result.notes = writer.notes;
  return result;
}

}  // namespace rondo::detail
