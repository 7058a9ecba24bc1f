#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/detail/crossentropy_formulas.hpp"
#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/ops_losses.hpp"

namespace rondo {

namespace {

using detail::BinaryFromProbability;
using detail::clipped;
using detail::RowProbabilities;
using detail::Smoothing;
using detail::unclipped;

void check_gamma(const char* op, double gamma) {
  if (!(gamma >= 0.0)) {
    throw_argument_error(op, fmt::format("gamma must not be negative, got {}", gamma));
  }
}

/// d/dx x^gamma, x in [0, 1]. With gamma < 1 it is infinite at 0, while the crossentropy beside it
/// goes to 0 faster; where that one is clipped, so is their product.
double power_slope(double x, double gamma) {
  const bool vanishes = gamma < 1.0 && !(x >= detail::epsilon);
  return gamma == 0.0 || vanishes ? 0.0 : gamma * std::pow(x, gamma - 1.0);
}

struct BinaryFocal {
  BinaryFocalOptions options;

  [[nodiscard]] double value(double x, double y) const {
    const double p = probability(x), t = smooth(y);
    const double miss = missing(p, t);
    return balance(t) * std::pow(miss, options.gamma) * crossentropy().value(p, y);
  }

  [[nodiscard]] double derivative(double x, double y) const {
    const double p = probability(x), t = smooth(y);
    const double miss = missing(p, t);
    const double slope =
        (1.0 - 2.0 * t) * power_slope(miss, options.gamma) * crossentropy().value(p, y) +
        std::pow(miss, options.gamma) * crossentropy().derivative(p, y);
    return balance(t) * slope * (options.from_logits ? p * (1.0 - p) : 1.0);
  }

  /// 1 − p_t, which rounding must not make negative
  static double missing(double p, double t) {
    return std::max(1.0 - t * p - (1.0 - t) * (1.0 - p), 0.0);
  }

  double probability(double x) const { return options.from_logits ? detail::logistic(x) : x; }

  double smooth(double y) const { return Smoothing{options.label_smoothing}(y); }

  double balance(double t) const {
    return options.apply_class_balancing ? t * options.alpha + (1.0 - t) * (1.0 - options.alpha)
                                         : 1.0;
  }

  BinaryFromProbability crossentropy() const { return {{options.label_smoothing}}; }
};

/// −Σ_c alpha (1 − q_c)^gamma t_c log q_c, q clipped. With h_c the derivative of the c-th term,
/// the slope is (h_c − Σ h q) / s for q = p / s, and q_c times that for logits, where s = 1.
struct CategoricalFocal {
  CategoricalFocalOptions options;

  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t classes) const {
    const RowProbabilities<T> q(p, classes, options.from_logits);
    double total = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      const double q_c = clipped(q(c));
      total -= factor(q_c) * target(y, c, classes) * std::log(q_c);
    }
    return total;
  }

  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t classes, double scale, T* dp) const {
    const RowProbabilities<T> q(p, classes, options.from_logits);
    double along = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      along += term_slope(q(c), target(y, c, classes)) * q(c);
    }
    for (std::size_t c = 0; c < classes; ++c) {
      const double across = term_slope(q(c), target(y, c, classes)) - along;
      dp[c] += static_cast<T>(scale * across * (options.from_logits ? q(c) : 1.0 / q.sum()));
    }
  }

  double factor(double q) const { return options.alpha * std::pow(1.0 - q, options.gamma); }

  double term_slope(double q, double t) const {
    if (!unclipped(q)) {
      return 0.0;
    }
    const double of_factor = options.alpha * power_slope(1.0 - q, options.gamma);
    return t * (of_factor * std::log(q) - factor(q) / q);
  }

  template <Real T>
  double target(const T* y, std::size_t c, std::size_t classes) const {
    const double s = options.label_smoothing;
    return static_cast<double>(y[c]) * (1.0 - s) + s / static_cast<double>(classes);
  }
};

}  // namespace

template <Real T>
Variable<T> binary_focal_crossentropy(const Variable<T>& predictions,
                                      std::type_identity_t<TensorView<const T>> targets,
                                      BinaryFocalOptions options,
                                      const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "binary_focal_crossentropy";
  detail::check_smoothing(op, options.label_smoothing);
  check_gamma(op, options.gamma);
  detail::check_unit_targets<T>(op, targets);
  return detail::mean_loss<T>(
      op,
      predictions,
      targets.shape(),
      detail::copy_to_tape<T>(predictions.tape(), targets.span()),
      BinaryFocal{options},
      reduction,
      options.from_logits ? OpName("binary_focal_crossentropy_from_logits") : OpName(op));
}

template <Real T>
Variable<T> categorical_focal_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    CategoricalFocalOptions options,
    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "categorical_focal_crossentropy";
  detail::check_smoothing(op, options.label_smoothing);
  check_gamma(op, options.gamma);
  const OpName node =
      options.from_logits ? OpName("categorical_focal_crossentropy_from_logits") : OpName(op);
  return detail::class_loss<T>(
      op, predictions, targets, CategoricalFocal{options}, reduction, node);
}

#define RONDO_INSTANTIATE(T)                                                                    \
  template Variable<T> binary_focal_crossentropy(                                               \
      const Variable<T>&, TensorView<const T>, BinaryFocalOptions, const ReductionOptions<T>&); \
  template Variable<T> categorical_focal_crossentropy(const Variable<T>&,                       \
                                                      TensorView<const T>,                      \
                                                      CategoricalFocalOptions,                  \
                                                      const ReductionOptions<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
