/// GRU weights in the layouts of other systems, both ways, as functions on tensors. `GRUWeights`,
/// Keras' layout, is in the middle: every other one converts to it and from it.
///
/// | from \ to          | PyTorch, cuDNN, ONNX lbr 1, oneDNN lbr_gru | V1, ONNX lbr 0, oneDNN gru |
/// | reset_after = true | exact                                      | impossible                 |
/// | reset_after = false| impossible                                 | exact                      |
///
/// Impossible, because r ∘ (h U) is not (r ∘ h) U. Gradients of weights convert by the same
/// functions; where two biases are added into one, `Convert::gradients` says that gradients are
/// meant.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "rondo/layers/recurrent/gru_cell.hpp"

namespace rondo {

/// Tensors under the names their system gives them.
template <Real T>
using NamedTensors = std::map<std::string, Tensor<T>>;

/// Keras' weights of a GRU, or their gradients; blocks of columns z, r, h.
template <Real T>
struct GRUWeights {
  /// [F, 3·units]
  Tensor<T> kernel = {};
  /// [units, 3·units]
  Tensor<T> recurrent_kernel = {};
  /// [2, 3·units] with reset_after, else [3·units]; empty (size 0) without bias.
  Tensor<T> bias = {};
  bool reset_after = true;
  /// Names; empty: not known.
  std::string activation = {};
  std::string recurrent_activation = {};

  [[nodiscard]] std::size_t features() const { return kernel.shape()[0]; }

  [[nodiscard]] std::size_t units() const { return recurrent_kernel.shape()[0]; }
};

/// What the numbers are. The gradient of a sum of biases is the gradient of each of them.
enum class Convert { values, gradients };

/// Copies of a cell's weights. @throws StateError unless the cell is built
template <Real T>
[[nodiscard]] GRUWeights<T> gru_weights(const GRUCell<T>& cell);

/// Copies of the gradients that have arrived at a cell's weights.
template <Real T>
[[nodiscard]] GRUWeights<T> gru_gradients(const GRUCell<T>& cell);

/// Gives a built cell these weights. A cell with a bias takes weights without one as a bias of 0.
/// @throws ArgumentError  if reset_after, a known activation or the presence of a bias do not agree
/// @throws ShapeError     if sizes do not agree
template <Real T>
void set_gru_weights(GRUCell<T>& cell, const GRUWeights<T>& weights);

// All functions below throw ArgumentError where there is no exact conversion (the reset gate,
// activations other than the ones that the system fixes), or for a name that is missing; ShapeError
// for tensors that do not fit one another.

// ---- PyTorch: nn.GRU, nn.GRUCell; gates r, z, n, matrices transposed ----

/// `_l0`, `_l1_reverse`, … of a layer of nn.GRU. nn.GRUCell's names have no suffix.
[[nodiscard]] std::string torch_suffix(std::size_t layer, bool reverse = false);

/// weight_ih [3u, F], weight_hh [3u, u], bias_ih [3u], bias_hh [3u], each with the suffix.
template <Real T>
[[nodiscard]] NamedTensors<T> to_torch(const GRUWeights<T>& weights,
                                       const std::string& suffix = "_l0");

/// Other names are left alone, so that a whole state_dict can be given, layer by layer.
template <Real T>
[[nodiscard]] GRUWeights<T> from_torch(const NamedTensors<T>& torch,
                                       const std::string& suffix = "_l0");

// ---- ONNX: the operator GRU; gates z, r, h, matrices transposed ----

/// W [dirs, 3u, F], R [dirs, 3u, u], B [dirs, 6u]; forward first. The operator's activations are an
/// attribute, so any are accepted here.
/// @param linear_before_reset  the attribute of the operator: must be reset_after
template <Real T>
[[nodiscard]] NamedTensors<T> to_onnx(std::span<const GRUWeights<T>> directions,
                                      bool linear_before_reset,
                                      Convert what = Convert::values);

/// One entry per direction. Without linear_before_reset both biases are added up.
template <Real T>
[[nodiscard]] std::vector<GRUWeights<T>> from_onnx(const NamedTensors<T>& onnx,
                                                   bool linear_before_reset,
                                                   Convert what = Convert::values);

// ---- cuDNN ----

/// The flat blob of parameters: matrices r, z, n of the inputs, each transposed, those of the
/// state, then the input biases and the recurrent biases. A missing bias becomes 0.
/// @return [3u·F + 3u·u + 6u]
template <Real T>
[[nodiscard]] Tensor<T> to_cudnn(const GRUWeights<T>& weights);

template <Real T>
[[nodiscard]] GRUWeights<T> from_cudnn(TensorView<const T> blob,
                                       std::size_t features,
                                       std::size_t units);

/// As Keras 2 saved its layer CuDNNGRU: kernel [F, 3u] and recurrent_kernel [u, 3u] with their
/// blocks rewritten in column-major order, bias [6u]. A missing bias becomes 0.
template <Real T>
[[nodiscard]] NamedTensors<T> to_cudnn_gru(const GRUWeights<T>& weights);

template <Real T>
[[nodiscard]] GRUWeights<T> from_cudnn_gru(const NamedTensors<T>& saved);

// ---- oneDNN: gates u, r, o, which are z, r, h ----

enum class OneDNNCell { gru, lbr_gru };

/// weights_layer [F, 3, u], weights_iter [u, 3, u] (ldigo with one layer and direction), bias [3,
/// u] or, for lbr_gru, [4, u]: z, r, the candidate's input bias, its recurrent bias. The rows z and
/// r of lbr_gru are sums of both biases. A missing bias becomes 0.
template <Real T>
[[nodiscard]] NamedTensors<T> to_onednn(const GRUWeights<T>& weights,
                                        OneDNNCell cell,
                                        Convert what = Convert::values);

/// Sums come back as input biases, with recurrent biases of 0; a gradient of a sum goes to both.
template <Real T>
[[nodiscard]] GRUWeights<T> from_onednn(const NamedTensors<T>& onednn,
                                        OneDNNCell cell,
                                        Convert what = Convert::values);

// ---- tf.compat.v1: V1GRUCell, GRUBlockCell; gates r, z beside one another, candidate apart ----

/// gates/kernel [F + u, 2u], gates/bias [2u], candidate/kernel [F + u, u], candidate/bias [u]. A
/// missing bias becomes 0.
template <Real T>
[[nodiscard]] NamedTensors<T> to_v1(const GRUWeights<T>& weights);

template <Real T>
[[nodiscard]] GRUWeights<T> from_v1(const NamedTensors<T>& v1);

}  // namespace rondo
