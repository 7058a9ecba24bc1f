#include "rondo/interop/detail/onnx_layers.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rondo::detail {

namespace {

constexpr const char* no_chain =
    "takes a tensor that other layers take too: only chains of layers are read";

std::int64_t& last_size(OnnxData& data) {
  if (data.axes.empty() || data.axes.back().factors.size() > 1) {
    throw OnnxProblem{"needs features alone on the last axis"};
  }
  std::vector<AxisFactor>& factors = data.axes.back().factors;
  if (factors.empty()) {
    factors.push_back({feature_label, 1});
  }
  factors[0].label = feature_label;
  return factors[0].size;
}

Shape shape_of(const Sizes& dims) {
  if (dims.size() > Shape::max_rank) {
    throw OnnxProblem{fmt::format("has a weight of {} axes", dims.size())};
  }
  Shape shape;
  for (const std::int64_t dim : dims) {
    shape.append(static_cast<std::size_t>(dim));
  }
  return shape;
}

}  // namespace

StoredWeight weight_of(const std::string& name, const OnnxConstant& constant) {
  if (constant.integral) {
    throw OnnxProblem{"has whole numbers as weights"};
  }
  Tensor<float> values(shape_of(constant.dims));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values.data()[i] = constant.number(i);
  }
  return StoredWeight::of<float>(name, values.view());
}

void OnnxLayers::check_head(const OnnxData& data) const {
  if (data.stage != stage_) {
    throw OnnxProblem{no_chain};
  }
}

void OnnxLayers::append(OnnxData& data, const char* class_name, Json config) {
  check_head(data);
  layers_.push_back({{"class_name", class_name}, {"config", std::move(config)}});
  data.stage = ++stage_;
}

// ---- recurrent layers ----

Json OnnxLayers::run_config(const Strand& strand, bool sequences, bool backwards) const {
  const OnnxRun& run = runs_[strand.run];
  Json config = run.options[strand.direction];
  config["units"] = run.units;
  config["return_sequences"] = sequences;
  config["go_backwards"] = backwards;
  config["stateful"] = run.stateful;
  config["zero_output_for_mask"] = run.masked && sequences;
  return config;
}

void OnnxLayers::add_weights(const Strand& strand) {
  const auto& weights = runs_[strand.run].weights[strand.direction];
  weights_.insert(weights_.end(), weights.begin(), weights.end());
}

void OnnxLayers::commit(OnnxData& data) {
  if (!data.selection) {
    return;
  }
  const Selection selection = *data.selection;
  if (selection.strands.size() > 1 && selection.merge.empty()) {
    throw OnnxProblem{"takes both directions of a recurrent operator before they are joined"};
  }
  const auto [found, is_new] = committed_.emplace(selection, 0);
  if (is_new) {
    if (runs_[selection.strands[0].run].stage != stage_) {
      throw OnnxProblem{no_chain};
    }
    if (selection.strands.size() == 1) {
      add_plain_run(selection);
    } else {
      add_both_runs(selection);
    }
    found->second = ++stage_;
  }
  data.stage = found->second;
  data.selection.reset();
}

/// An operator reads in the order of its input. If that is not the order of the layers' tensor, the
/// layer reads the other way round.
void OnnxLayers::add_plain_run(const Selection& selection) {
  const Strand& strand = selection.strands[0];
  const OnnxRun& run = runs_[strand.run];
  const bool backwards = run.is_reverse(strand.direction) != run.reversed_inputs;
  if (run.masked && run.reversed_inputs) {
    throw OnnxProblem{"has lengths for a sequence in reversed order"};
  }
  layers_.push_back({{"class_name", run.class_name},
                     {"config", run_config(strand, selection.sequences, backwards)}});
  add_weights(strand);
}

void OnnxLayers::add_both_runs(const Selection& selection) {
  Strand forward = selection.strands[0], backward = selection.strands[1];
  const auto reverse = [&](const Strand& s) { return runs_[s.run].is_reverse(s.direction); };
  if (reverse(forward) && !reverse(backward) && selection.merge != "concat") {
    std::swap(forward, backward);  // their order does not matter
  }
  const OnnxRun &first = runs_[forward.run], &second = runs_[backward.run];
  if (reverse(forward) || !reverse(backward)) {
    throw OnnxProblem{"joins two outputs that are not those of a forward and a backward direction"};
  }
  if (first.stage != second.stage || first.class_name != second.class_name ||
      first.stateful != second.stateful || first.masked != second.masked || first.reversed_inputs) {
    throw OnnxProblem{"joins two recurrent operators of different inputs, classes or states"};
  }
  const auto layer = [&](const Strand& strand, bool backwards) {
    return Json{{"class_name", first.class_name},
                {"config", run_config(strand, selection.sequences, backwards)}};
  };
  layers_.push_back({{"class_name", "Bidirectional"},
                     {"config",
                      {{"merge_mode", selection.merge},
                       {"layer", layer(forward, false)},
                       {"backward_layer", layer(backward, true)}}}});
  add_weights(forward);
  add_weights(backward);
}

