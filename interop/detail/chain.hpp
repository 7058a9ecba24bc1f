/// A model's layers in a row with their weights: what the formats that have no layers of Keras are
/// written from, and what a file without layers is read into. For the sources of this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "rondo/core/json.hpp"
#include "rondo/core/tensor.hpp"
#include "rondo/interop/stored_model.hpp"

namespace rondo::detail {

/// Models inside models are opened, and so are wrappers that do nothing in a chain:
/// `TimeDistributed` is its layer, `RNN` over a cell the layer of this cell, over a stack one layer
/// for each cell.
struct ChainLayer {
  /// Names of layers from the model down: `encoder/gru`.
  std::string path;
  /// GRU, LSTM, SimpleRNN, Bidirectional, Dense, Embedding, LayerNormalization, Masking, Dropout.
  std::string class_name;
  /// The wrapper that was opened, else empty: `StackedRNNCells`.
  std::string opened;
  /// The value of `config`; of a Bidirectional without its layers.
  Json options;
  /// Of a Bidirectional: class GRU, LSTM or SimpleRNN, and the options of both.
  std::string inner_class = {};
  Json forward = {};
  Json backward = {};
  /// Keras' layout and order; empty until `take_weights_of`.
  std::vector<Tensor<float>> weights = {};

  [[nodiscard]] bool is_recurrent() const;
  [[nodiscard]] std::size_t num_weights() const;

  /// Of one direction of a recurrent layer.
  [[nodiscard]] const Json& direction(bool reverse) const;
  [[nodiscard]] const std::string& cell_class() const;
};

struct Chain {
  std::vector<ChainLayer> layers;
  /// As declared, with the batch; null: not declared.
  Json input_shape;
};

/// @param format  who cannot have what is no chain, for the text of errors
/// @throws ArgumentError naming a layer that is none of the above
[[nodiscard]] Chain chain_of(std::string_view format, const Json& config);

/// The chain of a model with its weights, as float.
[[nodiscard]] Chain chain_of(std::string_view format, const StoredModel& model);

/// Options of a layer, of the kind that `Json::value` gives, with a default for what is missing.
template <class Value>
Value option(const Json& options, const char* key, Value by_default) {
  const auto found = options.find(key);
  return found == options.end() || found->is_null() ? by_default : found->get<Value>();
}

/// An activation's name; `linear` for none.
[[nodiscard]] std::string activation_of(const Json& options, const char* key);

/// The number of gates: 3, 4 or 1.
[[nodiscard]] std::size_t gates_of(std::string_view cell_class);

/// `[format] layer 'gru': problem`
[[noreturn]] void refuse_layer(std::string_view format,
                               const ChainLayer& layer,
                               std::string_view problem);

// Gates of recurrent weights in another order, the matrix transposed: Keras' [rows, gates·units]
// and others' [gates·units, rows]. order[i]: which of Keras' gates is the i-th there.

using GateOrder = std::vector<std::size_t>;

void write_gates(TensorView<const float> keras, const GateOrder& order, float* out);
[[nodiscard]] Tensor<float> read_gates(const float* in,
                                       const GateOrder& order,
                                       std::size_t rows,
                                       std::size_t units);

}  // namespace rondo::detail
