// A chain of layers as a graph of ONNX operators. Between layers tensors have the batch first, as
// in rondo; recurrent operators want the time first.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/replace_file.hpp"
#include "rondo/interop/detail/chain.hpp"
#include "rondo/interop/detail/onnx_file.hpp"
#include "rondo/interop/detail/onnx_functions.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view format = "onnx";
using Integers = std::vector<std::int64_t>;

OnnxAttribute attribute(std::int64_t value) {
  return {.kind = OnnxAttribute::Kind::integer, .integer = value};
}

OnnxAttribute attribute(float value) {
  return {.kind = OnnxAttribute::Kind::number, .number = value};
}

OnnxAttribute attribute(const char* value) {
  return {.kind = OnnxAttribute::Kind::text, .text = value};
}

OnnxAttribute attribute(Integers value) {
  return {.kind = OnnxAttribute::Kind::integers, .integers = std::move(value)};
}

OnnxAttribute attribute(std::vector<float> value) {
  return {.kind = OnnxAttribute::Kind::numbers, .numbers = std::move(value)};
}

OnnxAttribute attribute(std::vector<std::string> value) {
  return {.kind = OnnxAttribute::Kind::texts, .texts = std::move(value)};
}

class OnnxWriter {
 public:
  explicit OnnxWriter(const WriteModelOptions& options) : options_(options) {}

  OnnxModel write(const Chain& chain) {
    model_.producer = "rondo";
    model_.graph_name = "model";
    begin(chain);
    for (const ChainLayer& layer : chain.layers) {
      layer_ = &layer;
      write_layer();
    }
    finish();
    return std::move(model_);
  }

 private:
  [[noreturn]] void refuse(const std::string& problem) const {
    refuse_layer(format, *layer_, problem);
  }

  // ---- graph ----

  std::string node(const char* type,
                   std::vector<std::string> inputs,
                   std::map<std::string, OnnxAttribute> attributes = {}) {
    const std::string name =
        fmt::format("{}/{}_{}", layer_ == nullptr ? "model" : layer_->path, type, count_++);
    model_.nodes.push_back({.type = type,
                            .name = name,
                            .inputs = std::move(inputs),
                            .outputs = {name + "_output"},
                            .attributes = std::move(attributes)});
    return model_.nodes.back().outputs[0];
  }

