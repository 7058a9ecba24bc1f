#include "rondo/optim/metrics/confusion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
ConfusionMetric<T>::ConfusionMetric(const PrecisionOptions& options, std::string name)
    : Metric<T>(std::move(name)),
      options_(options),
      threshold_(options.threshold.value_or(options.top_k ? -std::numeric_limits<double>::infinity()
                                                          : 0.5)) {
  if (options.top_k == std::size_t{0}) {
    throw_argument_error(this->name(), "top_k must be positive, got 0");
  }
}

/// Marks the top_k largest, of equal ones those in front; all if there is no top_k.
template <Real T>
void ConfusionMetric<T>::find_largest(const T* row, std::size_t width) {
  const std::size_t k = std::min(options_.top_k.value_or(width), width);
  is_large_.assign(width, k == width);
  if (k == width) {
    return;
  }
  places_.resize(width);
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  const auto is_before = [row](std::size_t a, std::size_t b) {
    return row[a] > row[b] || (row[a] == row[b] && a < b);
  };
  std::nth_element(
      places_.begin(), places_.begin() + static_cast<std::ptrdiff_t>(k), places_.end(), is_before);
  for (std::size_t i = 0; i < k; ++i) {
    is_large_[places_[i]] = true;
  }
}

template <Real T>
void ConfusionMetric<T>::update(TensorView<const T> predictions,
                                TensorView<const T> targets,
                                TensorView<const T> sample_weights,
                                TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const ReductionOptions<T> given{.sample_weights = sample_weights, .mask = mask};
  const auto rows = detail::mean_rows(
      op, predictions.shape(), targets.shape(), detail::GivenShapes<T>(given).get());
  if (options_.class_id && *options_.class_id >= rows.width) {
    throw_argument_error(
        op,
        fmt::format("class_id {} does not exist, there are {}", *options_.class_id, rows.width));
  }
  const std::size_t first = options_.class_id.value_or(0);
  const std::size_t last = options_.class_id ? first + 1 : rows.width;
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  for (std::size_t row = 0; row < rows.samples.size(); ++row) {
    const auto w = static_cast<double>(weight(row));
    const T* const p = predictions.data() + row * rows.width;
    const T* const y = targets.data() + row * rows.width;
    find_largest(p, rows.width);
    for (std::size_t c = first; w != 0.0 && c < last; ++c) {
      const bool predicted = is_large_[c] && static_cast<double>(p[c]) > threshold_;
      const bool actual = y[c] != T{0};
      if (predicted || actual) {
        counts_[predicted && actual ? 0 : predicted ? 1 : 2] += w;
      }
    }
  }
}

template <Real T>
double Precision<T>::result() const {
  return detail::divide_no_nan(this->true_positives(),
                               this->true_positives() + this->false_positives());
}

template <Real T>
double Recall<T>::result() const {
  return detail::divide_no_nan(this->true_positives(),
                               this->true_positives() + this->false_negatives());
}

template <Real T>
void F1Score<T>::update(TensorView<const T> predictions,
                        TensorView<const T> targets,
                        TensorView<const T> sample_weights,
                        TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const auto rows = detail::class_rows(op, predictions.shape(), targets.shape());
  const std::size_t classes = rows.width;
  if (sums_.empty()) {
    sums_.resize(3 * classes);
  }
  if (sums_.size() != 3 * classes) {
    throw_shape_error(op,
                      fmt::format("there were {} classes before", sums_.size() / 3),
                      {{"predictions", predictions.shape()}});
  }
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  for (std::size_t row = 0; row < rows.samples.size(); ++row) {
    const auto w = static_cast<double>(weight(row));
    const T* const p = predictions.data() + row * classes;
    const auto largest = static_cast<double>(*std::max_element(p, p + classes));
    for (std::size_t c = 0; w != 0.0 && c < classes; ++c) {
      const auto x = static_cast<double>(p[c]);
      const bool positive =
          options_.threshold ? x > *options_.threshold : x >= largest && std::abs(x) > 1e-9;
      const auto y = static_cast<double>(targets[row * classes + c]);
      sums_[3 * c] += positive ? w * y : 0.0;
      sums_[3 * c + 1] += positive ? w : 0.0;
      sums_[3 * c + 2] += w * y;
    }
  }
}

template <Real T>
typename F1Score<T>::Counts F1Score<T>::counts(std::size_t c) const {
  return {sums_[3 * c], sums_[3 * c + 1], sums_[3 * c + 2]};
}

template <Real T>
double F1Score<T>::score(const Counts& counts) {
  constexpr double epsilon = 1e-7;  // Keras' fuzz factor
  const double precision = counts.true_positives / (counts.predicted + epsilon);
  const double recall = counts.true_positives / (counts.actual + epsilon);
  return 2.0 * precision * recall / (precision + recall + epsilon);
}

template <Real T>
std::vector<double> F1Score<T>::per_class() const {
  std::vector<double> scores(sums_.size() / 3);
  for (std::size_t c = 0; c < scores.size(); ++c) {
    scores[c] = score(counts(c));
  }
  return scores;
}

template <Real T>
double F1Score<T>::result() const {
  const std::size_t classes = sums_.size() / 3;
  Counts all;
  double scores = 0.0, weighted = 0.0;
  for (std::size_t c = 0; c < classes; ++c) {
    const Counts own = counts(c);
    all.true_positives += own.true_positives;
    all.predicted += own.predicted;
    all.actual += own.actual;
    scores += score(own);
    weighted += score(own) * own.actual;
  }
  switch (options_.average) {
    case Average::micro:
      return score(all);
    case Average::macro:
      return detail::divide_no_nan(scores, static_cast<double>(classes));
    case Average::weighted:
      return weighted / (all.actual + 1e-7);
  }
  return 0.0;
}

#define RONDO_INSTANTIATE(T)         \
  template class ConfusionMetric<T>; \
  template class Precision<T>;       \
  template class Recall<T>;          \
  template class F1Score<T>;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
