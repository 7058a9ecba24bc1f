#include "rondo/layers/from_config.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/config_reader.hpp"
#include "rondo/layers/layers.hpp"

namespace rondo {

namespace {

void report(const std::string& class_name, const std::string& problem) {
  throw_format_error("make_layer", fmt::format("{}: {}", class_name, problem));
}

// What a config has beside the listed options.

template <class Options>
void read_rest(ConfigReader&, Options&) {}

/// Keras 1 called implementation 1 by the number 0.
template <class Options>

requires requires(Options& o) {
  o.implementation;
}

void read_rest(ConfigReader&, Options& o) {
  o.implementation = o.implementation == 0 ? 1 : o.implementation;
}

void read_rest(ConfigReader& reader, DenseOptions&) {
  reader.accept("quantization_config", {nullptr});
}

void read_rest(ConfigReader& reader, EmbeddingOptions&) {
  reader.accept("input_length", {nullptr});
  reader.accept("quantization_config", {nullptr});
}

void read_rest(ConfigReader& reader, LayerNormalizationOptions&) {
  reader.accept("rms_scaling", {false});
}

void read_rest(ConfigReader& reader, InputOptions& o) {
  PartialShape shape;
  reader.read("batch_shape", shape);
  if (shape.empty()) {
    reader.read("batch_input_shape", shape);  // Keras 2
  }
  if (shape.empty()) {
    reader.fail("batch_shape", "is missing");
  }
  o.batch_size = shape.front();
  o.shape.assign(shape.begin() + 1, shape.end());
  reader.accept("sparse", {false});
  reader.accept("ragged", {false});
  reader.accept("optional", {false});
}

/// The options of a layer with its name, and no key left over.
template <class Options>
Options options_from(ConfigReader& reader) {
  Options options;
  read_options(reader, options);
  read_rest(reader, options);
  reader.read("name", options.name);
  if (options.name == snake_case(reader.class_name())) {
    options.name.clear();  // what a layer without a name is called
  }
  reader.finish();
  return options;
}

// ---- layers ----

template <Real T>
using Made = std::unique_ptr<Layer<T>>;

template <class L, Real T = typename L::value_type>
Made<T> make_plain(ConfigReader& reader, const LayerTypes<T>&) {
  return std::make_unique<L>(options_from<typename L::OptionsType>(reader));
}

/// The layer under a key. @throws FormatError unless it is an L
template <class L, Real T = typename L::value_type>
std::unique_ptr<L> make_inner(ConfigReader& reader,
                              const char* key,
                              const Config& config,
                              const LayerTypes<T>& types) {
  Made<T> layer = make_layer<T>(config, types);
  L* const inner = dynamic_cast<L*>(layer.get());
  if (inner == nullptr) {
    reader.fail(key, "cannot be a " + config["class_name"].get<std::string>());
  }
  static_cast<void>(layer.release());  // the same object
  return std::unique_ptr<L>(inner);
}

template <class L, Real T = typename L::value_type>
std::unique_ptr<L> make_inner(ConfigReader& reader, const char* key, const LayerTypes<T>& types) {
  const Config* const config = reader.find(key);
  if (config == nullptr) {
    reader.fail(key, "is missing");
  }
  return make_inner<L>(reader, key, *config, types);
}

/// The layers in an array under a key.
template <class L, Real T = typename L::value_type>
std::vector<std::unique_ptr<L>> make_list(ConfigReader& reader,
                                          const char* key,
                                          const LayerTypes<T>& types) {
  const Config* const list = reader.find(key);
  if (list == nullptr || !list->is_array()) {
    reader.fail(key, "must be an array of layers");
  }
  std::vector<std::unique_ptr<L>> layers;
  for (const Config& config : *list) {
    layers.push_back(make_inner<L>(reader, key, config, types));
  }
  return layers;
}

template <Real T>
Made<T> make_rnn(ConfigReader& reader, const LayerTypes<T>& types) {
  auto cell = make_inner<Cell<T>>(reader, "cell", types);
  return std::make_unique<RNN<T>>(std::move(cell), options_from<RNNOptions>(reader));
}

template <Real T>
Made<T> make_stacked_cells(ConfigReader& reader, const LayerTypes<T>& types) {
  auto cells = make_list<Cell<T>>(reader, "cells", types);
  return std::make_unique<StackedRNNCells<T>>(std::move(cells),
                                              options_from<StackedRNNCellsOptions>(reader));
}

template <Real T>
Made<T> make_bidirectional(ConfigReader& reader, const LayerTypes<T>& types) {
  auto forward = make_inner<RNN<T>>(reader, "layer", types);
  const Config* const backward = reader.find("backward_layer");
  if (backward == nullptr || backward->is_null()) {
    return std::make_unique<Bidirectional<T>>(*forward, options_from<BidirectionalOptions>(reader));
  }
  return std::make_unique<Bidirectional<T>>(std::move(forward),
                                            make_inner<RNN<T>>(reader, "backward_layer", types),
                                            options_from<BidirectionalOptions>(reader));
}

template <Real T>
Made<T> make_time_distributed(ConfigReader& reader, const LayerTypes<T>& types) {
  auto layer = make_inner<Layer<T>>(reader, "layer", types);
  return std::make_unique<TimeDistributed<T>>(std::move(layer),
                                              options_from<TimeDistributedOptions>(reader));
}

template <Real T>
Made<T> make_sequential(ConfigReader& reader, const LayerTypes<T>& types) {
  std::string name;
  bool trainable = true;
  reader.read("name", name);
  reader.read("trainable", trainable);
  reader.find("build_input_shape");  // Keras notes where a model was built; weights have shapes
  auto layers = make_list<Layer<T>>(reader, "layers", types);
  reader.finish();
  auto model = std::make_unique<Sequential<T>>(name == "sequential" ? "" : name);
  model->set_trainable(trainable);  // before the layers come: each keeps its own
  for (auto& layer : layers) {
    model->add(std::move(layer));
  }
  return model;
}

template <Real T>
using LayerEntry = Named<Made<T> (*)(ConfigReader&, const LayerTypes<T>&)>;

/// All layers of the library.
template <Real T>
constexpr std::array layer_entries{
    LayerEntry<T>{{"Bidirectional"}, make_bidirectional<T>},
    LayerEntry<T>{{"Dense"}, make_plain<Dense<T>>},
    LayerEntry<T>{{"Dropout"}, make_plain<Dropout<T>>},
    LayerEntry<T>{{"Embedding"}, make_plain<Embedding<T>>},
    LayerEntry<T>{{"GRU"}, make_plain<GRU<T>>},
    LayerEntry<T>{{"GRUCell"}, make_plain<GRUCell<T>>},
    LayerEntry<T>{{"InputLayer"}, make_plain<Input<T>>},
    LayerEntry<T>{{"LSTM"}, make_plain<LSTM<T>>},
    LayerEntry<T>{{"LSTMCell"}, make_plain<LSTMCell<T>>},
    LayerEntry<T>{{"LayerNormalization"}, make_plain<LayerNormalization<T>>},
    LayerEntry<T>{{"Masking"}, make_plain<Masking<T>>},
    LayerEntry<T>{{"RNN"}, make_rnn<T>},
    LayerEntry<T>{{"Sequential"}, make_sequential<T>},
    LayerEntry<T>{{"SimpleRNN"}, make_plain<SimpleRNN<T>>},
    LayerEntry<T>{{"SimpleRNNCell"}, make_plain<SimpleRNNCell<T>>},
    LayerEntry<T>{{"StackedRNNCells"}, make_stacked_cells<T>},
    LayerEntry<T>{{"TimeDistributed"}, make_time_distributed<T>},
    LayerEntry<T>{{"V1GRUCell"}, make_plain<V1GRUCell<T>>},
};

// ---- what all configs have ----

/// The options under `config`; what Keras writes beside them says nothing that is needed.
const Config& options_of(const Config& config, const std::string& class_name) {
  constexpr std::array known{"class_name",
                             "config",
                             "module",
                             "registered_name",
                             "name",
                             "build_config",
                             "compile_config",
                             "keras_version",
                             "backend"};
  if (config.contains("shared_object_id")) {
    throw_format_error(
        "make_layer",
        fmt::format("{}: is the same layer as another one (shared_object_id): shared weights are "
                    "not supported",
                    class_name));
  }
  for (const auto& [key, value] : config.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw_format_error(
          "make_layer",
          fmt::format("{}: unknown key '{}' beside class_name and config", class_name, key));
    }
  }
  const auto options = config.find("config");
  if (options == config.end() || !options->is_object()) {
    throw_format_error("make_layer", fmt::format("{}: 'config' must be an object", class_name));
  }
  return *options;
}

/// Of inputs in Keras: numbers of words and classes, which are whole numbers in T here.
bool is_integer_type(const Config& name) {
  constexpr std::array types{
      "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"};
  return std::find(types.begin(), types.end(), name) != types.end();
}

/// `"float32"`, or Keras 3's object with the name inside.
template <Real T>
void check_dtype_of(ConfigReader& reader) {
  const Config* const dtype = reader.find("dtype");
  if (dtype == nullptr) {
    return;
  }
  const Config own = std::is_same_v<T, float> ? "float32" : "float64";
  const bool is_policy = dtype->is_object() && dtype->contains("config");
  const Config name = is_policy ? dtype->at("config").value("name", Config()) : *dtype;
  const bool is_input = reader.class_name() == "InputLayer";
  if (name != own && !(is_input && is_integer_type(name))) {
    reader.fail("dtype",
                fmt::format("is {}, the layer is made for {}", to_text(name), to_text(own)));
  }
}

template <Real T>
Made<T> make_user_layer(const LayerMaker<T>& make,
                        const std::string& class_name,
                        const Config& options) {
  try {
    Made<T> layer = make(options);
    if (layer == nullptr) {
      throw_format_error("make_layer",
                         fmt::format("{}: the user's function made no layer", class_name));
    }
    return layer;
  } catch (const Config::exception& error) {
    throw_format_error("make_layer", fmt::format("{}: {}", class_name, error.what()));
  }
}

template <Real T>
Made<T> make_own_layer(ConfigReader& reader, const LayerTypes<T>& types) {
  if (const auto* const found = find_named(layer_entries<T>, reader.class_name())) {
    return found->value(reader, types);
  }
  if (reader.class_name() == "Model") {
    throw_format_error(
        "make_layer",
        "Model: its function is not in the config: make the model in your program, then load "
        "its weights into it");
  }
  std::vector<std::string_view> known = names_of(layer_entries<T>);
  for (const auto& [name, make] : types) {
    known.emplace_back(name);
  }
  throw_format_error("make_layer", unknown_name("class", reader.class_name(), known));
}

}  // namespace

template <Real T>
std::unique_ptr<Layer<T>> make_layer(const Config& config, const LayerTypes<T>& user_types) {
  if (!config.is_object() || !config.contains("class_name") || !config["class_name"].is_string()) {
    throw_format_error("make_layer", "a config must be an object with class_name and config");
  }
  const std::string class_name = config["class_name"];
  const Config& options = options_of(config, class_name);
  ConfigReader reader(options, class_name, report);
  bool trainable = true;
  PartialShape inputs;
  check_dtype_of<T>(reader);
  reader.read("trainable", trainable);
  reader.read("batch_input_shape", inputs);
  const auto user = user_types.find(class_name);
  Made<T> layer = user != user_types.end() ? make_user_layer(user->second, class_name, options)
                                           : make_own_layer(reader, user_types);
  if (!inputs.empty()) {
    layer->declare_inputs(declared_inputs(class_name, {}, inputs, {}));
  }
  if (layer->trainable() != trainable) {
    layer->set_trainable(trainable);
  }
  return layer;
}

template std::unique_ptr<Layer<float>> make_layer(const Config&, const LayerTypes<float>&);
template std::unique_ptr<Layer<double>> make_layer(const Config&, const LayerTypes<double>&);

}  // namespace rondo