void OnnxLayers::take_step(OnnxData& data, bool last) {
  constexpr const char* wrong =
      "takes the last step of outputs whose final state is another one: of a backward direction "
      "the "
      "final state is that of the first step (h_n in PyTorch)";
  if (data.selection) {
    for (const Strand& strand : data.selection->strands) {
      const OnnxRun& run = runs_[strand.run];
      if (run.is_reverse(strand.direction) == last) {
        throw OnnxProblem{wrong};
      }
      if (run.masked) {
        throw OnnxProblem{"takes a step of outputs that have lengths: take the final state (Y_h)"};
      }
    }
    if (!data.selection->sequences) {
      throw OnnxProblem{"takes a step of what has no time"};
    }
    data.selection->sequences = false;
    return;
  }
  check_head(data);
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    Json& config = (*layer)["config"];
    if (config.contains("return_sequences") && data.reversed != last &&
        !config.value("zero_output_for_mask", false)) {
      config["return_sequences"] = false;
      data.stage = ++stage_;  // what still has all steps leads nowhere
      return;
    }
    if (config.contains("return_sequences") || config.contains("merge_mode")) {
      break;
    }
  }
  throw OnnxProblem{wrong};
}

// ---- other layers ----

void OnnxLayers::add_dense(OnnxData& data, const OnnxConstant& kernel, const std::string& name) {
  commit(data);
  std::int64_t& features = last_size(data);
  if (kernel.integral || kernel.dims.size() != 2 || kernel.dims[0] != features) {
    throw OnnxProblem{fmt::format("needs a matrix of {} rows", features)};
  }
  append(data, "Dense", {{"units", kernel.dims[1]}, {"use_bias", false}, {"activation", "linear"}});
  features = kernel.dims[1];
  weights_.push_back(weight_of(name, kernel));
}

bool OnnxLayers::ends_with_linear() const {
  return !layers_.empty() && layers_.back()["class_name"] == "Dense" &&
         layers_.back()["config"]["activation"] == "linear";
}

bool OnnxLayers::add_bias(OnnxData& data, const OnnxConstant& bias, const std::string& name) {
  if (data.selection || !ends_with_linear() || layers_.back()["config"]["use_bias"] == true) {
    return false;
  }
  check_head(data);
  const std::int64_t units = last_size(data);
  if (bias.integral || bias.dims.empty() || bias.dims.back() != units || bias.size() != units) {
    return false;
  }
  layers_.back()["config"]["use_bias"] = true;
  weights_.push_back(weight_of(name, reshaped(bias, {units})));
  return true;
}

/// Activations belong to layers: behind others than a Dense they get one that changes nothing.
void OnnxLayers::add_function(OnnxData& data, const std::string& keras_name) {
  commit(data);
  check_head(data);
  if (!ends_with_linear()) {
    const std::int64_t features = last_size(data);
    constexpr std::int64_t most_features = 1024;
    if (features > most_features) {
      throw OnnxProblem{
          fmt::format("is a function of {} features behind another layer than a "
                      "MatMul or Gemm",
                      features)};
    }
    std::vector<float> identity(static_cast<std::size_t>(features * features));
    for (std::int64_t i = 0; i < features; ++i) {
      identity[static_cast<std::size_t>(i * features + i)] = 1.0F;
    }
    add_dense(data, OnnxConstant::of({features, features}, std::move(identity)), "identity");
  }
  layers_.back()["config"]["activation"] = keras_name;
}

void OnnxLayers::add_embedding(OnnxData& ids, const OnnxConstant& table, const std::string& name) {
  if (table.integral || table.dims.size() != 2) {
    throw OnnxProblem{"looks up whole numbers in something else than a matrix"};
  }
  append(ids, "Embedding", {{"input_dim", table.dims[0]}, {"output_dim", table.dims[1]}});
  ids.ids = false;
  ids.axes.push_back({{{feature_label, table.dims[1]}}});
  weights_.push_back(weight_of(name, table));
}

void OnnxLayers::add_normalization(OnnxData& data,
                                   const OnnxConstant& scale,
                                   const OnnxConstant* bias,
                                   float epsilon) {
  commit(data);
  const std::int64_t features = last_size(data);
  if (scale.size() != features || (bias != nullptr && bias->size() != features)) {
    throw OnnxProblem{fmt::format("needs {} values for scale and bias", features)};
  }
  append(data,
         "LayerNormalization",
         {{"axis", -1}, {"epsilon", epsilon}, {"scale", true}, {"center", bias != nullptr}});
  weights_.push_back(weight_of("scale", reshaped(scale, {features})));
  if (bias != nullptr) {
    weights_.push_back(weight_of("bias", reshaped(*bias, {features})));
  }
}

}  // namespace rondo::detail
