#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/loss_rows.hpp"
#include "rondo/core/ops_losses.hpp"

namespace rondo {

namespace {

constexpr double epsilon = 1e-7;  // Keras' fuzz factor

using detail::copy_to_tape;

void check_smoothing(const char* op, double smoothing) {
  if (!(smoothing >= 0.0 && smoothing <= 1.0)) {
    throw_argument_error(op, fmt::format("label_smoothing must lie in [0, 1], got {}", smoothing));
  }
}

void check_gamma(const char* op, double gamma) {
  if (!(gamma >= 0.0)) {
    throw_argument_error(op, fmt::format("gamma must not be negative, got {}", gamma));
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

bool unclipped(double p) {
  return p >= epsilon && p <= 1.0 - epsilon;
}

double clipped(double p) {
  return std::clamp(p, epsilon, 1.0 - epsilon);
}

/// 1 / (1 + e^-l) without overflow
double logistic(double l) {
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

  double value(double p, double y) const {
    const double t = smooth(y);
    return -t * std::log(clipped(p)) - (1.0 - t) * std::log1p(-clipped(p));
  }

  double derivative(double p, double y) const {
    return unclipped(p) ? (p - smooth(y)) / (p * (1.0 - p)) : 0.0;
  }
};

struct BinaryFromLogit {
  Smoothing smooth;

  double value(double l, double y) const {
    return std::max(l, 0.0) - l * smooth(y) + std::log1p(std::exp(-std::abs(l)));
  }

  double derivative(double l, double y) const { return logistic(l) - smooth(y); }
};

/// d/dx x^gamma, also where a factor of the usual formula is infinite
double power_slope(double x, double gamma) {
  return gamma == 0.0 ? 0.0 : gamma * std::pow(x, gamma - 1.0);
}

struct BinaryFocal {
  BinaryFocalOptions options;

  double value(double x, double y) const {
    const double p = probability(x), t = smooth(y);
    const double miss = 1.0 - t * p - (1.0 - t) * (1.0 - p);
    return balance(t) * std::pow(miss, options.gamma) * crossentropy().value(p, y);
  }

  double derivative(double x, double y) const {
    const double p = probability(x), t = smooth(y);
    const double miss = 1.0 - t * p - (1.0 - t) * (1.0 - p);
    const double slope =
        (1.0 - 2.0 * t) * power_slope(miss, options.gamma) * crossentropy().value(p, y) +
        std::pow(miss, options.gamma) * crossentropy().derivative(p, y);
    return balance(t) * slope * (options.from_logits ? p * (1.0 - p) : 1.0);
  }

  double probability(double x) const { return options.from_logits ? logistic(x) : x; }

  double smooth(double y) const { return Smoothing{options.label_smoothing}(y); }

  double balance(double t) const {
    return options.apply_class_balancing ? t * options.alpha + (1.0 - t) * (1.0 - options.alpha)
                                         : 1.0;
  }

  BinaryFromProbability crossentropy() const { return {{options.label_smoothing}}; }
};

/// Probabilities of a row [C]: of logits their softmax, otherwise what is given, with sum 1.
template <Real T>
class RowProbabilities {
 public:
  RowProbabilities(const T* x, std::size_t classes, bool from_logits)
      : x_(x), from_logits_(from_logits), normaliser_(0.0) {
    const double top = from_logits ? static_cast<double>(*std::max_element(x, x + classes)) : 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      const auto value = static_cast<double>(x[c]);
      normaliser_ += from_logits ? std::exp(value - top) : value;
    }
    if (from_logits) {
      normaliser_ = top + std::log(normaliser_);
    }
  }

  [[nodiscard]] double operator()(std::size_t c) const {
    const auto x = static_cast<double>(x_[c]);
    return from_logits_ ? std::exp(x - normaliser_) : x / normaliser_;
  }

  /// Of a clipped probability, unless it comes from logits.
  [[nodiscard]] double log(std::size_t c) const {
    return from_logits_ ? static_cast<double>(x_[c]) - normaliser_ : std::log(clipped((*this)(c)));
  }

  /// The sum of what was given, if that were probabilities.
  [[nodiscard]] double sum() const { return normaliser_; }

 private:
  const T* x_;
  bool from_logits_;
  double normaliser_;
};

/// −Σ_c t_c log q_c of a row and its slopes; `target(c)` is t_c.
template <Real T, class Target>
double row_crossentropy(const RowProbabilities<T>& q, std::size_t classes, const Target& target) {
  double total = 0.0;
  for (std::size_t c = 0; c < classes; ++c) {
    const double t = target(c);
    total -= t == 0.0 ? 0.0 : t * q.log(c);  // the logarithm may be -inf
  }
  return total;
}

/// From logits Σt q_c − t_c. Otherwise, with q = p / s, (Σt − t_c / q_c) / s, where only
/// unclipped classes count.
template <Real T, class Target>
void add_row_slopes(const RowProbabilities<T>& q,
                    std::size_t classes,
                    const Target& target,
                    bool from_logits,
                    double scale,
                    T* dp) {
  double total = 0.0;
  for (std::size_t c = 0; c < classes; ++c) {
    total += from_logits || unclipped(q(c)) ? target(c) : 0.0;
  }
  for (std::size_t c = 0; c < classes; ++c) {
    const double own = unclipped(q(c)) ? target(c) / q(c) : 0.0;
    const double slope = from_logits ? total * q(c) - target(c) : (total - own) / q.sum();
    dp[c] += static_cast<T>(scale * slope);
  }
}

struct Categorical {
  CrossentropyOptions options;

  template <Real T>
  double value(const T* p, const T* y, std::size_t classes) const {
    return row_crossentropy(
        RowProbabilities<T>(p, classes, options.from_logits), classes, target(y, classes));
  }

  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t classes, double scale, T* dp) const {
    add_row_slopes(RowProbabilities<T>(p, classes, options.from_logits),
                   classes,
                   target(y, classes),
                   options.from_logits,
                   scale,
                   dp);
  }

  template <Real T>
  auto target(const T* y, std::size_t classes) const {
    const double s = options.label_smoothing;
    return [y, s, classes](std::size_t c) {
      return static_cast<double>(y[c]) * (1.0 - s) + s / static_cast<double>(classes);
    };
  }
};

/// The row's only target is its label.
struct Sparse {
  bool from_logits;

