#include "rondo/interop/detail/onnx_graph.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/onnx_file.hpp"
#include "rondo/interop/detail/onnx_functions.hpp"

namespace rondo::detail {

namespace {

constexpr std::string_view format = "onnx";
using Kind = OnnxAttribute::Kind;

}  // namespace

OnnxConstant constant_of(const OnnxTensor& tensor) {
  const auto count = tensor.bytes.size() / size_of(tensor.type);
  if (tensor.type == OnnxType::int64 || tensor.type == OnnxType::int32 ||
      tensor.type == OnnxType::boolean) {
    std::vector<std::int64_t> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::int32_t narrow = 0;
      const char* const at = tensor.bytes.data() + i * size_of(tensor.type);
      if (tensor.type == OnnxType::int64) {
        std::memcpy(&values[i], at, sizeof(values[i]));
      } else {
        std::memcpy(&narrow, at, size_of(tensor.type));
        values[i] = narrow;
      }
    }
    return OnnxConstant::of(tensor.dims, std::move(values));
  }
  const auto bytes = std::as_bytes(std::span(tensor.bytes));
  const StoredWeight stored{.name = tensor.name,
                            .type = tensor.type == OnnxType::float16    ? StoredType::float16
                                    : tensor.type == OnnxType::float64  ? StoredType::float64
                                    : tensor.type == OnnxType::bfloat16 ? StoredType::bfloat16
                                                                        : StoredType::float32,
                            .shape = Shape{count},
                            .bytes = {bytes.begin(), bytes.end()}};
  const Tensor<float> values = stored.values<float>();
  return OnnxConstant::of(tensor.dims, std::vector<float>(values.data(), values.data() + count));
}

OnnxGraph::OnnxGraph(const ModelSource& file,
                     const OnnxModel& model,
                     std::vector<std::int64_t> probes)
    : file_(file), model_(model), probes_(std::move(probes)) {}

void OnnxGraph::fail(const std::string& problem) const {
  const std::string node =
      node_ == nullptr
          ? ""
          : fmt::format("node {} ({}) ",
                        in_quotes(node_->name.empty() && !node_->outputs.empty() ? node_->outputs[0]
                                                                                 : node_->name),
                        printable(node_->type));
  refuse_file(format, file_.path, node + problem);
}

StoredModel OnnxGraph::read() {
  StoredModel result{.producer = model_.producer};
  try {
    define_constants();
    define_inputs();
    for (const OnnxNode& node : model_.nodes) {
      node_ = &node;
      run_node(node);
    }
    node_ = nullptr;
    read_outputs(result);
  } catch (const OnnxProblem& problem) {
    fail(problem.text);
  } catch (const ArgumentError& error) {  // of shapes that are too large
    fail(error.what());
  } catch (const ShapeError& error) {
    fail(error.what());
  }
  return result;
}

// ---- the graph's ends ----

void OnnxGraph::define_constants() {
  for (const OnnxTensor& tensor : model_.initializers) {
    if (size_of(tensor.type) == 0) {
      fail(fmt::format("tensor {} has {}", in_quotes(tensor.name), to_string(tensor.type)));
    }
    if (!tensors_.emplace(tensor.name, constant_of(tensor)).second) {
      fail(fmt::format("two tensors are called {}", in_quotes(tensor.name)));
    }
  }
}

void OnnxGraph::define_inputs() {
  bool is_first = true;
  for (const OnnxValue& value : model_.inputs) {
    if (tensors_.contains(value.name)) {
      continue;  // before IR 4 initializers are among the inputs
    }
    if (!is_first) {
      tensors_.emplace(value.name, OnnxExtra{value.name});
      continue;
    }
    is_first = false;
    first_.ids = value.type == OnnxType::int64 || value.type == OnnxType::int32;
    if (value.dims.empty() || value.dims.size() > probes_.size() ||
        (!first_.ids && value.type != OnnxType::float32)) {
      fail(fmt::format(
          "input {} has {} axes of type {}, expected up to {} of float or whole numbers",
          in_quotes(value.name),
          value.dims.size(),
          to_string(value.type),
          probes_.size()));
    }
    for (std::size_t i = 0; i < value.dims.size(); ++i) {
      const std::int64_t declared = value.dims[i].size;
      constexpr std::int64_t most = 1 << 20;
      if (declared == 0 || declared > most) {
        fail(fmt::format("input {} has an axis of size {}", in_quotes(value.name), declared));
      }
      first_.axes.push_back({{{static_cast<int>(i), declared > 0 ? declared : probes_[i]}}});
    }
    tensors_.emplace(value.name, first_);
  }
  if (is_first) {
    fail("has no input");
  }
}

