/// Metrics from true and false positives and negatives.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rondo/optim/metrics/metric.hpp"

namespace rondo {

struct PrecisionOptions {
  /// p > threshold counts as positive; 0.5 if it is not given, or any p if top_k is.
  std::optional<double> threshold = std::nullopt;
  /// Only the k largest of the last axis can be positive; of equal ones the first.
  std::optional<std::size_t> top_k = std::nullopt;
  /// Looks at this index of the last axis alone.
  std::optional<std::size_t> class_id = std::nullopt;
};

using RecallOptions = PrecisionOptions;

/// What Precision and Recall share: weighted counts over all elements of predictions [.., C];
/// targets of the same shape count as positive unless they are 0.
template <Real T>
class ConfusionMetric : public Metric<T> {
 public:
  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  void reset() override { counts_ = {}; }

  [[nodiscard]] bool higher_is_better() const override { return true; }

  [[nodiscard]] std::span<double> state() override { return counts_; }

 protected:
  /// @throws ArgumentError if top_k is 0
  ConfusionMetric(const PrecisionOptions& options, std::string name);

  [[nodiscard]] double true_positives() const { return counts_[0]; }

  [[nodiscard]] double false_positives() const { return counts_[1]; }

  [[nodiscard]] double false_negatives() const { return counts_[2]; }

 private:
  void find_largest(const T* row, std::size_t width);

  PrecisionOptions options_;
  double threshold_;
  std::array<double, 3> counts_{};
  std::vector<std::size_t> places_;  // of a row, the largest first
  std::vector<bool> is_large_;       // of a row
};

/// TP / (TP + FP)
template <Real T = float>
class Precision : public ConfusionMetric<T> {
 public:
  explicit Precision(const PrecisionOptions& options = {}, std::string name = "precision")
      : ConfusionMetric<T>(options, std::move(name)) {}

  [[nodiscard]] double result() const override;
};

/// TP / (TP + FN)
template <Real T = float>
class Recall : public ConfusionMetric<T> {
 public:
  explicit Recall(const RecallOptions& options = {}, std::string name = "recall")
      : ConfusionMetric<T>(options, std::move(name)) {}

  [[nodiscard]] double result() const override;
};

/// How the scores of the classes become one.
enum class Average {
  micro,     ///< from the counts of all classes together
  macro,     ///< the mean over classes
  weighted,  ///< weighted with how often a class occurs
};

struct F1ScoreOptions {
  /// Keras' default, one score per class, is `per_class()`.
  Average average = Average::macro;
  /// p > threshold counts as positive; if it is not given, the largest of a row.
  std::optional<double> threshold = std::nullopt;
};

/// 2 P R / (P + R) of predictions and one-hot targets [.., C]; 1e-7 is added to each denominator.
template <Real T = float>
class F1Score : public Metric<T> {
 public:
  explicit F1Score(const F1ScoreOptions& options = {}, std::string name = "f1_score")
      : Metric<T>(std::move(name)), options_(options) {}

  /// @throws ShapeError if the number of classes changes, or shapes do not fit
  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] double result() const override;

  /// [C]; empty before the first update
  [[nodiscard]] std::vector<double> per_class() const;

  void reset() override { std::fill(sums_.begin(), sums_.end(), 0.0); }

  [[nodiscard]] bool higher_is_better() const override { return true; }

  [[nodiscard]] std::span<double> state() override { return sums_; }

 private:
  struct Counts {
    double true_positives = 0.0;
    double predicted = 0.0;  // TP + FP
    double actual = 0.0;     // TP + FN
  };

  [[nodiscard]] Counts counts(std::size_t c) const;
  [[nodiscard]] static double score(const Counts& counts);

  F1ScoreOptions options_;
  std::vector<double> sums_;  // TP, predicted and actual of each class
};

enum class Curve {
  roc,  ///< true positive rate over false positive rate
  pr,   ///< precision over recall
};

enum class Summation { interpolation, minoring, majoring };

struct AUCOptions {
  /// Evenly spaced from 0 to 1, > 1.
  std::size_t num_thresholds = 200;
  Curve curve = Curve::roc;
  /// For a PR curve `interpolation` is that of Davis and Goadrich 2006, not the trapezoid.
  Summation summation_method = Summation::interpolation;
  /// Instead of num_thresholds: any values in [0, 1]; thresholds below 0 and above 1 are added.
  std::vector<double> thresholds = {};
  /// Predictions go through a sigmoid first.
  bool from_logits = false;
};

/// The area under a curve that is known at some thresholds, over all elements of predictions
/// in [0, 1] and targets of one shape.
template <Real T = float>
class AUC : public Metric<T> {
 public:
  /// @throws ArgumentError if there are fewer than two thresholds or one lies outside [0, 1]
  explicit AUC(const AUCOptions& options = {}, std::string name = "auc");

  /// @throws ArgumentError for a prediction outside [0, 1], unless its sample has weight 0
  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] double result() const override;

  void reset() override { std::fill(sums_.begin(), sums_.end(), 0.0); }

  [[nodiscard]] bool higher_is_better() const override { return true; }

  [[nodiscard]] std::span<double> state() override { return sums_; }

 private:
  [[nodiscard]] std::size_t bucket(double prediction) const;
  [[nodiscard]] double area(std::span<const double> tp, std::span<const double> fp) const;
  [[nodiscard]] double interpolated_pr(std::span<const double> tp,
                                       std::span<const double> fp) const;

  AUCOptions options_;
  std::vector<double> thresholds_;     // ascending, from below 0 to above 1
  std::vector<double> sums_;           // weights of positives, then of negatives, per bucket
  mutable std::vector<double> above_;  // result's, kept so that it does not allocate
};

}  // namespace rondo
