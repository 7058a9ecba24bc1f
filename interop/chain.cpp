#include "rondo/interop/detail/chain.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/interop/model_file.hpp"

namespace rondo::detail {

namespace {

constexpr std::array recurrent_classes{"GRU", "LSTM", "SimpleRNN"};
constexpr std::array plain_classes{
    "Dense", "Embedding", "LayerNormalization", "Masking", "Dropout"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::size_t num_recurrent_weights(const Json& options) {
  return option(options, "use_bias", true) ? 3 : 2;
}

/// Walks through a config and lists what it finds.
class ChainMaker {
 public:
  explicit ChainMaker(std::string_view format) : format_(format) {}

  void add(const Json& layer, const std::string& above, const std::string& opened) {
    const Json& options = layer.at("config");
    const std::string class_name = layer.at("class_name");
    ChainLayer made{.path = join(above, option<std::string>(options, "name", class_name)),
                    .class_name = class_name,
                    .opened = opened,
                    .options = options};
    note_inputs(class_name, options);
    if (class_name == "Dense" && !options.contains("activation")) {
      made.options["activation"] = "linear";
    }
    if (class_name == "Sequential") {
      const bool is_root = above.empty() && chain_.layers.empty() && !inside_;
      inside_ = true;
      for (const Json& child : options.at("layers")) {
        add(child, is_root ? "" : made.path, opened);
      }
    } else if (class_name == "TimeDistributed") {
      add_distributed(made);
    } else if (class_name == "RNN") {
      add_rnn(made);
    } else if (class_name == "Bidirectional") {
      add_bidirectional(std::move(made));
    } else if (is_among(recurrent_classes, class_name) || is_among(plain_classes, class_name)) {
      chain_.layers.push_back(std::move(made));
    } else if (class_name != "InputLayer") {
      refuse_layer(format_, made, fmt::format("a {} cannot be written", class_name));
    }
  }

  Chain finish() { return std::move(chain_); }

 private:
  static std::string join(const std::string& above, const std::string& name) {
    return above.empty() ? name : above + '/' + name;
  }

  void note_inputs(const std::string& class_name, const Json& options) {
    for (const char* key : {"batch_shape", "batch_input_shape"}) {
      const bool own = class_name == "InputLayer" || key == std::string_view("batch_input_shape");
      if (own && chain_.layers.empty() && chain_.input_shape.is_null() && options.contains(key)) {
        chain_.input_shape = options[key];
      }
    }
  }

  /// Only layers that treat every step alike mean the same without the wrapper.
  void add_distributed(const ChainLayer& wrapper) {
    const std::size_t before = chain_.layers.size();
    add(wrapper.options.at("layer"), wrapper.path, wrapper.class_name);
    for (std::size_t i = before; i < chain_.layers.size(); ++i) {
      const std::string& inner = chain_.layers[i].class_name;
      if (inner != "Dense" && inner != "LayerNormalization" && inner != "Dropout") {
        refuse_layer(format_, wrapper, fmt::format("a {} for each step cannot be written", inner));
      }
    }
  }

  void add_rnn(const ChainLayer& rnn) {
    const Json& cell = rnn.options.at("cell");
    if (cell.at("class_name") != "StackedRNNCells") {
      add_cell(rnn, cell, rnn.path, "RNN");
      return;
    }
    const Json& cells = cell.at("config").at("cells");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      ChainLayer part = rnn;
      if (i + 1 < cells.size()) {
        part.options["return_sequences"] = true;
      }
      if (i > 0) {
        part.options["go_backwards"] = false;  // what comes in is in the order of processing
      }
      const std::string name = option<std::string>(
          cells[i].at("config"), "name", cells[i].at("class_name").get<std::string>());
      add_cell(part, cells[i], fmt::format("{}/{}_{}", rnn.path, name, i), "StackedRNNCells");
    }
  }

  /// The layer over a cell has the options of both.
  void add_cell(const ChainLayer& rnn,
                const Json& cell,
                const std::string& path,
                const char* opened) {
    std::string class_name = cell.at("class_name");
    constexpr std::string_view suffix = "Cell";
    if (class_name.ends_with(suffix)) {
      class_name.resize(class_name.size() - suffix.size());
    }
    if (!is_among(recurrent_classes, class_name)) {
      refuse_layer(format_,
                   rnn,
                   fmt::format("a cell of class {} cannot be written",
                               cell.at("class_name").get<std::string>()));
    }
    ChainLayer layer{
        .path = path, .class_name = class_name, .opened = opened, .options = rnn.options};
    layer.options.erase("cell");
    for (const auto& [key, value] : cell.at("config").items()) {
      if (key != "name") {
        layer.options[key] = value;
      }
    }
    chain_.layers.push_back(std::move(layer));
  }

  static Json turned_round(Json layer) {
    layer.at("config")["go_backwards"] = true;
    return layer;
  }

  void add_bidirectional(ChainLayer layer) {
    const std::size_t place = chain_.layers.size();
    add(layer.options.at("layer"), layer.path, "");
    const Json backward = option(layer.options, "backward_layer", Json());
    add(backward.is_null() ? turned_round(layer.options["layer"]) : backward, layer.path, "");
    if (chain_.layers.size() != place + 2 ||
        chain_.layers[place].class_name != chain_.layers[place + 1].class_name) {
      refuse_layer(format_, layer, "its two directions are of different classes");
    }
    layer.inner_class = chain_.layers[place].class_name;
    layer.forward = std::move(chain_.layers[place].options);
    layer.backward = std::move(chain_.layers[place + 1].options);
    chain_.layers.resize(place);
    layer.options.erase("layer");
    layer.options.erase("backward_layer");
    chain_.layers.push_back(std::move(layer));
  }

  std::string_view format_;
  Chain chain_;
  bool inside_ = false;
};

void take_weights_of(std::string_view format, const StoredModel& model, Chain& chain) {
  std::size_t next = 0;
  for (ChainLayer& layer : chain.layers) {
    for (std::size_t i = 0; i < layer.num_weights(); ++i, ++next) {
      if (next == model.weights.size()) {
        refuse_layer(format, layer, "a weight is missing");
      }
      layer.weights.push_back(model.weights[next].values<float>());
    }
  }
  if (next != model.weights.size()) {
    throw_argument_error(format,
                         fmt::format("{} is the weight of no layer that can be written",
                                     in_quotes(model.weights[next].name)));
  }
}

}  // namespace

bool ChainLayer::is_recurrent() const {
  return class_name == "Bidirectional" || is_among(recurrent_classes, class_name);
}

std::size_t ChainLayer::num_weights() const {
  if (class_name == "Bidirectional") {
    return num_recurrent_weights(forward) + num_recurrent_weights(backward);
  }
  if (is_recurrent()) {
    return num_recurrent_weights(options);
  }
  if (class_name == "Dense") {
    return option(options, "use_bias", true) ? 2 : 1;
  }
  if (class_name == "LayerNormalization") {
    return (option(options, "scale", true) ? 1U : 0U) + (option(options, "center", true) ? 1U : 0U);
  }
  return class_name == "Embedding" ? 1 : 0;
}

const Json& ChainLayer::direction(bool reverse) const {
  return class_name != "Bidirectional" ? options : reverse ? backward : forward;
}

const std::string& ChainLayer::cell_class() const {
  return class_name == "Bidirectional" ? inner_class : class_name;
}

Chain chain_of(std::string_view format, const Json& config) {
  ChainMaker maker(format);
  try {
    maker.add(config, "", "");
  } catch (const Json::exception& error) {
    throw_argument_error(format,
                         fmt::format("the config of the layers is wrong: {}", error.what()));
  }
  return maker.finish();
}

Chain chain_of(std::string_view format, const StoredModel& model) {
  Chain chain = chain_of(format, parse_json(model.config));
  if (model.named_by_path && !chain.input_shape.is_null()) {  // a file may have another order
    take_weights_of(format, describe(make_model<float>(model, "the model").layers()), chain);
  } else {
    take_weights_of(format, model, chain);
  }
  return chain;
}

std::string activation_of(const Json& options, const char* key) {
  const auto found = options.find(key);
  if (found == options.end()) {
    return key == std::string_view("recurrent_activation") ? "sigmoid" : "tanh";
  }
  if (found->is_null()) {
    return "linear";
  }
  return found->is_string() ? found->get<std::string>()
                            : option<std::string>(*found, "class_name", "custom");
}

std::size_t gates_of(std::string_view cell_class) {
  return cell_class == "GRU" ? 3 : cell_class == "LSTM" ? 4 : 1;
}

void refuse_layer(std::string_view format, const ChainLayer& layer, std::string_view problem) {
  throw_argument_error(format, fmt::format("layer {}: {}", in_quotes(layer.path), problem));
}

void write_gates(TensorView<const float> keras, const GateOrder& order, float* out) {
  const std::size_t rows = keras.shape()[0], columns = keras.shape()[1];
  const std::size_t units = columns / order.size();
  for (const std::size_t gate : order) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      for (std::size_t row = 0; row < rows; ++row) {
        *out++ = keras[row * columns + gate * units + unit];
      }
    }
  }
}

Tensor<float> read_gates(const float* in,
                         const GateOrder& order,
                         std::size_t rows,
                         std::size_t units) {
  Tensor<float> keras({rows, order.size() * units});
  const std::size_t columns = order.size() * units;
  for (const std::size_t gate : order) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      for (std::size_t row = 0; row < rows; ++row) {
        keras.data()[row * columns + gate * units + unit] = *in++;
      }
    }
  }
  return keras;
}

}  // namespace rondo::detail