/// The first output is the model's. Others may be final states of layers.
void OnnxGraph::read_outputs(StoredModel& result) {
  if (model_.outputs.empty()) {
    fail("has no output");
  }
  const auto find = [&](const OnnxValue& value) -> OnnxData& {
    const auto found = tensors_.find(value.name);
    auto* const found_data =
        found == tensors_.end() ? nullptr : std::get_if<OnnxData>(&found->second);
    if (found_data == nullptr) {
      fail(fmt::format("output {} does not depend on the input", in_quotes(value.name)));
    }
    return *found_data;
  };
  for (std::size_t i = 1; i < model_.outputs.size(); ++i) {
    const auto cell = tensors_.find(model_.outputs[i].name);
    if (cell != tensors_.end() && std::holds_alternative<OnnxExtra>(cell->second)) {
      continue;  // the second state of an LSTM
    }
    const OnnxData& state = find(model_.outputs[i]);
    if (!state.selection || state.selection->sequences) {
      fail(fmt::format("output {} is a second output: a chain of layers has one",
                       in_quotes(model_.outputs[i].name)));
    }
    if (!layers_.run(state.selection->strands[0].run).stateful) {
      notes_.push_back(
          fmt::format("left out: output {}, a final state", in_quotes(model_.outputs[i].name)));
    }
  }
  for (const auto& [name, value] : tensors_) {
    if (std::holds_alternative<OnnxExtra>(value) && !used_.contains(name)) {
      fail(fmt::format("input {} is neither sequence_lens nor a state", in_quotes(name)));
    }
  }
  OnnxData& output = find(model_.outputs[0]);
  layers_.commit(output);
  layers_.check_head(output);
  set_input_order(result);
  set_output_order(output, result);
  Json inputs{nullptr};
  for (std::size_t i = 1; i < first_.axes.size(); ++i) {
    inputs.push_back(nullptr);
  }
  if (!first_.ids) {
    inputs.back() =
        first_.axes[result.input.axes.empty() ? first_.axes.size() - 1 : result.input.axes.back()]
            .size();
  }
  result.config = to_text(Json{{"class_name", "Sequential"},
                               {"config",
                                {{"name", "sequential"},
                                 {"batch_input_shape", std::move(inputs)},
                                 {"layers", layers_.take_configs()}}}});
  result.weights = layers_.take_weights();
  result.lengths = lengths_;
  result.notes = notes_;
}

void OnnxGraph::set_input_order(StoredModel& result) const {
  if (batch_ < 0) {
    return;
  }
  std::vector<std::size_t> order{static_cast<std::size_t>(batch_), static_cast<std::size_t>(time_)};
  for (std::size_t i = 0; i < first_.axes.size(); ++i) {
    if (std::find(order.begin(), order.end(), i) == order.end()) {
      order.push_back(i);
    }
  }
  if (order.size() != first_.axes.size() || (!first_.ids && order.size() != 3)) {
    fail("the input has no axis of features: it cannot be given to a recurrent layer");
  }
  if (!std::is_sorted(order.begin(), order.end())) {
    result.input.axes = order;
  }
}

