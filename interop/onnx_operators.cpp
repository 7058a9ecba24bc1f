// Operators that are layers, or parts of them.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rondo/core/printable.hpp"
#include "rondo/interop/detail/chain.hpp"
#include "rondo/interop/detail/onnx_functions.hpp"
#include "rondo/interop/detail/onnx_graph.hpp"

namespace rondo::detail {

namespace {

using Kind = OnnxAttribute::Kind;

}  // namespace

void OnnxGraph::mat_mul() {
  const OnnxConstant& kernel = constant(1);
  OnnxData result = data(0);
  layers_.add_dense(result, kernel, input_name(1));
  output(std::move(result));
}

void OnnxGraph::gemm() {
  only_attributes({"alpha", "beta", "transA", "transB"});
  OnnxData result = data(0);
  if (number("alpha", 1) != 1 || number("beta", 1) != 1 || attribute("transA", 0) != 0 ||
      result.axes.size() != 2) {
    fail("has alpha, beta or transA, which a Dense does not have");
  }
  const OnnxConstant& given = constant(1);
  if (given.dims.size() != 2) {
    fail("needs a matrix");
  }
  layers_.add_dense(
      result, attribute("transB", 0) != 0 ? transposed(given, {1, 0}) : given, input_name(1));
  if (has_input(2) && !layers_.add_bias(result, constant(2), input_name(2))) {
    fail("has a bias of another shape than its outputs");
  }
  output(std::move(result));
}

void OnnxGraph::add_data() {
  const std::size_t which = is_data(0) ? 0 : 1;
  OnnxData result = data(which);
  const OnnxConstant& bias = constant(1 - which);
  if (!layers_.add_bias(result, bias, input_name(1 - which))) {
    fail("adds numbers that are no bias of a MatMul before it");
  }
  output(std::move(result));
}

/// Outputs of two directions: added, multiplied, or their sum halved.
void OnnxGraph::add_or_multiply_data() {
  if (is_data(0) != is_data(1)) {
    const std::size_t which = is_data(0) ? 0 : 1;
    scale_data(constant(1 - which), data(which));
    return;
  }
  OnnxData result = data(0);
  const OnnxData& second = data(1);
  const bool fits =
      (node_->type == "Add" || node_->type == "Mul") && result.selection && second.selection &&
      result.selection->strands.size() == 1 && second.selection->strands.size() == 1 &&
      result.selection->strands != second.selection->strands &&
      result.selection->sequences == second.selection->sequences && result.axes == second.axes;
  if (!fits) {
    fail("computes with two tensors that are not the two directions of a recurrent layer");
  }
  result.selection->strands.push_back(second.selection->strands[0]);
  result.selection->merge = node_->type == "Add" ? "sum" : "mul";
  result.reversed = false;
  output(std::move(result));
}

void OnnxGraph::scale_data(const OnnxConstant& factor, const OnnxData& from) {
  OnnxData result = from;
  const bool halves =
      (node_->type == "Mul" && factor.size() == 1 && factor.all_equal(0.5)) ||
      (node_->type == "Div" && factor.size() == 1 && factor.all_equal(2) && is_data(0));
  if (!halves || !result.selection || result.selection->merge != "sum") {
    fail("computes with a constant, which no layer does");
  }
  result.selection->merge = "ave";
  output(std::move(result));
}

void OnnxGraph::layer_normalization() {
  only_attributes({"axis", "epsilon", "stash_type"});
  OnnxData result = data(0);
  if (axis_of(attribute("axis", -1), result.axes.size()) + 1 != result.axes.size()) {
    fail("normalizes more than the last axis");
  }
  layers_.add_normalization(
      result, constant(1), has_input(2) ? &constant(2) : nullptr, number("epsilon", 1e-5F));
  output(std::move(result));
}

void OnnxGraph::function() {
  only_attributes({"alpha", "beta", "gamma", "axis"});
  OnnxData result = data(0);
  const OnnxDefaults* const defaults = find_onnx_defaults(node_->type);
  const float alpha = number("alpha", defaults == nullptr ? 0 : defaults->alpha);
  const float beta = number("beta", defaults == nullptr ? 0 : defaults->beta);
  const OnnxFunction* const known = find_onnx_function(node_->type, alpha, beta);
  const bool other = defaults == nullptr && (find("alpha", Kind::number) != nullptr ||
                                             find("gamma", Kind::number) != nullptr);
  if (known == nullptr || other) {
    fail(fmt::format("has parameters (alpha {}, beta {}) of no activation here", alpha, beta));
  }
  if (node_->type == "Softmax" || node_->type == "LogSoftmax") {
    const std::int64_t usual = model_.opset >= 13 ? -1 : 1;
    if (axis_of(attribute("axis", usual), result.axes.size()) + 1 != result.axes.size()) {
      fail("is taken over another axis than the last");
    }
  }
  layers_.add_function(result, std::string(known->keras));
  output(std::move(result));
}

void OnnxGraph::embedding() {
  OnnxData ids = data(1);
  if (!ids.ids || attribute("axis", 0) != 0) {
    fail("looks up something by another thing than whole numbers of the input");
  }
  layers_.add_embedding(ids, constant(0), input_name(0));
  output(std::move(ids));
}

// ---- GRU, LSTM, RNN ----

void OnnxGraph::recurrent() {
  only_attributes({"direction",
                   "hidden_size",
                   "linear_before_reset",
                   "activations",
                   "activation_alpha",
                   "activation_beta",
                   "input_forget",
                   "layout"});
  if (attribute("input_forget", 0) != 0) {
    fail("couples input and forget gates (input_forget), which rondo does not have");
  }
  if (attribute("layout", 0) != 0) {
    fail("has layout 1, which onnxruntime cannot run either");
  }
  const OnnxAttribute* const given = find("direction", Kind::text);
  const std::string direction = given == nullptr ? "forward" : given->text;
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    fail(fmt::format("has the direction {}", in_quotes(direction)));
  }
  OnnxData& x = data(0);
  layers_.commit(x);
  const std::size_t directions = direction == "bidirectional" ? 2 : 1;
  OnnxRun run{.class_name = node_->type == "RNN" ? "SimpleRNN" : node_->type,
              .features = static_cast<std::int64_t>(check_sequence(x)),
              .reverse = direction == "reverse",
              .stage = x.stage,
              .reversed_inputs = x.reversed};
  read_directions(run, directions);
  read_functions(run, directions);
  read_lengths(run, x);
  read_states(run, directions);
  if (run.class_name == "LSTM" && has_input(7)) {
    fail("has peepholes (P), which rondo does not have");
  }
  put_outputs(run, directions, x);
}

