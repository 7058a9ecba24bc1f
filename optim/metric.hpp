/// What `Trainer` asks of a metric. Any type with these functions is one; optim/metrics has the
/// usual ones.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "rondo/core/tensor.hpp"

namespace rondo {

/// `update` receives predictions [N, ..] made before the step, targets, and, if the batch has them,
/// sample weights [N] and the output's mask [N, S]; `result` is the value since `reset`. Nothing of
/// this may allocate in a steady state.
template <class M, class T>
concept MetricOf =
    requires(M& metric, const M& same, TensorView<const T> values, TensorView<const bool> mask) {
  metric.update(values, values, values, mask);
  metric.reset();
  { same.result() } -> std::convertible_to<double>;
  { same.name() } -> std::convertible_to<std::string>;
};

namespace detail {

/// A metric of any type.
template <Real T>
class AnyMetric {
 public:
  virtual ~AnyMetric() = default;
  virtual void update(TensorView<const T> predictions,
                      TensorView<const T> targets,
                      TensorView<const T> weights,
                      TensorView<const bool> mask) = 0;
  virtual void reset() = 0;
  [[nodiscard]] virtual double result() const = 0;
  [[nodiscard]] virtual std::string name() const = 0;

  /// The running sums, for a run that goes on in the middle of an epoch; none: the metric does not
  /// show them.
  virtual std::optional<std::span<double>> state() = 0;

  /// Whether a larger value is a better one, if the metric says so.
  [[nodiscard]] virtual std::optional<bool> rises() const = 0;
};

template <Real T, MetricOf<T> M>
class MetricHolder final : public AnyMetric<T> {
 public:
  explicit MetricHolder(M metric) : metric_(std::move(metric)) {}

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> weights,
              TensorView<const bool> mask) override {
    metric_.update(predictions, targets, weights, mask);
  }

  void reset() override { metric_.reset(); }

  [[nodiscard]] double result() const override { return metric_.result(); }

  [[nodiscard]] std::string name() const override { return std::string(metric_.name()); }

  std::optional<std::span<double>> state() override {
    if constexpr (requires { std::span<double>(metric_.state()); }) {
      return std::span<double>(metric_.state());
    } else {
      return std::nullopt;
    }
  }

  [[nodiscard]] std::optional<bool> rises() const override {
    if constexpr (requires { static_cast<bool>(metric_.higher_is_better()); }) {
      return static_cast<bool>(metric_.higher_is_better());
    } else {
      return std::nullopt;
    }
  }

 private:
  M metric_;
};

}  // namespace detail

}  // namespace rondo