void OnnxGraph::set_output_order(const OnnxData& output, StoredModel& result) const {
  std::vector<int> labels;  // of the axes that are not of size 1
  for (std::size_t i = 0; i < output.axes.size(); ++i) {
    const auto& factors = output.axes[i].factors;
    if (factors.empty()) {
      result.output.unit_axes.push_back(i);
    } else if (factors.size() == 1) {
      labels.push_back(factors[0].label);
    } else {
      fail("the output has joined axes that no layer gives");
    }
  }
  std::vector<int> wanted;  // of the layers' tensor
  if (batch_ >= 0) {
    wanted.push_back(batch_);
    if (std::find(labels.begin(), labels.end(), time_) != labels.end()) {
      wanted.push_back(time_);
    }
  } else {
    for (std::size_t i = 0; i + (first_.ids ? 0 : 1) < first_.axes.size(); ++i) {
      wanted.push_back(static_cast<int>(i));
    }
  }
  wanted.push_back(feature_label);
  std::vector<std::size_t> order;
  for (const int label : wanted) {
    const auto found = std::find(labels.begin(), labels.end(), label);
    order.push_back(static_cast<std::size_t>(found - labels.begin()));
  }
  if (order.size() != labels.size() ||
      std::find(order.begin(), order.end(), labels.size()) != order.end()) {
    fail("the output's axes are not those of the batch, the time and the features");
  }
  if (!std::is_sorted(order.begin(), order.end())) {
    result.output.axes = order;
  }
  result.output.reversed_time =
      output.reversed && std::find(labels.begin(), labels.end(), time_) != labels.end();
}

// ---- nodes ----

void OnnxGraph::run_node(const OnnxNode& node) {
  if (!node.domain.empty() && node.domain != "ai.onnx") {
    fail(fmt::format("is of the domain {}, only ONNX' own operators are read",
                     in_quotes(node.domain)));
  }
  if (node.outputs.empty()) {
    fail("has no outputs");
  }
  const Handler handler = handler_of(node.type);
  if (handler == nullptr) {
    const bool loop = node.type == "Loop" || node.type == "Scan" || node.type == "If";
    fail(fmt::format("is of an operator that is not read{}",
                     loop ? ": the exporter did not write the recurrent operator of ONNX, save the "
                            "model as .keras instead"
                          : ""));
  }
  (this->*handler)();
}

OnnxGraph::Handler OnnxGraph::handler_of(const std::string& type) {
  static const std::map<std::string, Handler> handlers{
      {"Identity", &OnnxGraph::pass},
      {"Dropout", &OnnxGraph::pass},
      {"Constant", &OnnxGraph::make_constant},
      {"Cast", &OnnxGraph::cast},
      {"Shape", &OnnxGraph::shape},
      {"ConstantOfShape", &OnnxGraph::constant_of_shape},
      {"Concat", &OnnxGraph::concat},
      {"Gather", &OnnxGraph::gather},
      {"Slice", &OnnxGraph::slice},
      {"Split", &OnnxGraph::split},
      {"Squeeze", &OnnxGraph::squeeze},
      {"Unsqueeze", &OnnxGraph::unsqueeze},
      {"Transpose", &OnnxGraph::transpose},
      {"Reshape", &OnnxGraph::reshape},
      {"Expand", &OnnxGraph::expand},
      {"Add", &OnnxGraph::arithmetic},
      {"Sub", &OnnxGraph::arithmetic},
      {"Mul", &OnnxGraph::arithmetic},
      {"Div", &OnnxGraph::arithmetic},
      {"Equal", &OnnxGraph::equal},
      {"Where", &OnnxGraph::where},
      {"MatMul", &OnnxGraph::mat_mul},
      {"Gemm", &OnnxGraph::gemm},
      {"LayerNormalization", &OnnxGraph::layer_normalization},
      {"GRU", &OnnxGraph::recurrent},
      {"LSTM", &OnnxGraph::recurrent},
      {"RNN", &OnnxGraph::recurrent},
  };
  const auto found = handlers.find(type);
  if (found != handlers.end()) {
    return found->second;
  }
  const OnnxDefaults* const gate = find_onnx_defaults(type);
  const bool known = (gate != nullptr && type != "Affine" && type != "ScaledTanh") ||
                     find_onnx_function(type, 0, 0) != nullptr;
  return known ? &OnnxGraph::function : nullptr;
}

// ---- a file ----

/// Twice, with different sizes for what is open: what depends on such a size is no chain of layers.
StoredModel read_onnx_file(const ModelSource& file, const ReadModelOptions&) {
  const OnnxModel model = parse_onnx(file);
  StoredModel first = OnnxGraph(file, model, {1009, 2003, 3001, 4001}).read();
  const StoredModel second = OnnxGraph(file, model, {5003, 6007, 7001, 8009}).read();
  if (first.config != second.config || first.output.axes != second.output.axes ||
      first.weights.size() != second.weights.size()) {
    refuse_file(format, file.path, "its layers depend on the size of the batch or the time");
  }
  return first;
}

}  // namespace rondo::detail
