/// Metrics that are a weighted mean over samples: of plain values, of losses, of losses' roots.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "rondo/core/ops_losses.hpp"
#include "rondo/core/tape.hpp"
#include "rondo/optim/metrics/metric.hpp"

namespace rondo {

/// Σ wᵢ vᵢ / Σ wᵢ of plain values: the loss of an epoch is the mean of batch losses, each with its
/// number of samples as weight.
class Mean {
 public:
  void update(double value, double weight = 1.0) {
    sums_[0] += value * weight;
    sums_[1] += weight;
  }

  /// 0 if the weights sum to 0.
  [[nodiscard]] double result() const { return sums_[1] == 0.0 ? 0.0 : sums_[0] / sums_[1]; }

  void reset() { sums_ = {}; }

  [[nodiscard]] std::span<double> state() { return sums_; }

 private:
  std::array<double, 2> sums_{};  // Σ w v, Σ w
};

/// A mean over samples, whose values a subclass computes. Values with more axes than [N] are
/// averaged over these first, as in Keras: if batches differ in their number of steps, a step of a
/// long batch weighs less.
template <Real T>
class MeanMetric : public Metric<T> {
 public:
  [[nodiscard]] double result() const override { return mean_.result(); }

  void reset() override { mean_.reset(); }

  [[nodiscard]] std::span<double> state() override { return mean_.state(); }

 protected:
  using Metric<T>::Metric;

  /// Adds Σ w v and Σ w of one batch. @param samples  shape of the samples
  void add(const Shape& samples, double values, double weights) {
    const std::size_t steps = samples.rank() > 1 ? samples.product(1, samples.rank()) : 1;
    add_exactly(values / static_cast<double>(steps), weights / static_cast<double>(steps));
  }

  /// The same with equal weight for every step.
  void add_exactly(double values, double weights) {
    if (weights != 0.0) {
      mean_.update(values / weights, weights);
    }
  }

 private:
  Mean mean_;
};

/// The mean of a loss that takes weights and masks.
template <Real T>
class LossMetric : public MeanMetric<T> {
 public:
  /// @param sign  −1 if the metric is the negative of the loss
  /// @throws ArgumentError if the loss does not take weights and masks
  LossMetric(std::string name, Loss<T> loss, double sign = 1.0);

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) override;

  [[nodiscard]] bool higher_is_better() const override { return sign_ < 0.0; }

 private:
  Loss<T> loss_;
  double sign_;
  std::unique_ptr<Tape<T>> tape_;  // on the heap, because a tape does not move
};

template <Real T = float>
class MeanSquaredError : public LossMetric<T> {
 public:
  explicit MeanSquaredError(std::string name = "mean_squared_error")
      : LossMetric<T>(std::move(name), mean_squared_error<T>) {}
};

/// The root of the mean of all squares.
template <Real T = float>
class RootMeanSquaredError : public LossMetric<T> {
 public:
  explicit RootMeanSquaredError(std::string name = "root_mean_squared_error")
      : LossMetric<T>(std::move(name), mean_squared_error<T>) {}

  [[nodiscard]] double result() const override;
};

template <Real T = float>
class MeanAbsoluteError : public LossMetric<T> {
 public:
  explicit MeanAbsoluteError(std::string name = "mean_absolute_error")
      : LossMetric<T>(std::move(name), mean_absolute_error<T>) {}
};

template <Real T = float>
class MeanAbsolutePercentageError : public LossMetric<T> {
 public:
  explicit MeanAbsolutePercentageError(std::string name = "mean_absolute_percentage_error")
      : LossMetric<T>(std::move(name), mean_absolute_percentage_error<T>) {}
};

/// The cosine itself, 1 for equal directions: the negative of the loss.
template <Real T = float>
class CosineSimilarity : public LossMetric<T> {
 public:
  explicit CosineSimilarity(std::string name = "cosine_similarity")
      : LossMetric<T>(std::move(name), cosine_similarity<T>, -1.0) {}
};

}  // namespace rondo
