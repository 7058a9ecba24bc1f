/// What all losses share: samples as rows, their weights, the reduction. For the sources of ops
/// that are losses, and of metrics, which weight samples in the same way.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "rondo/core/ops_losses.hpp"

namespace rondo::detail {

/// 0 for a share of 0, also of an infinite value.
inline double share(double part, double value) {
  return part == 0.0 ? 0.0 : part * value;
}

/// Predictions and targets seen as one row of `width` values per sample.
struct LossRows {
  Shape samples;
  std::size_t width;
};

/// Rows for a mean over the last axis, after Keras' fixing of ranks. A full shape among those of
/// weights and mask makes every element a row.
/// @throws ShapeError if targets do not fit or there is nothing to average
LossRows mean_rows(const char* op,
                   const Shape& predictions,
                   const Shape& targets,
                   std::span<const Shape> weights_and_mask);

/// Rows of classes. @throws ShapeError unless both are the same [.., C], not empty
LossRows class_rows(const char* op, const Shape& predictions, const Shape& targets);

/// Rows of classes for labels [..] or [.., 1]. @throws ShapeError if they do not fit
LossRows label_rows(const char* op, const Shape& predictions, const Shape& labels);

/// Label `label` of sample `row` as an index.
/// @throws ArgumentError unless it is a whole number in [0, classes)
std::size_t checked_label(const char* op, double label, std::size_t row, std::size_t classes);

/// How many neighbouring samples share one value of `given`.
/// @throws ShapeError unless `given` is the front of `samples`, perhaps followed by axes of size 1
std::size_t samples_per_value(const char* op,
                              const char* name,
                              const Shape& samples,
                              const Shape& given);

/// The weight of a sample: sample_weights times the mask as 0 or 1.
template <Real T>
class RowWeights {
 public:
  /// The views must outlive the object. @throws ShapeError if one does not fit the samples
  RowWeights(const char* op,
             const Shape& samples,
             TensorView<const T> sample_weights,
             TensorView<const bool> mask)
      : weights_(sample_weights.data()), mask_(mask.data()) {
    if (sample_weights) {
      per_weight_ = samples_per_value(op, "sample_weights", samples, sample_weights.shape());
    }
    if (mask) {
      per_bit_ = samples_per_value(op, "mask", samples, mask.shape());
    }
  }

  [[nodiscard]] bool given() const { return weights_ != nullptr || mask_ != nullptr; }

  [[nodiscard]] bool keeps(std::size_t row) const {
    return mask_ == nullptr || mask_[row / per_bit_];
  }

  [[nodiscard]] T operator()(std::size_t row) const {
    return !keeps(row) ? T{0} : weights_ != nullptr ? weights_[row / per_weight_] : T{1};
  }

 private:
  const T* weights_;
  const bool* mask_;
  std::size_t per_weight_ = 1;
  std::size_t per_bit_ = 1;
};

inline double divide_no_nan(double a, double b) {
  return b == 0.0 ? 0.0 : a / b;
}

template <class V>
std::span<const V> copy_to_tape(auto& tape, std::span<const V> values) {
  const auto copy = tape.template array<V>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return copy;
}

/// The shapes of what is given, for `mean_rows`.
template <Real T>
class GivenShapes {
 public:
  explicit GivenShapes(const ReductionOptions<T>& options) {
    if (options.sample_weights) {
      shapes_[count_++] = options.sample_weights.shape();
    }
    if (options.mask) {
      shapes_[count_++] = options.mask.shape();
    }
  }

  [[nodiscard]] std::span<const Shape> get() const { return {shapes_.data(), count_}; }

 private:
  std::array<Shape, 2> shapes_;
  std::size_t count_ = 0;
};

/// The weights of all rows on the tape, and what their sum is divided by.
template <Real T>
struct LossWeights {
  const T* weights = nullptr;  // null: 1 for every row
  double divisor = 1.0;
  bool reduced = true;

  [[nodiscard]] double operator()(std::size_t row) const {
    return weights == nullptr ? 1.0 : static_cast<double>(weights[row]);
  }
};

/// @param counted  false leaves a row out, as the mask does; empty: all count
template <Real T>
LossWeights<T> loss_weights(const char* op,
                            Tape<T>& tape,
                            const Shape& samples,
                            const ReductionOptions<T>& options,
                            std::span<const bool> counted);

/// What the losses of rows are made of, kept for the rule.
template <Real T, class Formula>
struct RowLosses {
  const T* targets;
  std::size_t num_rows;
  std::size_t width;
  std::size_t target_width;
  LossWeights<T> weights;
  Formula formula;

