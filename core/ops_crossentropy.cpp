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
using detail::check_smoothing;
using detail::check_unit_targets;
using detail::copy_to_tape;
using detail::logistic;
using detail::RowProbabilities;
using detail::Smoothing;
using detail::unclipped;

struct BinaryFromLogit {
  Smoothing smooth;

  /// Without inf − inf at infinite logits.
  [[nodiscard]] double value(double l, double y) const {
    const double t = smooth(y);
    return detail::share(1.0 - t, softplus(l)) + detail::share(t, softplus(-l));
  }

  static double softplus(double l) { return std::max(l, 0.0) + std::log1p(std::exp(-std::abs(l))); }

  [[nodiscard]] double derivative(double l, double y) const { return logistic(l) - smooth(y); }
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
    const double q_c = q(c);  // an exponential, if it comes from logits
    const double own = !from_logits && unclipped(q_c) ? target(c) / q_c : 0.0;
    const double slope = from_logits ? total * q_c - target(c) : (total - own) / q.sum();
    dp[c] += static_cast<T>(scale * slope);
  }
}

struct Categorical {
  CrossentropyOptions options;

  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t classes) const {
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
  [[nodiscard]] double value(const T* p, const T* label, std::size_t classes) const {
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
  const OpName node =
      options.from_logits ? OpName("sparse_categorical_crossentropy_from_logits") : OpName(op);
  return detail::record_loss<T>(
      node, predictions, rows, targets, Sparse{options.from_logits}, weights);
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
    const OpName node =
        options.from_logits ? OpName("binary_crossentropy_from_logits") : OpName(op);
    return detail::mean_loss<T>(op, predictions, targets.shape(), kept, formula, reduction, node);
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
  const OpName node =
      options.from_logits ? OpName("categorical_crossentropy_from_logits") : OpName(op);
  return detail::class_loss<T>(op, predictions, targets, Categorical{options}, reduction, node);
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
                                                       const ReductionOptions<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