/// [time, batch, features]. @return the number of features
std::size_t OnnxGraph::check_sequence(const OnnxData& x) {
  const auto label = [&](std::size_t i) {
    return x.axes.size() == 3 && x.axes[i].factors.size() == 1 ? x.axes[i].factors[0].label
                                                               : feature_label;
  };
  const int time = label(0), batch = label(1);
  if (x.ids || x.axes.size() != 3 || time >= input_labels || batch >= input_labels ||
      x.axes[2].factors.size() > 1) {
    fail("takes a tensor whose axes are not time, batch and features");
  }
  if (time_ < 0) {
    time_ = time;
    batch_ = batch;
  }
  if (time != time_ || batch != batch_ || label(2) == time_ || label(2) == batch_) {
    fail("takes a tensor whose axes of time and batch are those of another one before");
  }
  return static_cast<std::size_t>(x.axes[2].size());
}

void OnnxGraph::read_directions(OnnxRun& run, std::size_t directions) {
  const GateOrder order = onnx_order(run.class_name);
  const OnnxConstant &w = constant(1), &r = constant(2);
  const auto gates = static_cast<std::int64_t>(order.size());
  const auto dirs = static_cast<std::int64_t>(directions);
  run.units = r.dims.size() == 3 ? r.dims[2] : 0;
  const std::int64_t u = run.units, hidden = attribute("hidden_size", u);
  constexpr std::int64_t most_units = 1 << 24;
  if (u <= 0 || u > most_units || hidden != u || w.integral || r.integral ||
      w.dims != Sizes{dirs, gates * u, run.features} || r.dims != Sizes{dirs, gates * u, u} ||
      (has_input(3) && (constant(3).integral || constant(3).dims != Sizes{dirs, 2 * gates * u}))) {
    fail(fmt::format("has weights that do not fit {} features, {} units and {} directions",
                     run.features,
                     hidden,
                     dirs));
  }
  const bool before = attribute("linear_before_reset", 0) != 0;
  const auto units = static_cast<std::size_t>(u);
  const auto columns = order.size() * units;
  const auto part = [&](std::size_t i, std::size_t d, std::size_t rows) {
    std::vector<float> values(rows * columns);
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = constant(i).number(d * values.size() + k);
    }
    return read_gates(values.data(), order, rows, units);
  };
  for (std::size_t d = 0; d < directions; ++d) {
    Json& options = run.options.emplace_back(Json::object());
    auto& weights = run.weights.emplace_back();
    weights.push_back(StoredWeight::of<float>(
        input_name(1), part(1, d, static_cast<std::size_t>(run.features)).view()));
    weights.push_back(StoredWeight::of<float>(input_name(2), part(2, d, units).view()));
    if (run.class_name == "GRU") {
      options["reset_after"] = before;
    }
    options["use_bias"] = has_input(3);
    if (!has_input(3)) {
      continue;
    }
    const Tensor<float> first = part(3, 2 * d, 1), second = part(3, 2 * d + 1, 1);
    const bool both = run.class_name == "GRU" && before;
    auto bias = Tensor<float>::zeros(both ? Shape{2, columns} : Shape{columns});
    for (std::size_t k = 0; k < columns; ++k) {
      bias.data()[k] = both ? first.data()[k] : first.data()[k] + second.data()[k];
      if (both) {
        bias.data()[columns + k] = second.data()[k];
      }
    }
    weights.push_back(StoredWeight::of<float>(input_name(3), bias.view()));
  }
  if (run.class_name == "GRU" && !before && model_.producer.starts_with("pytorch")) {
    notes_.push_back(
        fmt::format("{}: linear_before_reset is 0, but nn.GRU resets after the product: "
                    "some exporters of PyTorch forgot to write 1, compare the outputs",
                    node_->name));
  }
}

