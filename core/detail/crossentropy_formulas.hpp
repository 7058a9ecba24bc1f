/// Formulas that several crossentropies share. For their sources.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/tensor.hpp"

namespace rondo::detail {

constexpr double epsilon = 1e-7;  // Keras' fuzz factor

inline void check_smoothing(const char* op, double smoothing) {
  if (!(smoothing >= 0.0 && smoothing <= 1.0)) {
    throw_argument_error(op, fmt::format("label_smoothing must lie in [0, 1], got {}", smoothing));
  }
}

template <Real T>
void check_unit_targets(const char* op, TensorView<const T> targets) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!(targets[i] >= T{0} && targets[i] <= T{1})) {
      throw_argument_error(
          op, fmt::format("target {} at position {} lies outside [0, 1]", targets[i], i));
    }
  }
}

inline bool unclipped(double p) {
  return p >= epsilon && p <= 1.0 - epsilon;
}

inline double clipped(double p) {
  return std::clamp(p, epsilon, 1.0 - epsilon);
}

/// 1 / (1 + e^-l) without overflow
inline double logistic(double l) {
  const double e = std::exp(-std::abs(l));
  return l >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

/// A binary target, pulled to one half.
struct Smoothing {
  double smoothing;

  double operator()(double y) const { return y * (1.0 - smoothing) + 0.5 * smoothing; }
};

struct BinaryFromProbability {
  Smoothing smooth;

  [[nodiscard]] double value(double p, double y) const {
    const double t = smooth(y);
    return -t * std::log(clipped(p)) - (1.0 - t) * std::log1p(-clipped(p));
  }

  [[nodiscard]] double derivative(double p, double y) const {
    return unclipped(p) ? (p - smooth(y)) / (p * (1.0 - p)) : 0.0;
  }
};

/// Probabilities of a row [C]: of logits their softmax, otherwise what is given, with sum 1.
template <Real T>
class RowProbabilities {
 public:
  RowProbabilities(const T* x, std::size_t classes, bool from_logits)
      : x_(x), from_logits_(from_logits) {
    top_ = from_logits ? static_cast<double>(*std::max_element(x, x + classes)) : 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      sum_ += from_logits ? std::exp(below_top(c)) : static_cast<double>(x[c]);
    }
  }

  [[nodiscard]] double operator()(std::size_t c) const {
    return (from_logits_ ? std::exp(below_top(c)) : static_cast<double>(x_[c])) / sum_;
  }

  /// Of a clipped probability, unless it comes from logits.
  [[nodiscard]] double log(std::size_t c) const {
    return from_logits_ ? below_top(c) - std::log(sum_) : std::log(clipped((*this)(c)));
  }

  /// The sum of what was given, if that were probabilities.
  [[nodiscard]] double sum() const { return sum_; }

 private:
  /// Of a logit; 0 for the largest, also for +inf. NaN if all are -inf.
  [[nodiscard]] double below_top(std::size_t c) const {
    const auto x = static_cast<double>(x_[c]);
    return x == top_ && x > 0.0 ? 0.0 : x - top_;
  }

  const T* x_;
  bool from_logits_;
  double top_ = 0.0;
  double sum_ = 0.0;  // of what was given, or of the logits' exponentials below the top
};

}  // namespace rondo::detail