  std::string constant(const char* name,
                       Integers dims,
                       std::span<const std::byte> bytes,
                       OnnxType type) {
    const std::string full = fmt::format("{}/{}_{}", layer_->path, name, count_++);
    model_.initializers.push_back(
        {.name = full,
         .type = type,
         .dims = std::move(dims),
         .bytes = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
    return full;
  }

  std::string constant(const char* name, const Tensor<float>& values) {
    Integers dims;
    for (const std::size_t size : values.shape()) {
      dims.push_back(static_cast<std::int64_t>(size));
    }
    return constant(name, dims, std::as_bytes(values.view().span()), OnnxType::float32);
  }

  std::string constant(const char* name, const Integers& values) {
    return constant(name,
                    {static_cast<std::int64_t>(values.size())},
                    std::as_bytes(std::span(values)),
                    OnnxType::int64);
  }

  void transpose(Integers axes) {
    current_ = node("Transpose", {current_}, {{"perm", attribute(std::move(axes))}});
  }

  std::string squeezed(const std::string& tensor, std::int64_t axis) {
    return node("Squeeze", {tensor, constant("axes", Integers{axis})});
  }

  OnnxValue value(const std::string& name, const std::vector<OnnxDim>& dims) const {
    return {.name = name, .type = OnnxType::float32, .dims = dims};
  }

  // ---- layers ----

  void begin(const Chain& chain);
  void finish();
  void write_layer();
  void write_masking();
  void write_dense();
  void write_normalization();
  void write_activation(const std::string& name);
  void write_recurrent();
  void check_recurrent(const Json& options, bool sequences) const;
  void check_directions() const;
  void reverse_outputs();
  std::string direction_weights(std::size_t which);
  std::string direction_biases();
  void add_functions(std::map<std::string, OnnxAttribute>& attributes) const;
  void add_states(OnnxNode& node);
  void join_outputs(const OnnxNode& node, bool sequences);
  void merge_outputs(const OnnxNode& node, bool sequences, const std::string& mode);

  [[nodiscard]] std::size_t directions() const {
    return layer_->class_name == "Bidirectional" ? 2 : 1;
  }

  [[nodiscard]] std::size_t units() const { return layer_->weights[1].shape()[0]; }

  const WriteModelOptions& options_;
  OnnxModel model_;
  const ChainLayer* layer_ = nullptr;
  std::string current_ = "x";
  bool has_time_ = false;
  bool masked_ = false;
  std::size_t features_ = 0;
  std::size_t count_ = 0;
};

void OnnxWriter::begin(const Chain& chain) {
  const auto first = std::find_if(chain.layers.begin(),
                                  chain.layers.end(),
                                  [](const ChainLayer& l) { return l.num_weights() > 0; });
  if (first == chain.layers.end()) {
    throw_argument_error(format, "the model has no layer with weights");
  }
  const bool ids = first->class_name == "Embedding";
  has_time_ = ids || (chain.input_shape.is_null()
                          ? std::any_of(chain.layers.begin(),
                                        chain.layers.end(),
                                        [](const ChainLayer& l) { return l.is_recurrent(); })
                          : chain.input_shape.size() == 3);
  const std::size_t rank = ids ? 2 : has_time_ ? 3 : 2;
  if (!chain.input_shape.is_null() && chain.input_shape.size() != rank) {
    refuse_layer(format,
                 *first,
                 fmt::format("inputs of {} axes, expected {}", chain.input_shape.size(), rank));
  }
  features_ = first->class_name == "LayerNormalization" ? first->weights[0].size()
                                                        : first->weights[0].shape()[0];
  std::vector<OnnxDim> dims{{-1, "batch"}};
  if (has_time_) {
    dims.push_back({-1, "time"});
  }
  if (!ids) {
    dims.push_back({static_cast<std::int64_t>(features_), ""});
  }
  model_.inputs.push_back(value("x", dims));
  model_.inputs[0].type = ids ? OnnxType::int64 : OnnxType::float32;
}

/// The last tensor gets the output's name.
void OnnxWriter::finish() {
  layer_ = nullptr;
  if (model_.nodes.empty() || model_.nodes.back().outputs[0] != current_) {
    current_ = node("Identity", {current_});
  }
  model_.nodes.back().outputs[0] = "y";
  std::vector<OnnxDim> dims{{-1, "batch"}};
  if (has_time_) {
    dims.push_back({-1, "time"});
  }
  dims.push_back({static_cast<std::int64_t>(features_), ""});
  model_.outputs.insert(model_.outputs.begin(), value("y", dims));
}

void OnnxWriter::write_layer() {
  const std::string& c = layer_->class_name;
  if (layer_->is_recurrent()) {
    write_recurrent();
  } else if (c == "Dense") {
    write_dense();
  } else if (c == "Embedding") {
    if (current_ != "x") {
      refuse("an Embedding behind another layer cannot be written");
    }
    if (option(layer_->options, "mask_zero", false)) {
      write_masking();
    }
    current_ = node("Gather",
                    {constant("embeddings", layer_->weights[0]), current_},
                    {{"axis", attribute(std::int64_t{0})}});
    features_ = layer_->weights[0].shape()[1];
  } else if (c == "LayerNormalization") {
    write_normalization();
  } else if (c == "Masking") {
    write_masking();
  }  // a Dropout does nothing here
}

void OnnxWriter::write_masking() {
  if (!options_.right_padded) {
    refuse(
        fmt::format("{} needs masks, which ONNX does not have: only if sequences are padded at "
                    "their ends alone (right_padded) their lengths can be an input",
                    layer_->class_name == "Masking" ? "a Masking" : "mask_zero"));
  }
  if (!masked_) {
    OnnxValue lengths = value("lengths", {{-1, "batch"}});
    lengths.type = OnnxType::int32;
    model_.inputs.push_back(std::move(lengths));
  }
  masked_ = true;
}

void OnnxWriter::write_dense() {
  current_ = node("MatMul", {current_, constant("kernel", layer_->weights[0])});
  if (layer_->num_weights() == 2) {
    current_ = node("Add", {current_, constant("bias", layer_->weights[1])});
  }
  features_ = layer_->weights[0].shape()[1];
  write_activation(activation_of(layer_->options, "activation"));
}

void OnnxWriter::write_activation(const std::string& name) {
  if (name == "linear") {
    return;
  }
  const OnnxFunction* const function = find_keras_function(name);
  if (function == nullptr || !function->of_nodes) {
    refuse(fmt::format("ONNX has no operator for the activation '{}'", name));
  }
  std::map<std::string, OnnxAttribute> attributes;
  if (function->has_alpha) {
    attributes["alpha"] = attribute(function->alpha);
  }
  if (function->has_beta) {
    attributes["beta"] = attribute(function->beta);
  }
  if (name == "softmax" || name == "log_softmax") {
    attributes["axis"] = attribute(std::int64_t{-1});
  }
  current_ = node(std::string(function->onnx).c_str(), {current_}, std::move(attributes));
}

void OnnxWriter::write_normalization() {
  const Json axis = option(layer_->options, "axis", Json(-1));
  const Json only = axis.is_array() && axis.size() == 1 ? axis[0] : axis;
  if (only != -1 && only != (has_time_ ? 2 : 1)) {
    refuse("only the last axis can be normalized in ONNX");
  }
  const bool scale = option(layer_->options, "scale", true);
  auto gamma = Tensor<float>::zeros({features_});
  std::fill(gamma.data(), gamma.data() + gamma.size(), 1.0F);
  std::vector<std::string> inputs{current_, constant("gamma", scale ? layer_->weights[0] : gamma)};
  if (option(layer_->options, "center", true)) {
    inputs.push_back(constant("beta", layer_->weights.back()));
  }
  current_ = node("LayerNormalization",
                  std::move(inputs),
                  {{"axis", attribute(std::int64_t{-1})},
                   {"epsilon", attribute(option(layer_->options, "epsilon", 1e-3F))}});
}

// ---- recurrent layers ----

void OnnxWriter::check_recurrent(const Json& o, bool sequences) const {
  if (option(o, "time_major", false)) {
    refuse("time_major cannot be written: the batch comes first");
  }
  const bool zero = option(o, "zero_output_for_mask", false) ||
                    option(layer_->options, "zero_output_for_mask", false);
  if (masked_ && sequences && !zero) {
    refuse(
        "behind the end of a sequence ONNX puts out 0, the layer its last output: set "
        "zero_output_for_mask");
  }
  if (masked_ && option<std::string>(o, "masked_output", "previous_output") != "previous_output") {
    refuse("masked_output has no counterpart in ONNX");
  }
}

void OnnxWriter::check_directions() const {
  const Json &forward = layer_->forward, &backward = layer_->backward;
  if (option(forward, "units", 0) != option(backward, "units", 0)) {
    refuse("its two directions have different units");
  }
  if (option(forward, "go_backwards", false) ||
      option(forward, "reset_after", true) != option(backward, "reset_after", true)) {
    refuse("its two directions differ in more than their weights");
  }
}

void OnnxWriter::reverse_outputs() {
  current_ = node("Slice",
                  {current_,
                   constant("starts", Integers{-1}),
                   constant("ends", Integers{std::numeric_limits<std::int64_t>::min()}),
                   constant("axes", Integers{1}),
                   constant("steps", Integers{-1})});
}

void OnnxWriter::write_recurrent() {
  const Json& o = layer_->direction(false);
  const bool sequences = option(o, "return_sequences", false);
  const bool backwards = directions() == 1 && option(o, "go_backwards", false);
  check_recurrent(o, sequences);
  check_recurrent(layer_->direction(true), sequences);
  if (directions() == 2) {
    check_directions();
  }
  transpose({1, 0, 2});
  std::map<std::string, OnnxAttribute> attributes{
      {"hidden_size", attribute(static_cast<std::int64_t>(units()))},
      {"direction",
       attribute(directions() == 2 ? "bidirectional"
                 : backwards       ? "reverse"
                                   : "forward")}};
  add_functions(attributes);
  const std::string& cell = layer_->cell_class();
  if (cell == "GRU") {
    attributes["linear_before_reset"] =
        attribute(std::int64_t{option(o, "reset_after", true) ? 1 : 0});
  }
  std::string operator_name = cell == "SimpleRNN" ? "RNN" : cell;
  std::vector<std::string> inputs{
      current_, direction_weights(0), direction_weights(1), direction_biases()};
  inputs.push_back(masked_ ? "lengths" : "");
  const std::string y = node(operator_name.c_str(), std::move(inputs), std::move(attributes));
  OnnxNode& made = model_.nodes.back();
  made.outputs = {sequences ? y : "", y + "_h"};
  if (option(o, "stateful", false)) {
    add_states(made);
  } else if (sequences) {
    made.outputs.pop_back();
  }
  while (made.inputs.back().empty()) {
    made.inputs.pop_back();
  }
  const OnnxNode finished = made;  // more nodes move it
  join_outputs(finished, sequences);
  if (sequences && backwards) {  // Keras leaves the outputs in the order of processing
    reverse_outputs();
  }
  features_ = units() * directions();
  if (directions() == 2 &&
      option<std::string>(layer_->options, "merge_mode", "concat") != "concat") {
    features_ = units();
  }
  has_time_ = sequences;
  masked_ = masked_ && sequences;
}

/// W [dirs, gates·u, F] for 0, R [dirs, gates·u, u] for 1.
std::string OnnxWriter::direction_weights(std::size_t which) {
  const GateOrder order = onnx_order(layer_->cell_class());
  const Shape one = layer_->weights[which].shape();
  Tensor<float> all({directions(), one[1], one[0]});
  for (std::size_t d = 0; d < directions(); ++d) {
    const std::size_t first = d * layer_->num_weights() / 2;
    write_gates(layer_->weights[first + which].view(), order, all.data() + d * one.size());
  }
  return constant(which == 0 ? "W" : "R", all);
}

/// B [dirs, 2·gates·u]: always written, since runtimes have been wrong without it.
std::string OnnxWriter::direction_biases() {
  const GateOrder order = onnx_order(layer_->cell_class());
  const std::size_t columns = order.size() * units();
  auto all = Tensor<float>::zeros({directions(), 2 * columns});
  for (std::size_t d = 0; d < directions(); ++d) {
    if (!option(layer_->direction(d == 1), "use_bias", true)) {
      continue;
    }
    const std::size_t first = d * layer_->num_weights() / 2;
    const Tensor<float>& bias = layer_->weights[first + 2];
    for (std::size_t row = 0; row < bias.size() / columns; ++row) {
      write_gates(TensorView<const float>(bias.data() + row * columns, {1, columns}),
                  order,
                  all.data() + (2 * d + row) * columns);
    }
  }
  return constant("B", all);
}

/// Parameters only for the functions that have them, in order.
void OnnxWriter::add_functions(std::map<std::string, OnnxAttribute>& attributes) const {
  std::vector<std::string> names;
  std::vector<float> alphas, betas;
  const auto add = [&](const Json& o, const char* key) {
    const std::string name = activation_of(o, key);
    const OnnxFunction* const function = find_keras_function(name);
    if (function == nullptr || !function->of_gates) {
      refuse(fmt::format("ONNX' recurrent operators do not have the {} '{}'", key, name));
    }
    names.emplace_back(function->onnx);
    if (function->has_alpha) {
      alphas.push_back(function->alpha);
    }
    if (function->has_beta) {
      betas.push_back(function->beta);
    }
  };
  for (std::size_t d = 0; d < directions(); ++d) {
    const Json& o = layer_->direction(d == 1);
    if (layer_->cell_class() != "SimpleRNN") {
      add(o, "recurrent_activation");
    }
    add(o, "activation");
    if (layer_->cell_class() == "LSTM") {
      add(o, "activation");
    }
  }
  attributes["activations"] = attribute(std::move(names));
  if (!alphas.empty()) {
    attributes["activation_alpha"] = attribute(std::move(alphas));
  }
  if (!betas.empty()) {
    attributes["activation_beta"] = attribute(std::move(betas));
  }
}

/// A stateful layer's states come in and go out.
void OnnxWriter::add_states(OnnxNode& node) {
  const std::vector<OnnxDim> dims{{static_cast<std::int64_t>(directions()), ""},
                                  {-1, "batch"},
                                  {static_cast<std::int64_t>(units()), ""}};
  const std::size_t states = layer_->cell_class() == "LSTM" ? 2 : 1;
  for (std::size_t i = 0; i < states; ++i) {
    const char* letter = i == 0 ? "h" : "c";
    const std::string in = fmt::format("{}/initial_{}", layer_->path, letter);
    const std::string out = fmt::format("{}/final_{}", layer_->path, letter);
    node.inputs.push_back(in);
    node.outputs.resize(1 + i);
    node.outputs.push_back(out);
    model_.inputs.push_back(value(in, dims));
    model_.outputs.push_back(value(out, dims));
  }
}

void OnnxWriter::join_outputs(const OnnxNode& made, bool sequences) {
  const std::string mode = option<std::string>(layer_->options, "merge_mode", "concat");
  current_ = made.outputs[sequences ? 0 : 1];
  if (directions() == 2 && mode != "concat") {
    merge_outputs(made, sequences, mode);
    return;
  }
  if (directions() == 1) {
    current_ = squeezed(current_, sequences ? 1 : 0);
    if (sequences) {
      transpose({1, 0, 2});
    }
    return;
  }
  transpose(sequences ? Integers{2, 0, 1, 3} : Integers{1, 0, 2});
  const auto joined = static_cast<std::int64_t>(2 * units());
  current_ =
      node("Reshape",
           {current_, constant("shape", sequences ? Integers{0, 0, joined} : Integers{0, joined})});
}

void OnnxWriter::merge_outputs(const OnnxNode& made, bool sequences, const std::string& mode) {
  if (mode != "sum" && mode != "mul" && mode != "ave") {
    refuse(fmt::format("merge_mode '{}' cannot be written", mode));
  }
  const std::int64_t axis = sequences ? 1 : 0;
  const std::string forward =
      node("Split",
           {made.outputs[sequences ? 0 : 1], constant("split", Integers{1, 1})},
           {{"axis", attribute(axis)}});
  const std::string backward = forward + "_backward";
  model_.nodes.back().outputs.push_back(backward);
  const std::string first = squeezed(forward, axis), second = squeezed(backward, axis);
  current_ = node(mode == "mul" ? "Mul" : "Add", {first, second});
  if (mode == "ave") {
    current_ = node("Mul", {current_, constant("half", Tensor<float>::from_values({}, {0.5F}))});
  }
  if (sequences) {
    transpose({1, 0, 2});
  }
}

}  // namespace

std::vector<std::string> write_onnx_file(const StoredModel& model,
                                         const std::filesystem::path& path,
                                         const WriteModelOptions& options) {
  const std::string bytes =
      serialize_onnx(OnnxWriter(options).write(chain_of(format, model)), path);
  const std::array<std::span<const std::byte>, 1> parts{std::as_bytes(std::span(bytes))};
  replace_file(format, path, parts);
  return {};
}

}  // namespace rondo::detail