/// f, g and for LSTM h of each direction; parameters are in one list for the functions that have
/// them.
void OnnxGraph::read_functions(OnnxRun& run, std::size_t directions) {
  const std::size_t each = run.class_name == "GRU" ? 2 : run.class_name == "LSTM" ? 3 : 1;
  const OnnxAttribute* const given = find("activations", Kind::texts);
  std::vector<std::string> names;
  if (given != nullptr) {
    names = given->texts;
  } else {
    for (std::size_t i = 0; i < directions * each; ++i) {
      names.emplace_back(i % each == 0 && each > 1 ? "Sigmoid" : "Tanh");
    }
  }
  if (names.size() != directions * each) {
    fail(fmt::format("has {} activations, expected {}", names.size(), directions * each));
  }
  const std::vector<float> alphas = numbers("activation_alpha"), betas = numbers("activation_beta");
  std::size_t alpha = 0, beta = 0;
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const OnnxDefaults* const defaults = find_onnx_defaults(name);
    if (defaults == nullptr) {
      fail(fmt::format("has the activation {}", in_quotes(name)));
    }
    const float a =
        defaults->has_alpha && alpha < alphas.size() ? alphas[alpha++] : defaults->alpha;
    const float b = defaults->has_beta && beta < betas.size() ? betas[beta++] : defaults->beta;
    const OnnxFunction* const known = find_onnx_function(name, a, b);
    if (known == nullptr) {
      fail(fmt::format("has the activation {} with alpha {} and beta {}, which rondo does not have",
                       in_quotes(name),
                       a,
                       b));
    }
    found.emplace_back(known->keras);
  }
  if (alpha < alphas.size() || beta < betas.size()) {
    fail("has more activation_alpha or activation_beta than activations that take them");
  }
  for (std::size_t d = 0; d < directions; ++d) {
    const std::string* const of = &found[d * each];
    run.options[d]["activation"] = of[each - 1];
    if (each > 1) {
      run.options[d]["recurrent_activation"] = of[0];
    }
    if (each == 3 && of[1] != of[2]) {
      fail(fmt::format("has different activations g and h, {} and {}", of[1], of[2]));
    }
  }
}

