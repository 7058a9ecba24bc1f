/// The layers that a graph turns out to be, as they are found. For the sources of this folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/interop/detail/onnx_values.hpp"

namespace rondo::detail {

/// What is wrong with a node, whose name and operator the catcher adds.
struct OnnxProblem {
  std::string text;
};

/// A recurrent operator.
struct OnnxRun {
  std::string class_name;  // GRU, LSTM, SimpleRNN
  std::int64_t units = 0;
  std::int64_t features = 0;
  /// Options of the layer for each direction: activations, reset_after, use_bias.
  std::vector<Json> options = {};
  /// Keras' weights for each direction.
  std::vector<std::vector<StoredWeight>> weights = {};
  bool reverse = false;  // of the only direction
  bool stateful = false;
  bool masked = false;  // with lengths
  /// Its inputs.
  std::size_t stage = 0;
  bool reversed_inputs = false;

  [[nodiscard]] bool is_reverse(std::size_t direction) const { return reverse || direction == 1; }
};

/// A list of layers that only grows at its end: what is attached elsewhere is no chain.
class OnnxLayers {
 public:
  std::size_t add_run(OnnxRun run) {
    runs_.push_back(std::move(run));
    return runs_.size() - 1;
  }

  [[nodiscard]] const OnnxRun& run(std::size_t i) const { return runs_[i]; }

  /// Makes the layer that a selection is, once.
  /// @throws OnnxProblem, as all below
  void commit(OnnxData& data);

  void add_dense(OnnxData& data, const OnnxConstant& kernel, const std::string& name);
  /// @return whether the last layer takes this bias
  [[nodiscard]] bool add_bias(OnnxData& data, const OnnxConstant& bias, const std::string& name);
  void add_function(OnnxData& data, const std::string& keras_name);
  void add_embedding(OnnxData& ids, const OnnxConstant& table, const std::string& name);
  void add_normalization(OnnxData& data,
                         const OnnxConstant& scale,
                         const OnnxConstant* bias,
                         float epsilon);

  /// Only the last step goes on, or the first: of a selection, or of the last recurrent layer.
  void take_step(OnnxData& data, bool last);

  /// @throws OnnxProblem unless all layers lead here
  void check_head(const OnnxData& data) const;

  [[nodiscard]] Json take_configs() { return std::move(layers_); }

  [[nodiscard]] std::vector<StoredWeight> take_weights() { return std::move(weights_); }

 private:
  void append(OnnxData& data, const char* class_name, Json config);
  void add_plain_run(const Selection& selection);
  void add_both_runs(const Selection& selection);
  [[nodiscard]] Json run_config(const Strand& strand, bool sequences, bool backwards) const;
  void add_weights(const Strand& strand);
  [[nodiscard]] bool ends_with_linear() const;

  std::size_t stage_ = 0;  // grows with each change; data of an earlier one is no head
  std::vector<OnnxRun> runs_;
  Json layers_ = Json::array();
  std::vector<StoredWeight> weights_;
  std::map<Selection, std::size_t> committed_;
};

/// A tensor of the file as one of a model, by its own name.
[[nodiscard]] StoredWeight weight_of(const std::string& name, const OnnxConstant& constant);

}  // namespace rondo::detail
