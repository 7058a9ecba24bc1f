#include <vector>

#include "rondo/tests/parity/subjects.hpp"

namespace rondo::parity {

namespace {

/// Constructor arguments of torch.nn.GRU, and whether torch.nn.GRUCell is meant.
struct TorchOptions {
  std::size_t input_size = 0;
  std::size_t hidden_size = 0;
  std::size_t num_layers = 1;
  bool bias = true;
  bool batch_first = false;
  double dropout = 0.0;
  bool bidirectional = false;
  bool cell = false;
};

TorchOptions read_torch_options(const Json& options) {
  TorchOptions result;
  OptionReader reader(options, "torch_gru");
  reader.read("input_size", result.input_size);
  reader.read("hidden_size", result.hidden_size);
  reader.read("num_layers", result.num_layers);
  reader.read("bias", result.bias);
  reader.read("batch_first", result.batch_first);
  reader.read("dropout", result.dropout);
  reader.read("bidirectional", result.bidirectional);
  reader.read("cell", result.cell);
  reader.ignore("device");  // where, not what
  reader.ignore("dtype");   // the case has one
  reader.finish();
  if (result.dropout != 0.0 && result.num_layers > 1) {
    throw CaseError("dropout between torch's layers cannot be compared: its masks are not given");
  }
  return result;
}

std::vector<std::string> suffixes(const TorchOptions& o) {
  if (o.cell) {
    return {""};
  }
  std::vector<std::string> result;
  for (std::size_t k = 0; k < o.num_layers; ++k) {
    result.push_back(torch_suffix(k));
    if (o.bidirectional) {
      result.push_back(torch_suffix(k, true));
    }
  }
  return result;
}

/// The arrays of every direction of every layer, in torch's order.
std::vector<CellArrays> torch_arrays(const TorchOptions& o, const Json& weights) {
  const NamedTensors<double> torch = named_arrays(weights);
  std::vector<CellArrays> result;
  std::size_t read = 0;
  for (const std::string& suffix : suffixes(o)) {
    result.push_back(cell_arrays(from_torch(torch, suffix)));
    read += result.back().contains("bias") ? 4 : 2;
  }
  if (read != torch.size()) {
    throw CaseError("weights that torch's GRU of these options does not have");
  }
  return result;
}

template <Real T>
class TorchCell : public Subject<T> {
 public:
  explicit TorchCell(TorchOptions options)
      : options_(options), cell_({.units = options.hidden_size, .use_bias = options.bias}) {
    this->cells_ = {&cell_};
  }

  void build(const Shape& input_shape) override { cell_.build(input_shape.erase(0)); }

  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) override {
    if (!options.initial_state.empty()) {
      return flat(cell_.run(x, options));
    }
    const Shape shape{x.shape()[0], options_.hidden_size};
    const std::array zeros{x.tape().constant(Tensor<T>::zeros(shape))};
    return flat(cell_.run(x, {.training = options.training, .initial_state = zeros}));
  }

  [[nodiscard]] std::vector<CellArrays> arrays(const Json& weights) const override {
    return torch_arrays(options_, weights);
  }

 private:
  TorchOptions options_;
  GRUCell<T> cell_;
};

/// Layers one after another, each in one or both directions.
template <Real T>
class TorchGRU : public Subject<T> {
 public:
  TorchGRU(TorchOptions options, UseFused path) : options_(options) {
    const GRUOptions gru{.units = options.hidden_size,
                         .use_bias = options.bias,
                         .return_sequences = true,
                         .time_major = !options.batch_first,
                         .use_fused = path};
    for (std::size_t k = 0; k < options.num_layers; ++k) {
      if (options.bidirectional) {
        both_.push_back(std::make_unique<Bidirectional<T>>(GRU<T>(gru)));
        this->cells_.push_back(&both_.back()->forward_layer().cell());
        this->cells_.push_back(&both_.back()->backward_layer().cell());
      } else {
        one_.push_back(std::make_unique<GRU<T>>(gru));
        this->cells_.push_back(&one_.back()->cell());
      }
    }
  }

  void build(const Shape& input_shape) override {
    const std::size_t width = options_.hidden_size * (options_.bidirectional ? 2 : 1);
    Shape shape = input_shape.erase(options_.batch_first ? 0 : 1);
    for (std::size_t k = 0; k < options_.num_layers; ++k) {
      if (options_.bidirectional) {
        both_[k]->build(shape);
      } else {
        one_[k]->build(shape);
      }
      shape = shape.with_dim(1, width);
    }
  }

  std::vector<Variable<T>> run(const Variable<T>& x, const CallOptions<T>& options) override {
    std::vector<Variable<T>> results{x};
    const std::size_t directions = options_.bidirectional ? 2 : 1;
    for (std::size_t k = 0; k < options_.num_layers; ++k) {
      CallOptions<T> inner = options;
      if (!options.initial_state.empty()) {
        inner.initial_state = options.initial_state.subspan(k * directions, directions);
      }
      run_layer(k, results, inner);
    }
    return results;
  }

  [[nodiscard]] std::vector<CellArrays> arrays(const Json& weights) const override {
    return torch_arrays(options_, weights);
  }

 private:
  /// results: the layer's input, replaced by its output; its states are appended.
  void run_layer(std::size_t k, std::vector<Variable<T>>& results, const CallOptions<T>& options) {
    const auto append = [&](std::span<const Variable<T>> states) {
      results.insert(results.end(), states.begin(), states.end());
    };
    if (!options_.bidirectional) {
      const auto result = one_[k]->run(results[0], options);
      results[0] = result.output;
      append(result.states);
      return;
    }
    const auto result = both_[k]->run_both(results[0], options);
    results[0] = both_[k]->merge(result);
    append(result.forward.states);
    append(result.backward.states);
  }

  TorchOptions options_;
  std::vector<std::unique_ptr<GRU<T>>> one_;
  std::vector<std::unique_ptr<Bidirectional<T>>> both_;
};

}  // namespace

template <Real T>
std::unique_ptr<Subject<T>> make_torch_subject(const Json& options, UseFused path) {
  const TorchOptions read = read_torch_options(options);
  if (read.cell) {
    return std::make_unique<TorchCell<T>>(read);
  }
  return std::make_unique<TorchGRU<T>>(read, path);
}

template std::unique_ptr<Subject<float>> make_torch_subject(const Json&, UseFused);
template std::unique_ptr<Subject<double>> make_torch_subject(const Json&, UseFused);

}  // namespace rondo::parity