void OnnxGraph::read_lengths(OnnxRun& run, const OnnxData& x) {
  const std::int64_t batch = x.axes[1].size(), time = x.axes[0].size();
  const bool was_masked = !lengths_name_.empty();
  if (has_input(4) && is_constant(4) && constant(4).all_equal(static_cast<double>(time))) {
    return;  // every sequence is whole
  }
  if (!has_input(4)) {
    if (was_masked) {
      fail("has no sequence_lens, but an operator before it has");
    }
    return;
  }
  if (was_masked && lengths_name_ != input_name(4)) {
    fail("has other sequence_lens than an operator before it");
  }
  run.masked = true;
  if (was_masked) {
    return;
  }
  lengths_name_ = input_name(4);
  if (!is_constant(4)) {
    if (!std::holds_alternative<OnnxExtra>(input(4))) {
      fail("has sequence_lens that depend on the input");
    }
    used_.insert(std::get<OnnxExtra>(input(4)).name);
    return;
  }
  const Sizes lengths = list(4);
  if (static_cast<std::int64_t>(lengths.size()) != batch) {
    fail(fmt::format("has {} sequence_lens for a batch that is not declared as such",
                     lengths.size()));
  }
  for (const std::int64_t length : lengths) {
    if (length < 0 || length > time) {
      fail(fmt::format("has the sequence length {}", length));
    }
    lengths_.push_back(static_cast<std::size_t>(length));
  }
}

/// Zeros, or an input of the graph: the layer then carries its state.
void OnnxGraph::read_states(OnnxRun& run, std::size_t directions) {
  const std::size_t states = run.class_name == "LSTM" ? 2 : 1;
  for (std::size_t i = 5; i < 5 + states; ++i) {
    if (!has_input(i)) {
      continue;
    }
    if (const auto* const extra = std::get_if<OnnxExtra>(&input(i))) {
      run.stateful = true;
      used_.insert(extra->name);
      continue;
    }
    const OnnxConstant& state = constant(i);
    if (!state.all_equal(0) || state.dims.size() != 3 ||
        state.dims[0] != static_cast<std::int64_t>(directions) || state.dims[2] != run.units) {
      fail("begins with a state that is not zero");
    }
  }
  if (run.stateful) {
    notes_.push_back(fmt::format("{}: its state comes in and goes out, so the layer is stateful",
                                 node_->name.empty() ? node_->type : node_->name));
  }
}

/// Y [time, dirs, batch, units], Y_h [dirs, batch, units].
void OnnxGraph::put_outputs(const OnnxRun& run, std::size_t directions, const OnnxData& x) {
  const std::size_t index = layers_.add_run(run);
  OnnxData y;
  y.selection = Selection{};
  for (std::size_t d = 0; d < directions; ++d) {
    y.selection->strands.push_back({index, d});
  }
  const DataAxis direction{directions == 2 ? std::vector<AxisFactor>{{direction_label, 2}}
                                           : std::vector<AxisFactor>{}};
  const DataAxis units{{{feature_label, run.units}}};
  y.axes = {x.axes[0], direction, x.axes[1], units};
  y.reversed = run.reverse;
  OnnxData last = y;
  last.axes = {direction, x.axes[1], units};
  last.selection->sequences = false;
  last.reversed = false;
  output(std::move(y), 0);
  output(std::move(last), 1);
  if (run.class_name == "LSTM" && node_->outputs.size() > 2 && !node_->outputs[2].empty()) {
    output(OnnxExtra{node_->outputs[2]}, 2);
    used_.insert(node_->outputs[2]);
  }
}

}  // namespace rondo::detail
