/// How often a prediction is right.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "rondo/optim/metrics/mean.hpp"

namespace rondo {

/// How often p > threshold equals y: per sample a mean over the last axis of predictions [.., F].
template <Real T = float>
class BinaryAccuracy : public MeanMetric<T> {
 public:
  explicit BinaryAccuracy(double threshold = 0.5, std::string name = "binary_accuracy")
      : MeanMetric<T>(std::move(name)), threshold_(threshold) {}

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] bool higher_is_better() const override { return true; }

 private:
  double threshold_;
};

/// How the right class is given.
enum class TargetKind {
  one_hot,  ///< targets [.., C]: where the largest is
  label,    ///< targets [..] or [.., 1]: its index
};

/// How often fewer than k classes have a higher score than the right one. Scores that equal it do
/// not count, unless k = 1, where of equal scores the first is the prediction (Keras' argmax).
template <Real T = float>
class ClassAccuracy : public MeanMetric<T> {
 public:
  /// @throws ArgumentError if k is 0
  ClassAccuracy(TargetKind kind, std::size_t k, bool argmax, std::string name);

  /// @throws ArgumentError for a label that is no class, unless it has weight 0
  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] bool higher_is_better() const override { return true; }

 private:
  [[nodiscard]] bool is_right(const T* scores, std::size_t right, std::size_t classes) const;

  TargetKind kind_;
  std::size_t k_;
  bool argmax_;
};

/// argmax of predictions [.., C] = argmax of targets [.., C]
template <Real T = float>
class CategoricalAccuracy : public ClassAccuracy<T> {
 public:
  explicit CategoricalAccuracy(std::string name = "categorical_accuracy")
      : ClassAccuracy<T>(TargetKind::one_hot, 1, true, std::move(name)) {}
};

/// argmax of predictions [.., C] = label [..]
template <Real T = float>
class SparseCategoricalAccuracy : public ClassAccuracy<T> {
 public:
  explicit SparseCategoricalAccuracy(std::string name = "sparse_categorical_accuracy")
      : ClassAccuracy<T>(TargetKind::label, 1, true, std::move(name)) {}
};

/// The target's score is among the k largest; equal ones count as inside.
template <Real T = float>
class TopKCategoricalAccuracy : public ClassAccuracy<T> {
 public:
  explicit TopKCategoricalAccuracy(std::size_t k = 5,
                                   std::string name = "top_k_categorical_accuracy")
      : ClassAccuracy<T>(TargetKind::one_hot, k, false, std::move(name)) {}
};

template <Real T = float>
class SparseTopKCategoricalAccuracy : public ClassAccuracy<T> {
 public:
  explicit SparseTopKCategoricalAccuracy(std::size_t k = 5,
                                         std::string name = "sparse_top_k_categorical_accuracy")
      : ClassAccuracy<T>(TargetKind::label, k, false, std::move(name)) {}
};

/// What "accuracy" means in Keras' compile, by the shapes of the first update: binary if the last
/// axis of the predictions is 1; else sparse if targets have an axis less or a last one of size 1;
/// else categorical.
template <Real T = float>
class ResolvedAccuracy : public Metric<T> {
 public:
  explicit ResolvedAccuracy(std::string name = "accuracy");

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] double result() const override { return chosen_->result(); }

  void reset() override { chosen_->reset(); }

  [[nodiscard]] bool higher_is_better() const override { return true; }

  [[nodiscard]] std::span<double> state() override { return chosen_->state(); }

 private:
  Metric<T>& metric_for(const Shape& predictions, const Shape& targets);

  std::unique_ptr<Metric<T>> chosen_;
  bool resolved_ = false;
};

}  // namespace rondo
