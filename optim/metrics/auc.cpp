#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"
#include "rondo/optim/metrics/confusion.hpp"

namespace rondo {

namespace {

using detail::divide_no_nan;

constexpr double outside = 1e-7;  // how far the first and the last threshold lie outside [0, 1]

std::vector<double> even_thresholds(std::size_t n) {
  std::vector<double> thresholds(n);
  for (std::size_t i = 0; i < n; ++i) {
    thresholds[i] = static_cast<double>(i) / static_cast<double>(n - 1);
  }
  return thresholds;
}

/// Sums from each bucket to the last one: what lies above a threshold.
void sum_from_the_end(std::span<double> values) {
  for (std::size_t i = values.size() - 1; i-- > 0;) {
    values[i] += values[i + 1];
  }
}

}  // namespace

template <Real T>
AUC<T>::AUC(const AUCOptions& options, std::string name)
    : Metric<T>(std::move(name)), options_(options) {
  if (options.thresholds.empty()) {
    if (options.num_thresholds < 2) {
      throw_argument_error(
          this->name(),
          fmt::format("num_thresholds must be above 1, got {}", options.num_thresholds));
    }
    thresholds_ = even_thresholds(options.num_thresholds);
    thresholds_.front() = -outside;
    thresholds_.back() = 1.0 + outside;
  } else {
    for (const double threshold : options.thresholds) {
      if (!(threshold >= 0.0 && threshold <= 1.0)) {
        throw_argument_error(this->name(),
                             fmt::format("thresholds must lie in [0, 1], got {}", threshold));
      }
    }
    thresholds_ = options.thresholds;
    std::sort(thresholds_.begin(), thresholds_.end());
    thresholds_.insert(thresholds_.begin(), -outside);
    thresholds_.push_back(1.0 + outside);
  }
  sums_.resize(2 * thresholds_.size());
  above_ = sums_;
}

/// The last threshold below the prediction.
template <Real T>
std::size_t AUC<T>::bucket(double prediction) const {
  const auto above = std::lower_bound(thresholds_.begin(), thresholds_.end(), prediction);
  return static_cast<std::size_t>(above - thresholds_.begin()) - 1;
}

template <Real T>
void AUC<T>::update(TensorView<const T> predictions,
                    TensorView<const T> targets,
                    TensorView<const T> sample_weights,
                    TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const ReductionOptions<T> given{.sample_weights = sample_weights, .mask = mask};
  const auto rows = detail::mean_rows(
      op, predictions.shape(), targets.shape(), detail::GivenShapes<T>(given).get());
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const auto w = static_cast<double>(weight(i / rows.width));
    if (w == 0.0) {
      continue;
    }
    const auto x = static_cast<double>(predictions[i]);
    const double p = options_.from_logits ? 1.0 / (1.0 + std::exp(-x)) : x;
    if (!(p >= 0.0 && p <= 1.0)) {
      throw_argument_error(op,
                           fmt::format("prediction {} at position {} lies outside [0, 1]", p, i));
    }
    sums_[bucket(p) + (targets[i] != T{0} ? 0 : thresholds_.size())] += w;
  }
}

template <Real T>
double AUC<T>::result() const {
  above_ = sums_;
  const auto tp = std::span(above_).first(thresholds_.size());
  const auto fp = std::span(above_).last(thresholds_.size());
  sum_from_the_end(tp);
  sum_from_the_end(fp);
  const bool davis =
      options_.curve == Curve::pr && options_.summation_method == Summation::interpolation;
  return davis ? interpolated_pr(tp, fp) : area(tp, fp);
}

template <Real T>
double AUC<T>::area(std::span<const double> tp, std::span<const double> fp) const {
  const bool roc = options_.curve == Curve::roc;
  const auto x = [&](std::size_t i) {
    return roc ? divide_no_nan(fp[i], fp[0]) : divide_no_nan(tp[i], tp[0]);
  };
  const auto y = [&](std::size_t i) {
    return roc ? divide_no_nan(tp[i], tp[0]) : divide_no_nan(tp[i], tp[i] + fp[i]);
  };
  double total = 0.0;
  for (std::size_t i = 0; i + 1 < tp.size(); ++i) {
    double height = 0.0;
    switch (options_.summation_method) {
      case Summation::interpolation:
        height = (y(i) + y(i + 1)) / 2.0;
        break;
      case Summation::minoring:
        height = std::min(y(i), y(i + 1));
        break;
      case Summation::majoring:
        height = std::max(y(i), y(i + 1));
        break;
    }
    total += (x(i) - x(i + 1)) * height;
  }
  return total;
}

/// Between two thresholds TP grows linearly with P = TP + FP: the integral of TP / P over recall.
template <Real T>
double AUC<T>::interpolated_pr(std::span<const double> tp, std::span<const double> fp) const {
  double total = 0.0;
  for (std::size_t i = 0; i + 1 < tp.size(); ++i) {
    const double p = tp[i] + fp[i], next_p = tp[i + 1] + fp[i + 1];
    const double slope = divide_no_nan(tp[i] - tp[i + 1], p - next_p);
    const double intercept = tp[i + 1] - slope * next_p;
    const double ratio = p > 0.0 && next_p > 0.0 ? p / next_p : 1.0;
    total += divide_no_nan(slope * (tp[i] - tp[i + 1] + intercept * std::log(ratio)), tp[0]);
  }
  return total;
}

template class AUC<float>;
template class AUC<double>;

}  // namespace rondo
