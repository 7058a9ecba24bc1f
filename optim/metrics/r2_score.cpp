#include "rondo/optim/metrics/r2_score.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr std::size_t sums_per_output = 3;
constexpr std::size_t shared_sums = 2;

/// Of targets that do not vary 1 if they are met exactly, else 0, as scikit-learn says.
double score_of(double squared_errors, double variation) {
  if (variation == 0.0) {
    return squared_errors == 0.0 ? 1.0 : 0.0;
  }
  return 1.0 - squared_errors / variation;
}

}  // namespace

template <Real T>
void R2Score<T>::update(TensorView<const T> predictions,
                        TensorView<const T> targets,
                        TensorView<const T> sample_weights,
                        TensorView<const bool> mask) {
  const char* const op = this->name().c_str();
  const auto rows = detail::mean_rows(op, predictions.shape(), targets.shape(), {});
  const std::size_t outputs = rows.width;
  if (sums_.empty()) {
    sums_.resize(outputs * sums_per_output + shared_sums);
  }
  if (sums_.size() != outputs * sums_per_output + shared_sums) {
    throw_shape_error(
        op,
        fmt::format("there were {} outputs before", (sums_.size() - shared_sums) / sums_per_output),
        {{"predictions", predictions.shape()}});
  }
  const detail::RowWeights<T> weight(op, rows.samples, sample_weights, mask);
  double* const shared = sums_.data() + outputs * sums_per_output;
  for (std::size_t row = 0; row < rows.samples.size(); ++row) {
    const auto w = static_cast<double>(weight(row));
    shared[0] += w;
    for (std::size_t i = 0; w != 0.0 && i < outputs; ++i) {
      const auto y = static_cast<double>(targets[row * outputs + i]);
      const double error = y - static_cast<double>(predictions[row * outputs + i]);
      double* const own = sums_.data() + i * sums_per_output;
      const double deviation = y - own[0];
      own[0] += detail::divide_no_nan(w * deviation, shared[0]);
      own[1] += w * deviation * (y - own[0]);
      own[2] += w * error * error;
    }
    shared[1] += weight.keeps(row) ? static_cast<double>(outputs) : 0.0;
  }
}

template <Real T>
double R2Score<T>::result() const {
  if (sums_.empty() || sums_.back() == 0.0) {
    return 0.0;
  }
  const std::size_t outputs = (sums_.size() - shared_sums) / sums_per_output;
  const double n = sums_.back();
  double scores = 0.0, weighted = 0.0, variances = 0.0;
  for (std::size_t i = 0; i < outputs; ++i) {
    const double* const own = sums_.data() + i * sums_per_output;
    const double score = score_of(own[2], own[1]);
    scores += score;
    weighted += own[1] * score;
    variances += own[1];
  }
  const bool uniform =
      options_.class_aggregation == ClassAggregation::uniform_average || variances == 0.0;
  const double score = uniform ? scores / static_cast<double>(outputs) : weighted / variances;
  const auto p = static_cast<double>(options_.num_regressors);
  const bool adjusted = p > 0.0 && p < n - 1.0;
  return adjusted ? 1.0 - (1.0 - score) * (n - 1.0) / (n - p - 1.0) : score;
}

template <Real T>
void R2Score<T>::merge(std::span<const double> sums) {
  const std::size_t outputs = (sums_.size() - shared_sums) / sums_per_output;
  double* const shared = sums_.data() + outputs * sums_per_output;
  const double* const others = sums.data() + outputs * sums_per_output;
  const double weight = shared[0] + others[0];
  for (std::size_t i = 0; i < outputs; ++i) {
    double* const own = sums_.data() + i * sums_per_output;
    const double* const other = sums.data() + i * sums_per_output;
    const double distance = other[0] - own[0];
    const double part = detail::divide_no_nan(others[0], weight);
    own[0] += distance * part;
    own[1] += other[1] + distance * distance * shared[0] * part;
    own[2] += other[2];
  }
  shared[0] = weight;
  shared[1] += others[1];
}

template <Real T>
void R2Score<T>::reset() {
  std::fill(sums_.begin(), sums_.end(), 0.0);
}

template class R2Score<float>;
template class R2Score<double>;

}  // namespace rondo