  template <Real T>
  double value(const T* p, const T* label, std::size_t classes) const {
    return -RowProbabilities<T>(p, classes, from_logits).log(static_cast<std::size_t>(*label));
  }

  template <Real T>
  void add_slopes(const T* p, const T* label, std::size_t classes, double scale, T* dp) const {
    const auto right = static_cast<std::size_t>(*label);
    add_row_slopes(
        RowProbabilities<T>(p, classes, from_logits),
        classes,
        [right](std::size_t c) { return c == right ? 1.0 : 0.0; },
        from_logits,
        scale,
        dp);
  }
};

/// −Σ_c alpha (1 − q_c)^gamma t_c log q_c, q clipped. With h_c the derivative of the c-th term,
/// the slope is (h_c − Σ h q) / s for q = p / s, and q_c times that for logits, where s = 1.
struct CategoricalFocal {
  CategoricalFocalOptions options;

  template <Real T>
  double value(const T* p, const T* y, std::size_t classes) const {
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

/// Labels on the tape, and which of them count.
/// @throws ArgumentError for a label that counts and is no class
template <Real T, class Label>
Variable<T> sparse_loss(const Variable<T>& predictions,
                        const detail::LossRows& rows,
                        std::span<const Label> labels,
                        const SparseCrossentropyOptions& options,
                        const ReductionOptions<T>& reduction) {
  constexpr const char* op = "sparse_categorical_crossentropy";
  Tape<T>& tape = predictions.tape();
  const detail::RowWeights<T> given(op, rows.samples, {}, reduction.mask);
  const auto targets = tape.template array<T>(labels.size());
  const auto counted = tape.template array<bool>(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto label = static_cast<double>(labels[row]);
    const bool ignored =
        options.ignore_class && label == static_cast<double>(*options.ignore_class);
    counted[row] = !ignored && given.keeps(row);
    targets[row] =
        counted[row] ? static_cast<T>(detail::checked_label(op, label, row, rows.width)) : T{0};
  }
  const auto weights = detail::loss_weights<T>(
      op, tape, rows.samples, reduction, options.ignore_class ? counted : std::span<const bool>());
  return detail::record_loss<T>(
      op, predictions, rows, targets, Sparse{options.from_logits}, weights);
}

}  // namespace

template <Real T>
Variable<T> binary_crossentropy(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets,
                                CrossentropyOptions options,
                                const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "binary_crossentropy";
  check_smoothing(op, options.label_smoothing);
  const auto loss = [&](const auto& formula) {
    const auto kept = copy_to_tape<T>(predictions.tape(), targets.span());
    return detail::mean_loss<T>(op, predictions, targets.shape(), kept, formula, reduction);
  };
  check_unit_targets<T>(op, targets);
  return options.from_logits ? loss(BinaryFromLogit{{options.label_smoothing}})
                             : loss(BinaryFromProbability{{options.label_smoothing}});
}

template <Real T>
Variable<T> categorical_crossentropy(const Variable<T>& predictions,
                                     std::type_identity_t<TensorView<const T>> targets,
                                     CrossentropyOptions options,
                                     const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "categorical_crossentropy";
  check_smoothing(op, options.label_smoothing);
  return detail::class_loss<T>(op, predictions, targets, Categorical{options}, reduction);
}

template <Real T>
Variable<T> sparse_categorical_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> labels,
    SparseCrossentropyOptions options,
    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  const auto rows =
      detail::label_rows("sparse_categorical_crossentropy", predictions.shape(), labels.shape());
  return sparse_loss<T, T>(predictions, rows, labels.span(), options, reduction);
}

template <Real T>
Variable<T> sparse_categorical_crossentropy(
    const Variable<T>& predictions,
    std::span<const std::int32_t> labels,
    SparseCrossentropyOptions options,
    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  const Shape& shape = predictions.shape();
  if (shape.rank() == 0 || shape.size() == 0 || shape.size() / shape.back() != labels.size()) {
    throw_shape_error("sparse_categorical_crossentropy",
                      fmt::format("{} labels do not fit predictions [.., classes]", labels.size()),
                      {{"predictions", shape}});
  }
  const detail::LossRows rows{shape.erase(shape.rank() - 1), shape.back()};
  return sparse_loss<T, std::int32_t>(predictions, rows, labels, options, reduction);
}

template <Real T>
Variable<T> binary_focal_crossentropy(const Variable<T>& predictions,
                                      std::type_identity_t<TensorView<const T>> targets,
                                      BinaryFocalOptions options,
                                      const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "binary_focal_crossentropy";
  check_smoothing(op, options.label_smoothing);
  check_gamma(op, options.gamma);
  check_unit_targets<T>(op, targets);
  return detail::mean_loss<T>(op,
                              predictions,
                              targets.shape(),
                              copy_to_tape<T>(predictions.tape(), targets.span()),
                              BinaryFocal{options},
                              reduction);
}

template <Real T>
Variable<T> categorical_focal_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    CategoricalFocalOptions options,
    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  constexpr const char* op = "categorical_focal_crossentropy";
  check_smoothing(op, options.label_smoothing);
  check_gamma(op, options.gamma);
  return detail::class_loss<T>(op, predictions, targets, CategoricalFocal{options}, reduction);
}

#define RONDO_INSTANTIATE(T)                                                                     \
  template Variable<T> binary_crossentropy(                                                      \
      const Variable<T>&, TensorView<const T>, CrossentropyOptions, const ReductionOptions<T>&); \
  template Variable<T> categorical_crossentropy(                                                 \
      const Variable<T>&, TensorView<const T>, CrossentropyOptions, const ReductionOptions<T>&); \
  template Variable<T> sparse_categorical_crossentropy(const Variable<T>&,                       \
                                                       TensorView<const T>,                      \
                                                       SparseCrossentropyOptions,                \
                                                       const ReductionOptions<T>&);              \
  template Variable<T> sparse_categorical_crossentropy(const Variable<T>&,                       \
                                                       std::span<const std::int32_t>,            \
                                                       SparseCrossentropyOptions,                \
                                                       const ReductionOptions<T>&);              \
  template Variable<T> binary_focal_crossentropy(                                                \
      const Variable<T>&, TensorView<const T>, BinaryFocalOptions, const ReductionOptions<T>&);  \
  template Variable<T> categorical_focal_crossentropy(const Variable<T>&,                        \
                                                      TensorView<const T>,                       \
                                                      CategoricalFocalOptions,                   \
                                                      const ReductionOptions<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
