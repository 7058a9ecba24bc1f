/// What metrics have in common: sums that grow from batch to batch, and what they are now.
#pragma once

#include <concepts>
#include <cstddef>
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

  /// Whether the metric says so; all but some of a user's own do.
  [[nodiscard]] virtual bool has_direction() const { return true; }

  /// The sums, to go on in the middle of an epoch. Those with a value per output or class are empty
  /// before the first update.
  [[nodiscard]] virtual std::span<double> state() = 0;

  /// Adds the sums that another part of the data has given: batches that are cut in shards need it.
  /// @param sums  the `state()` of a metric that saw this part; as many as this one's
  virtual void merge(std::span<const double> sums) {
    const std::span<double> own = state();
    for (std::size_t i = 0; i < own.size(); ++i) {
      own[i] += sums[i];
    }
  }

  /// Whether the metric shows them; likewise.
  [[nodiscard]] virtual bool has_state() const { return true; }

 protected:
  explicit Metric(std::string name) : name_(std::move(name)) {}

  Metric(Metric&&) noexcept = default;
  Metric& operator=(Metric&&) noexcept = default;

 private:
  std::string name_;
};

/// What `Trainer` asks of a metric of your own, which need not be a `Metric`: `update` receives
/// predictions [N, ..] made before the step, targets, and, if the batch has them, sample weights
/// [N] and the output's mask [N, S]; `result` is the value since `reset`. Nothing of this may
/// allocate in a steady state. `higher_is_better()` and `state()` are asked for if they are there, and
/// `merge(sums)` if two parts of the data do more than add their sums.
template <class M, class T>
concept MetricOf =
    requires(M& metric, const M& same, TensorView<const T> values, TensorView<const bool> mask) {
  metric.update(values, values, values, mask);
  metric.reset();
  { same.result() } -> std::convertible_to<double>;
  { same.name() } -> std::convertible_to<std::string>;
};

namespace detail {

/// Such a one as a `Metric`.
template <Real T, MetricOf<T> M>
class OwnMetric final : public Metric<T> {
 public:
  explicit OwnMetric(M metric)
      : Metric<T>(std::string(metric.name())), metric_(std::move(metric)) {}

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> sample_weights,
              TensorView<const bool> mask) override {
    metric_.update(predictions, targets, sample_weights, mask);
  }

  [[nodiscard]] double result() const override { return metric_.result(); }

  void reset() override { metric_.reset(); }

  [[nodiscard]] bool has_direction() const override { return directed; }

  [[nodiscard]] bool higher_is_better() const override {
    if constexpr (directed) {
      return static_cast<bool>(metric_.higher_is_better());
    }
    return false;
  }

  [[nodiscard]] bool has_state() const override { return stateful; }

  [[nodiscard]] std::span<double> state() override {
    if constexpr (stateful) {
      return metric_.state();
    }
    return {};
  }

  void merge(std::span<const double> sums) override {
    if constexpr (requires { metric_.merge(sums); }) {
      metric_.merge(sums);
    } else {
      Metric<T>::merge(sums);
    }
  }

 private:
  static constexpr bool directed = requires(const M& metric) {
    static_cast<bool>(metric.higher_is_better());
  };
  static constexpr bool stateful = requires(M & metric) { std::span<double>(metric.state()); };

  M metric_;
};

}  // namespace detail

}  // namespace rondo