  void forward(const T* p, TensorView<T> loss) const {
    double total = 0.0;
    for (std::size_t row = 0; row < num_rows; ++row) {
      const double weight = weights(row);
      const double value =
          weight == 0.0
              ? 0.0
              : weight * formula.value(p + row * width, targets + row * target_width, width);
      total += value;
      if (!weights.reduced) {
        loss[row] = static_cast<T>(value);
      }
    }
    if (weights.reduced) {
      loss[0] = static_cast<T>(divide_no_nan(total, weights.divisor));
    }
  }

  void add_slopes(const T* p, TensorView<const T> arriving, T* dp) const {
    const double shared = divide_no_nan(static_cast<double>(arriving[0]), weights.divisor);
    for (std::size_t row = 0; row < num_rows; ++row) {
      const double weight = weights(row);
      if (weight != 0.0) {
        const double scale =
            weight * (weights.reduced ? shared : static_cast<double>(arriving[row]));
        formula.add_slopes(
            p + row * width, targets + row * target_width, width, scale, dp + row * width);
      }
    }
  }
};

/// The rows' losses as one, or one each. `formula.value(p, y, width)` is the loss of a row,
/// `formula.add_slopes(p, y, width, scale, dp)` adds scale · d loss / dp.
/// @param targets  on the tape, `target_width` of them per row
template <Real T, class Formula>
Variable<T> record_loss(OpName name,
                        const Variable<T>& predictions,
                        const LossRows& rows,
                        std::span<const T> targets,
                        const Formula& formula,
                        const LossWeights<T>& weights) {
  const std::size_t num_rows = rows.samples.size();
  const RowLosses<T, Formula> losses{
      targets.data(), num_rows, rows.width, targets.size() / num_rows, weights, formula};
  return predictions.tape().record(
      name,
      std::span(&predictions, 1),
      weights.reduced ? Shape{} : rows.samples,
      [&](TensorView<T> loss) { losses.forward(predictions.value().data(), loss); },
      losses,
      [](const Gradients<T>& g, const RowLosses<T, Formula>& saved) {
        saved.add_slopes(g.input(0).data(), g.grad(), g.of(0).data());
      });
}

/// A row's mean of `formula.value(p, y)`, with `formula.derivative(p, y)` = d/dp.
template <class Formula>
struct MeanOfRow {
  Formula formula;

  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t width) const {
    double total = 0.0;
    for (std::size_t i = 0; i < width; ++i) {
      total += formula.value(static_cast<double>(p[i]), static_cast<double>(y[i]));
    }
    return total / static_cast<double>(width);
  }

  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t width, double scale, T* dp) const {
    const double share = scale / static_cast<double>(width);
    for (std::size_t i = 0; i < width; ++i) {
      dp[i] += static_cast<T>(
          share * formula.derivative(static_cast<double>(p[i]), static_cast<double>(y[i])));
    }
  }
};

/// A loss that is a mean over the last axis.
/// @param targets  on the tape already
/// @param node     the op's name on the tape, if another one than in errors
template <Real T, class Formula>
Variable<T> mean_loss(OpName name,
                      const Variable<T>& predictions,
                      const Shape& target_shape,
                      std::span<const T> targets,
                      const Formula& formula,
                      const ReductionOptions<T>& options,
                      std::optional<OpName> node = {}) {
  const LossRows rows =
      mean_rows(name.text(), predictions.shape(), target_shape, GivenShapes<T>(options).get());
  const auto weights = loss_weights<T>(name.text(), predictions.tape(), rows.samples, options, {});
  return record_loss<T>(
      node.value_or(name), predictions, rows, targets, MeanOfRow<Formula>{formula}, weights);
}

/// A loss of rows [.., C]. @param node  as above
template <Real T, class Formula>
Variable<T> class_loss(OpName name,
                       const Variable<T>& predictions,
                       TensorView<const T> targets,
                       const Formula& formula,
                       const ReductionOptions<T>& options,
                       std::optional<OpName> node = {}) {
  const LossRows rows = class_rows(name.text(), predictions.shape(), targets.shape());
  const auto weights = loss_weights<T>(name.text(), predictions.tape(), rows.samples, options, {});
  const auto kept = copy_to_tape<T>(predictions.tape(), targets.span());
  return record_loss<T>(node.value_or(name), predictions, rows, kept, formula, weights);
}

}  // namespace rondo::detail
