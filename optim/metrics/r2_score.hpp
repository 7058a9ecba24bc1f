/// The coefficient of determination.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "rondo/optim/metrics/metric.hpp"

namespace rondo {

enum class ClassAggregation {
  uniform_average,            ///< the mean over outputs
  variance_weighted_average,  ///< weighted with the variance of the targets
};

struct R2ScoreOptions {
  ClassAggregation class_aggregation = ClassAggregation::uniform_average;
  /// p of the adjusted score 1 − (1 − R²)(n − 1)/(n − p − 1); 0, or too many for n values: not
  /// adjusted. n counts all target values, as Keras does.
  std::size_t num_regressors = 0;
};

/// Per output of predictions [.., F]: 1 − Σ w (y − p)² / Σ w (y − ȳ)² with the weighted mean ȳ. Of
/// targets that do not vary 1 if all are met exactly, else 0 (Keras: NaN and 0). The sums are
/// updated as by West (1979), CACM 22(9): Keras' difference of two large sums loses digits.
template <Real T = float>
class R2Score : public Metric<T> {
 public:
  explicit R2Score(const R2ScoreOptions& options = {}, std::string name = "r2_score")
      : Metric<T>(std::move(name)), options_(options) {}

  /// @throws ShapeError if the number of outputs changes, or shapes do not fit
  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] double result() const override;

  void reset() override;

  [[nodiscard]] bool higher_is_better() const override { return true; }

  [[nodiscard]] std::span<double> state() override { return sums_; }

  /// Of two means with their squares around them: Chan, Golub and LeVeque (1983).
  void merge(std::span<const double> sums) override;

 private:
  R2ScoreOptions options_;
  std::vector<double> sums_;  // ȳ, Σ w (y − ȳ)², Σ w (y − p)² of each output; Σ w; number of values
};

}  // namespace rondo
