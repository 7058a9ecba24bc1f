#include <array>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "rondo/tests/parity/subjects.hpp"

namespace rondo::parity {

namespace {

/// Attributes of ONNX' GRU. One pair of activations (gates, candidate) for each direction.
struct OnnxOptions {
  std::size_t hidden_size = 0;
  bool linear_before_reset = false;
  std::vector<bool> backwards{false};
  std::vector<Activation> activations;
};

/// ONNX' names with their default parameters.
Activation onnx_activation(const std::string& name) {
  static const std::map<std::string, std::string> names{{"Sigmoid", "sigmoid"},
                                                        {"Tanh", "tanh"},
                                                        {"Relu", "relu"},
                                                        {"Elu", "elu"},
                                                        {"Softplus", "softplus"},
                                                        {"Softsign", "softsign"}};
  if (const auto found = names.find(name); found != names.end()) {
    return found->second;
  }
  throw CaseError(fmt::format("activation '{}' of ONNX is not supported", name));
}

std::vector<bool> directions(const std::string& direction) {
  if (direction == "forward") {
    return {false};
  }
  if (direction == "reverse") {
    return {true};
  }
  if (direction == "bidirectional") {
    return {false, true};
  }
  throw CaseError(fmt::format("direction '{}' is unknown", direction));
}

OnnxOptions read_onnx_options(const Json& options) {
  OnnxOptions result;
  OptionReader reader(options, "onnx_gru");
  reader.read("hidden_size", result.hidden_size);
  reader.read<int>("linear_before_reset", [&](int v) { result.linear_before_reset = v != 0; });
  reader.read<std::string>("direction", [&](const auto& v) { result.backwards = directions(v); });
  reader.read<int>("layout", [](int layout) {
    if (layout != 0) {
      throw CaseError("layout 1 is not part of these cases");
    }
  });
  reader.read<std::vector<std::string>>("activations", [&](const auto& names) {
    result.activations.assign(names.size(), "linear");
    std::transform(names.begin(), names.end(), result.activations.begin(), onnx_activation);
  });
  reader.finish();
  if (result.activations.empty()) {
    for (std::size_t d = 0; d < result.backwards.size(); ++d) {
      result.activations.insert(result.activations.end(), {"sigmoid", "tanh"});
    }
  }
  if (result.activations.size() != 2 * result.backwards.size()) {
    throw CaseError("two activations are needed for each direction");
  }
  return result;
}

template <Real T>
class OnnxSubject : public Subject<T> {
 public:
  OnnxSubject(OnnxOptions options, UseFused path) : options_(std::move(options)) {
    for (std::size_t d = 0; d < options_.backwards.size(); ++d) {
      layers_.push_back(
          std::make_unique<GRU<T>>(GRUOptions{.units = options_.hidden_size,
                                              .activation = options_.activations[2 * d + 1],
                                              .recurrent_activation = options_.activations[2 * d],
                                              .return_sequences = true,
                                              .go_backwards = options_.backwards[d],
                                              .time_major = true,
                                              .reset_after = options_.linear_before_reset,
                                              .zero_output_for_mask = true,
                                              .use_fused = path}));
      this->cells_.push_back(&layers_.back()->cell());
    }
  }

  void build(const Shape& input_shape) override {
    for (const auto& layer : layers_) {
      layer->build(input_shape.erase(1));
    }
  }

  /// Y [T, directions, B, u], then the final state of each direction.
  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) override {
    std::vector<Variable<T>> outputs;
    std::vector<Variable<T>> results{x};
    for (std::size_t d = 0; d < layers_.size(); ++d) {
      CallOptions<T> inner = options;
      if (!options.initial_state.empty()) {
        inner.initial_state = options.initial_state.subspan(d, 1);
      }
      const auto result = layers_[d]->run(x, inner);
      outputs.push_back(options_.backwards[d] ? flipped(result.output) : result.output);
      results.push_back(result.states[0]);
    }
    results[0] = stack(std::span<const Variable<T>>(outputs), 1);
    return results;
  }

  /// Without B the biases are zero.
  [[nodiscard]] std::vector<CellArrays> arrays(const Json& weights) const override {
    NamedTensors<double> onnx = named_arrays(weights);
    for (const auto& [name, array] : onnx) {
      if (name != "W" && name != "R" && name != "B") {
        throw CaseError(fmt::format("ONNX has no weight '{}'", name));
      }
    }
    onnx.try_emplace("B", Tensor<double>::zeros({layers_.size(), 6 * options_.hidden_size}));
    std::vector<CellArrays> result;
    for (GRUWeights<double>& direction : from_onnx(onnx, options_.linear_before_reset)) {
      result.push_back(cell_arrays(std::move(direction)));
    }
    return result;
  }

 private:
  /// ONNX returns the steps of both directions in the order of time.
  static Variable<T> flipped(const Variable<T>& sequence) {
    std::vector<std::int32_t> order(sequence.shape()[0]);
    std::iota(order.rbegin(), order.rend(), 0);
    return gather(sequence, std::span<const std::int32_t>(order));
  }

  OnnxOptions options_;
  std::vector<std::unique_ptr<GRU<T>>> layers_;
};

}  // namespace

template <Real T>
std::unique_ptr<Subject<T>> make_onnx_subject(const Json& options, UseFused path) {
  return std::make_unique<OnnxSubject<T>>(read_onnx_options(options), path);
}

template std::unique_ptr<Subject<float>> make_onnx_subject(const Json&, UseFused);
template std::unique_ptr<Subject<double>> make_onnx_subject(const Json&, UseFused);

}  // namespace rondo::parity
