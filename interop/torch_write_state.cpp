// Layers as a state_dict.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/interop/detail/torch_layers.hpp"
#include "rondo/interop/detail/torch_state.hpp"

namespace rondo::detail {

namespace {

constexpr std::array recurrent_names{"weight_ih", "weight_hh", "bias_ih", "bias_hh"};

class StateWriter {
 public:
  explicit StateWriter(std::string_view format) : format_(format) {}

  TorchState write(const Chain& chain) {
    for (const ChainLayer& layer : chain.layers) {
      check(layer);
      std::string prefix = layer.path;
      std::replace(prefix.begin(), prefix.end(), '/', '.');
      if (layer.is_recurrent()) {
        write_recurrent(layer, prefix);
      } else if (layer.class_name != "Dropout") {
        write_plain(layer, prefix);
      }
    }
    return std::move(state_);
  }

 private:
  void check(const ChainLayer& layer) const;
  void write_recurrent(const ChainLayer& layer, const std::string& prefix);
  void write_direction(const ChainLayer& layer, const std::string& prefix, bool reverse);
  void write_biases(const ChainLayer& layer, const std::string& prefix, bool reverse);
  void write_plain(const ChainLayer& layer, const std::string& prefix);
  void note_norm(const ChainLayer& layer, const std::string& prefix);

  void add(const std::string& name, const Tensor<float>& values) {
    state_.tensors.push_back(StoredWeight::of<float>(name, values.view()));
  }

  std::string_view format_;
  TorchState state_;
};

void StateWriter::check(const ChainLayer& layer) const {
  const auto refuse = [&](const std::string& problem) { refuse_layer(format_, layer, problem); };
  if (layer.class_name == "Masking" ||
      (layer.class_name == "Embedding" && option(layer.options, "mask_zero", false))) {
    refuse(layer.class_name == "Masking" ? "a Masking has no counterpart in PyTorch"
                                         : "mask_zero has no counterpart in PyTorch");
  }
  if (layer.opened == "StackedRNNCells") {
    refuse("StackedRNNCells have no counterpart in PyTorch: use one layer for each cell");
  }
  if (const std::string problem = problem_of_options(layer); !problem.empty()) {
    refuse(problem);
  }
  for (const bool reverse : {false, true}) {
    const Json& o = layer.direction(reverse);
    if (layer.is_recurrent() && option(o, "recurrent_dropout", 0.0) > 0) {
      refuse("recurrent_dropout has no counterpart in PyTorch");
    }
    for (const auto& [key, value] : o.items()) {
      if (key.ends_with("_regularizer") && !value.is_null()) {
        refuse(fmt::format("{} has no counterpart in PyTorch", key));
      }
    }
  }
  if (layer.class_name == "Bidirectional" &&
      option(layer.forward, "units", 0) != option(layer.backward, "units", 0)) {
    refuse("its two directions have different units");
  }
}

void StateWriter::write_recurrent(const ChainLayer& layer, const std::string& prefix) {
  const bool both = layer.class_name == "Bidirectional";
  write_direction(layer, prefix, false);
  if (both) {
    write_direction(layer, prefix, true);
  }
  const Json& o = layer.direction(false);
  const std::string cell = layer.cell_class();
  state_.notes.push_back(fmt::format(
      "{} = nn.{}({}, {}, {}{}{}batch_first=True){}",
      prefix,
      cell == "SimpleRNN" ? "RNN" : cell,
      layer.weights[0].shape()[0],
      layer.weights[1].shape()[0],
      cell == "SimpleRNN" && activation_of(o, "activation") == "relu" ? "nonlinearity='relu', "
                                                                      : "",
      both ? "bidirectional=True, " : "",
      option(o, "use_bias", true) ? "" : "bias=False, ",
      option(o, "return_sequences", false) ? "" : ", of which h_n goes on"));
}

void StateWriter::write_direction(const ChainLayer& layer,
                                  const std::string& prefix,
                                  bool reverse) {
  const std::size_t first = reverse ? layer.num_weights() / 2 : 0;
  const GateOrder order = torch_order(layer.cell_class());
  for (std::size_t i = 0; i < 2; ++i) {
    const Tensor<float>& keras = layer.weights[first + i];
    Tensor<float> matrix({keras.shape()[1], keras.shape()[0]});
    write_gates(keras.view(), order, matrix.data());
    add(fmt::format("{}.{}{}", prefix, recurrent_names[i], suffix_of(0, reverse)), matrix);
  }
  if (option(layer.direction(reverse), "use_bias", true)) {
    write_biases(layer, prefix, reverse);
  }
}

/// The second bias of what has one in Keras is 0.
void StateWriter::write_biases(const ChainLayer& layer, const std::string& prefix, bool reverse) {
  const Tensor<float>& keras = layer.weights[(reverse ? layer.num_weights() / 2 : 0) + 2];
  const GateOrder order = torch_order(layer.cell_class());
  const std::size_t columns = keras.shape().back();
  for (std::size_t i = 0; i < 2; ++i) {
    auto bias = Tensor<float>::zeros({columns});
    if ((i + 1) * columns <= keras.size()) {
      const TensorView<const float> row(keras.data() + i * columns, {1, columns});
      write_gates(row, order, bias.data());
    }
    add(fmt::format("{}.{}{}", prefix, recurrent_names[2 + i], suffix_of(0, reverse)), bias);
  }
}

void StateWriter::note_norm(const ChainLayer& layer, const std::string& prefix) {
  const bool scale = option(layer.options, "scale", true);
  if (scale != option(layer.options, "center", true) && !scale) {
    refuse_layer(format_, layer, "center without scale has no counterpart in PyTorch");
  }
  const std::string size =
      layer.weights.empty() ? "…" : std::to_string(layer.weights[0].shape().back());
  state_.notes.push_back(fmt::format("{} = nn.LayerNorm({}, eps={}{}){}",
                                     prefix,
                                     size,
                                     option(layer.options, "epsilon", 1e-3),
                                     scale ? "" : ", elementwise_affine=False",
                                     layer.weights.size() == 1 ? " with bias=False" : ""));
}

void StateWriter::write_plain(const ChainLayer& layer, const std::string& prefix) {
  std::size_t next = 0;
  if (layer.class_name == "Dense") {
    const Tensor<float>& kernel = layer.weights[next++];
    Tensor<float> matrix({kernel.shape()[1], kernel.shape()[0]});
    write_gates(kernel.view(), {0}, matrix.data());
    add(prefix + ".weight", matrix);
    const std::string function = activation_of(layer.options, "activation");
    state_.notes.push_back(fmt::format("{} = nn.Linear({}, {}{}){}",
                                       prefix,
                                       matrix.shape()[1],
                                       matrix.shape()[0],
                                       layer.num_weights() == 2 ? "" : ", bias=False",
                                       function == "linear" ? "" : ", then " + function));
  } else if (layer.class_name == "Embedding") {
    const Shape shape = layer.weights[0].shape();
    add(prefix + ".weight", layer.weights[next++]);
    state_.notes.push_back(fmt::format("{} = nn.Embedding({}, {})", prefix, shape[0], shape[1]));
  } else {
    note_norm(layer, prefix);
    if (!layer.weights.empty()) {
      add(prefix + ".weight", layer.weights[next++]);
    }
  }
  if (next < layer.weights.size()) {
    add(prefix + ".bias", layer.weights[next]);
  }
}

}  // namespace

TorchState state_of_model(std::string_view format, const StoredModel& model) {
  return StateWriter(format).write(chain_of(format, model));
}

}  // namespace rondo::detail
