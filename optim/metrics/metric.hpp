/// What metrics have in common: sums that grow from batch to batch, and what they are now.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// Keras' metrics: `update` for each batch, `result` at any time, `reset` for a new epoch. Sums are
/// in double. After the first update of the largest size, none of this touches the heap.
template <Real T>
class Metric {
 public:
  using value_type = T;

  virtual ~Metric() = default;

  /// @param predictions     [N, ..]
  /// @param targets         as the metric says; a trailing axis of size 1 may be missing
  /// @param sample_weights  one per sample, or fewer axes: for samples [N, S] either [N, S] or [N]
  /// @param mask            shaped in the same way; false leaves a sample out
  /// @throws ShapeError if they do not fit one another
  virtual void update(TensorView<const T> predictions,
                      TensorView<const T> targets,
                      TensorView<const T> sample_weights = {},
                      TensorView<const bool> mask = {}) = 0;

  /// Of all updates since `reset`; 0 where nothing can be divided, as in Keras.
  [[nodiscard]] virtual double result() const = 0;

  /// Forgets all updates.
  virtual void reset() = 0;

  /// The key in logs and histories.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Whether a larger value is a better one, for callbacks that watch the metric.
  [[nodiscard]] virtual bool higher_is_better() const = 0;

  /// The sums, to go on in the middle of an epoch. Those with a value per output or class are empty
  /// before the first update.
  [[nodiscard]] virtual std::span<double> state() = 0;

 protected:
  explicit Metric(std::string name) : name_(std::move(name)) {}

  Metric(Metric&&) noexcept = default;
  Metric& operator=(Metric&&) noexcept = default;

 private:
  std::string name_;
};

/// A metric of any kind as a value.
template <Real T>
class MadeMetric {
 public:
  explicit MadeMetric(std::unique_ptr<Metric<T>> metric) : metric_(std::move(metric)) {}

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights = {},
              TensorView<const bool> mask = {}) {
    metric_->update(predictions, targets, sample_weights, mask);
  }

  [[nodiscard]] double result() const { return metric_->result(); }

  void reset() { metric_->reset(); }

  [[nodiscard]] const std::string& name() const { return metric_->name(); }

  [[nodiscard]] bool higher_is_better() const { return metric_->higher_is_better(); }

  [[nodiscard]] std::span<double> state() { return metric_->state(); }

 private:
  std::unique_ptr<Metric<T>> metric_;
};

}  // namespace rondo
