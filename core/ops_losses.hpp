/// Losses as single ops: mean over all elements resp. samples, in Keras' formulas and defaults.
/// Targets are copied onto the tape. A trailing axis of size 1 that only one side has is ignored.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>

#include "rondo/core/tape.hpp"

namespace rondo {

/// What `Trainer` minimises: a scalar from predictions [N, ..] and targets.
template <Real T>
using Loss = std::function<Variable<T>(const Variable<T>&, TensorView<const T>)>;

/// mean (y − p)². @throws ShapeError if the shapes differ
template <Real T>
Variable<T> mean_squared_error(const Variable<T>& predictions,
                               std::type_identity_t<TensorView<const T>> targets);

/// mean |y − p|
template <Real T>
Variable<T> mean_absolute_error(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets);

/// mean of e²/2 for |e| ≤ delta, else delta |e| − delta²/2 (Huber 1964).
/// @throws ArgumentError unless delta > 0
template <Real T>
Variable<T> huber(const Variable<T>& predictions,
                  std::type_identity_t<TensorView<const T>> targets,
                  double delta = 1.0);

struct CrossentropyOptions {
  /// Predictions are unnormalised; otherwise they are probabilities, clipped to [1e-7, 1 − 1e-7].
  bool from_logits = false;
  /// Share of the target that is spread evenly over the classes, in [0, 1].
  double label_smoothing = 0.0;
};

/// mean of −y log p − (1−y) log(1−p); targets in [0, 1], shaped like the predictions.
/// @throws ArgumentError for a target outside [0, 1]
template <Real T>
Variable<T> binary_crossentropy(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets,
                                CrossentropyOptions options = {});

/// mean over samples of −Σ_c y_c log p_c; probabilities are renormalised to sum 1 first.
/// @param predictions, targets  [.., C]
template <Real T>
Variable<T> categorical_crossentropy(const Variable<T>& predictions,
                                     std::type_identity_t<TensorView<const T>> targets,
                                     CrossentropyOptions options = {});

struct SparseCrossentropyOptions {
  bool from_logits = false;
  /// Samples with this label are left out of the mean.
  std::optional<int> ignore_class = std::nullopt;
};

/// mean over samples of −log p[label].
/// @param predictions  [.., C]
/// @param labels       [..] or [.., 1], whole numbers in [0, C)
/// @throws ArgumentError for a label that is not whole or out of range
template <Real T>
Variable<T> sparse_categorical_crossentropy(const Variable<T>& predictions,
                                            std::type_identity_t<TensorView<const T>> labels,
                                            SparseCrossentropyOptions options = {});
template <Real T>
Variable<T> sparse_categorical_crossentropy(const Variable<T>& predictions,
                                            std::span<const std::int32_t> labels,
                                            SparseCrossentropyOptions options = {});

}  // namespace rondo
