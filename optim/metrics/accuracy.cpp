#include "rondo/optim/metrics/accuracy.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

namespace {

/// Σ w v and Σ w over rows; rows of weight 0 are not looked at.
template <Real T, class Value>
std::pair<double, double> weighted_sums(const detail::RowWeights<T>& weight,
                                        std::size_t rows,
                                        const Value& value) {
  double values = 0.0, weights = 0.0;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto w = static_cast<double>(weight(row));
    values += w == 0.0 ? 0.0 : w * value(row);
    weights += w;
  }
  return {values, weights};
}

}  // namespace

template <Real T>
void BinaryAccuracy<T>::update(TensorView<const T> predictions,
                               TensorView<const T> targets,
                               TensorView<const T> sample_weights,
                               TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const ReductionOptions<T> given{.sample_weights = sample_weights, .mask = mask};
  const auto rows = detail::mean_rows(
      op, predictions.shape(), targets.shape(), detail::GivenShapes<T>(given).get());
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  const auto share_of_right = [&](std::size_t row) {
    std::size_t right = 0;
    for (std::size_t i = row * rows.width; i < (row + 1) * rows.width; ++i) {
      const bool positive = static_cast<double>(predictions[i]) > threshold_;
      right += targets[i] == static_cast<T>(positive) ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(rows.width);
  };
  const auto [values, weights] = weighted_sums(weight, rows.samples.size(), share_of_right);
  this->add(rows.samples, values, weights);
}

template <Real T>
ClassAccuracy<T>::ClassAccuracy(TargetKind kind, std::size_t k, bool argmax, std::string name)
    : MeanMetric<T>(std::move(name)), kind_(kind), k_(k), argmax_(argmax) {
  if (k == 0) {
    throw_argument_error(this->name(), "k must be positive, got 0");
  }
}

template <Real T>
bool ClassAccuracy<T>::is_right(const T* scores, std::size_t right, std::size_t classes) const {
  if (argmax_) {
    return std::max_element(scores, scores + classes) == scores + right;
  }
  const auto higher =
      std::count_if(scores, scores + classes, [&](T score) { return score > scores[right]; });
  return std::isfinite(scores[right]) && static_cast<std::size_t>(higher) < k_;
}

template <Real T>
void ClassAccuracy<T>::update(TensorView<const T> predictions,
                              TensorView<const T> targets,
                              TensorView<const T> sample_weights,
                              TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const bool labels = kind_ == TargetKind::label;
  const auto rows = labels ? detail::label_rows(op, predictions.shape(), targets.shape())
                           : detail::class_rows(op, predictions.shape(), targets.shape());
  const std::size_t classes = rows.width;
  if (classes == 1) {
    throw_shape_error(op,
                      "one prediction for each sample is no choice between classes: use "
                      "BinaryAccuracy",
                      {{"predictions", predictions.shape()}});
  }
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  const auto is_row_right = [&](std::size_t row) {
    const T* const y = targets.data() + row * (labels ? 1 : classes);
    const std::size_t right = labels
                                  ? detail::checked_label(op, static_cast<double>(*y), row, classes)
                                  : static_cast<std::size_t>(std::max_element(y, y + classes) - y);
    return is_right(predictions.data() + row * classes, right, classes) ? 1.0 : 0.0;
  };
  const auto [values, weights] = weighted_sums(weight, rows.samples.size(), is_row_right);
  this->add(rows.samples, values, weights);
}

template <Real T>
ResolvedAccuracy<T>::ResolvedAccuracy(std::string name)
    : Metric<T>(std::move(name)), chosen_(std::make_unique<CategoricalAccuracy<T>>()) {}

template <Real T>
Metric<T>& ResolvedAccuracy<T>::metric_for(const Shape& predictions, const Shape& targets) {
  if (std::exchange(resolved_, true)) {
    return *chosen_;
  }
  std::array<double, 2> sums{};  // given back by a checkpoint before the first update
  std::copy_n(chosen_->state().begin(), sums.size(), sums.begin());
  if (predictions.rank() == 0 || predictions.back() == 1) {
    chosen_ = std::make_unique<BinaryAccuracy<T>>(0.5, this->name());
  } else if (targets.rank() < predictions.rank() || targets.back() == 1) {
    chosen_ = std::make_unique<SparseCategoricalAccuracy<T>>(this->name());
  } else {
    chosen_ = std::make_unique<CategoricalAccuracy<T>>(this->name());
  }
  std::copy(sums.begin(), sums.end(), chosen_->state().begin());
  return *chosen_;
}

template <Real T>
void ResolvedAccuracy<T>::update(TensorView<const T> predictions,
                                 TensorView<const T> targets,
                                 TensorView<const T> sample_weights,
                                 TensorView<const bool> mask) {
  metric_for(predictions.shape(), targets.shape())
      .update(predictions, targets, sample_weights, mask);
}

#define RONDO_INSTANTIATE(T)        \
  template class BinaryAccuracy<T>; \
  template class ClassAccuracy<T>;  \
  template class ResolvedAccuracy<T>;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
