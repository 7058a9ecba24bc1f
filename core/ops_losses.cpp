#include "rondo/core/ops_losses.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr double clip_epsilon = 1e-7;  // Keras' fuzz factor

template <Real T>
std::span<const T> copy_to_tape(Tape<T>& tape, TensorView<const T> values) {
  const auto copy = tape.template array<T>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return copy;
}

/// Whether the shapes are equal but for a trailing axis of size 1 that only one of them has.
bool fits(const Shape& a, const Shape& b) {
  const auto is_longer = [](const Shape& longer, const Shape& shorter) {
    return longer.rank() == shorter.rank() + 1 && longer.back() == 1 &&
           longer.erase(longer.rank() - 1) == shorter;
  };
  return a == b || is_longer(a, b) || is_longer(b, a);
}

void check_fits(const char* op, const Shape& predictions, const Shape& targets) {
  if (!fits(predictions, targets)) {
    throw_shape_error(op,
                      "targets do not fit the predictions",
                      {{"predictions", predictions}, {"targets", targets}});
  }
  if (predictions.size() == 0) {
    throw_shape_error(op, "there is nothing to average", {{"predictions", predictions}});
  }
}

void check_smoothing(const char* op, double smoothing) {
  if (!(smoothing >= 0.0 && smoothing <= 1.0)) {
    throw_argument_error(op, fmt::format("label_smoothing must lie in [0, 1], got {}", smoothing));
  }
}

/// The mean over all elements of formula.value(p, y); the rule uses formula.derivative(p, y) =
/// d/dp.
template <Real T, class Formula>
Variable<T> mean_loss(OpName name,
                      const Variable<T>& predictions,
                      TensorView<const T> targets,
                      const Formula& formula) {
  struct Saved {
    const T* targets;
    Formula formula;
  };

  const auto kept = copy_to_tape(predictions.tape(), targets);
  return predictions.tape().record(
      name,
      std::span(&predictions, 1),
      Shape{},
      [&](TensorView<T> loss) {
        const auto p = predictions.value();
        double total = 0.0;
        for (std::size_t i = 0; i < p.size(); ++i) {
          total += formula.value(static_cast<double>(p[i]), static_cast<double>(kept[i]));
        }
        loss[0] = static_cast<T>(total / static_cast<double>(p.size()));
      },
      Saved{kept.data(), formula},
      [](const Gradients<T>& g, const Saved& saved) {
        const auto p = g.input(0);
        const auto dp = g.of(0);
        const double scale = static_cast<double>(g.grad()[0]) / static_cast<double>(p.size());
        for (std::size_t i = 0; i < p.size(); ++i) {
          const double slope = saved.formula.derivative(static_cast<double>(p[i]),
                                                        static_cast<double>(saved.targets[i]));
          dp[i] += static_cast<T>(scale * slope);
        }
      });
}

struct SquaredError {
  double value(double p, double y) const { return (p - y) * (p - y); }

  double derivative(double p, double y) const { return 2.0 * (p - y); }
};

struct AbsoluteError {
  double value(double p, double y) const { return std::abs(p - y); }

  double derivative(double p, double y) const {
    return static_cast<double>(p > y) - static_cast<double>(p < y);
  }
};

struct HuberError {
  double delta;

  double value(double p, double y) const {
    const double a = std::abs(p - y);
    return a <= delta ? 0.5 * a * a : delta * a - 0.5 * delta * delta;
  }

  double derivative(double p, double y) const { return std::clamp(p - y, -delta, delta); }
};

struct BinaryFromProbability {
  double smoothing;

  double value(double p, double y) const {
    const double clipped = std::clamp(p, clip_epsilon, 1.0 - clip_epsilon);
    const double t = smooth(y);
    return -t * std::log(clipped) - (1.0 - t) * std::log1p(-clipped);
  }

  double derivative(double p, double y) const {
    if (p < clip_epsilon || p > 1.0 - clip_epsilon) {
      return 0.0;
    }
    return (p - smooth(y)) / (p * (1.0 - p));
  }

  double smooth(double y) const { return y * (1.0 - smoothing) + 0.5 * smoothing; }
};

struct BinaryFromLogit {
  double smoothing;

  double value(double l, double y) const {
    return std::max(l, 0.0) - l * smooth(y) + std::log1p(std::exp(-std::abs(l)));
  }

  double derivative(double l, double y) const {
    const double e = std::exp(-std::abs(l));
    return (l >= 0.0 ? 1.0 / (1.0 + e) : e / (1.0 + e)) - smooth(y);
  }

  double smooth(double y) const { return y * (1.0 - smoothing) + 0.5 * smoothing; }
};

/// −Σ_c y_c log p_c of one sample and its derivative. From logits p = softmax(l); probabilities are
/// renormalised and clipped.
template <Real T>
struct CategoricalRow {
  bool from_logits;
  double smoothing;

  double target(const T* y, std::size_t c, std::size_t classes) const {
    return static_cast<double>(y[c]) * (1.0 - smoothing) + smoothing / static_cast<double>(classes);
  }

  double value(const T* p, const T* y, std::size_t classes) const {
    const double normaliser = from_logits ? log_sum_exp(p, classes) : row_sum(p, classes);
    double total = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      const double t = target(y, c, classes);
      const double x = static_cast<double>(p[c]);
      const double log_p =
          from_logits ? x - normaliser
                      : std::log(std::clamp(x / normaliser, clip_epsilon, 1.0 - clip_epsilon));
      total -= t == 0.0 ? 0.0 : t * log_p;  // log_p may be -inf
    }
    return total;
  }

  void add_derivative(const T* p, const T* y, std::size_t classes, double scale, T* dp) const {
    if (from_logits) {
      const double normaliser = log_sum_exp(p, classes);
      double total = 0.0;
      for (std::size_t c = 0; c < classes; ++c) {
        total += target(y, c, classes);
      }
      for (std::size_t c = 0; c < classes; ++c) {
        const double softmax = std::exp(static_cast<double>(p[c]) - normaliser);
        dp[c] += static_cast<T>(scale * (total * softmax - target(y, c, classes)));
      }
      return;
    }
    // q = p / s: dL/dp_c = (−t_c / q_c + Σ_k t_k) / s, where only unclipped classes count.
    const double s = row_sum(p, classes);
    double total = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      total += unclipped(static_cast<double>(p[c]) / s) ? target(y, c, classes) : 0.0;
    }
    for (std::size_t c = 0; c < classes; ++c) {
      const double q = static_cast<double>(p[c]) / s;
      const double own = unclipped(q) ? target(y, c, classes) / q : 0.0;
      dp[c] += static_cast<T>(scale * (total - own) / s);
    }
  }

  static bool unclipped(double q) { return q >= clip_epsilon && q <= 1.0 - clip_epsilon; }

  static double row_sum(const T* p, std::size_t classes) {
    double total = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      total += static_cast<double>(p[c]);
    }
    return total;
  }

  static double log_sum_exp(const T* l, std::size_t classes) {
    const double top = static_cast<double>(*std::max_element(l, l + classes));
    double total = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
      total += std::exp(static_cast<double>(l[c]) - top);
    }
    return top + std::log(total);
  }
};

/// The mean of a row formula; `weight[row]` is 0 for rows that are left out, `count` the rows kept.
template <Real T>
Variable<T> categorical_loss(OpName name,
                             const Variable<T>& predictions,
                             std::span<const T> targets,
                             std::span<const bool> kept_rows,
                             const CategoricalRow<T>& formula) {
  struct Saved {
    const T* targets;
    const bool* kept;
    double count;
    CategoricalRow<T> formula;
  };

  const double count =
      std::max(1.0, static_cast<double>(std::count(kept_rows.begin(), kept_rows.end(), true)));
  return predictions.tape().record(
      name,
      std::span(&predictions, 1),
      Shape{},
      [&](TensorView<T> loss) {
        const std::size_t classes = predictions.shape().back();
        const T* const p = predictions.value().data();
        double total = 0.0;
        for (std::size_t row = 0; row < kept_rows.size(); ++row) {
          const std::size_t at = row * classes;
          total += kept_rows[row] ? formula.value(p + at, targets.data() + at, classes) : 0.0;
        }
        loss[0] = static_cast<T>(total / count);
      },
      Saved{targets.data(), kept_rows.data(), count, formula},
      [](const Gradients<T>& g, const Saved& s) {
        const auto p = g.input(0);
        const auto dp = g.of(0);
        const std::size_t classes = p.shape().back();
        const double scale = static_cast<double>(g.grad()[0]) / s.count;
        for (std::size_t at = 0; at < p.size(); at += classes) {
          if (s.kept[at / classes]) {
            s.formula.add_derivative(p.data() + at, s.targets + at, classes, scale, dp.data() + at);
          }
        }
      });
}

/// One-hot rows and which of them count. @throws ArgumentError for a label that is no class
template <Real T, class Label>
Variable<T> sparse_loss(const Variable<T>& predictions,
                        std::span<const Label> labels,
                        const SparseCrossentropyOptions& options) {
  constexpr const char* op = "sparse_categorical_crossentropy";
  const std::size_t classes = predictions.shape().back();
  const auto targets = predictions.tape().template array<T>(predictions.shape().size());
  const auto kept = predictions.tape().template array<bool>(labels.size());
  std::fill(targets.begin(), targets.end(), T{0});
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto label = static_cast<double>(labels[row]);
    kept[row] = !options.ignore_class || label != static_cast<double>(*options.ignore_class);
    if (!kept[row]) {
      continue;
    }
    if (!(label >= 0.0 && label < static_cast<double>(classes)) || label != std::floor(label)) {
      throw_argument_error(
          op,
          fmt::format(
              "label {} at position {} is not a whole number in [0, {})", label, row, classes));
    }
    targets[row * classes + static_cast<std::size_t>(label)] = T{1};
  }
  return categorical_loss<T>(
      op, predictions, targets, kept, CategoricalRow<T>{options.from_logits, 0.0});
}

}  // namespace

template <Real T>
Variable<T> mean_squared_error(const Variable<T>& predictions,
                               std::type_identity_t<TensorView<const T>> targets) {
  check_fits("mean_squared_error", predictions.shape(), targets.shape());
  return mean_loss("mean_squared_error", predictions, targets, SquaredError{});
}

template <Real T>
Variable<T> mean_absolute_error(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets) {
  check_fits("mean_absolute_error", predictions.shape(), targets.shape());
  return mean_loss("mean_absolute_error", predictions, targets, AbsoluteError{});
}

template <Real T>
Variable<T> huber(const Variable<T>& predictions,
                  std::type_identity_t<TensorView<const T>> targets,
                  double delta) {
  check_fits("huber", predictions.shape(), targets.shape());
  if (!(delta > 0.0)) {
    throw_argument_error("huber", fmt::format("delta must be positive, got {}", delta));
  }
  return mean_loss("huber", predictions, targets, HuberError{delta});
}

template <Real T>
Variable<T> binary_crossentropy(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets,
                                CrossentropyOptions options) {
  constexpr const char* op = "binary_crossentropy";
  check_fits(op, predictions.shape(), targets.shape());
  check_smoothing(op, options.label_smoothing);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!(targets[i] >= T{0} && targets[i] <= T{1})) {
      throw_argument_error(
          op, fmt::format("target {} at position {} lies outside [0, 1]", targets[i], i));
    }
  }
  return options.from_logits
             ? mean_loss(op, predictions, targets, BinaryFromLogit{options.label_smoothing})
             : mean_loss(op, predictions, targets, BinaryFromProbability{options.label_smoothing});
}

template <Real T>
Variable<T> categorical_crossentropy(const Variable<T>& predictions,
                                     std::type_identity_t<TensorView<const T>> targets,
                                     CrossentropyOptions options) {
  constexpr const char* op = "categorical_crossentropy";
  if (predictions.shape() != targets.shape() || predictions.shape().rank() == 0 ||
      predictions.shape().size() == 0) {
    throw_shape_error(op,
                      "expected equal shapes [.., classes]",
                      {{"predictions", predictions.shape()}, {"targets", targets.shape()}});
  }
  check_smoothing(op, options.label_smoothing);
  Tape<T>& tape = predictions.tape();
  const auto kept = tape.template array<bool>(targets.size() / targets.shape().back());
  std::fill(kept.begin(), kept.end(), true);
  return categorical_loss<T>(op,
                             predictions,
                             copy_to_tape(tape, targets),
                             kept,
                             CategoricalRow<T>{options.from_logits, options.label_smoothing});
}

template <Real T>
Variable<T> sparse_categorical_crossentropy(const Variable<T>& predictions,
                                            std::type_identity_t<TensorView<const T>> labels,
                                            SparseCrossentropyOptions options) {
  const Shape& shape = predictions.shape();
  if (shape.rank() == 0 || shape.size() == 0 ||
      !fits(shape.with_dim(shape.rank() - 1, 1), labels.shape())) {
    throw_shape_error("sparse_categorical_crossentropy",
                      "expected predictions [.., classes] and labels [..]",
                      {{"predictions", shape}, {"labels", labels.shape()}});
  }
  return sparse_loss(predictions, labels.span(), options);
}

template <Real T>
Variable<T> sparse_categorical_crossentropy(const Variable<T>& predictions,
                                            std::span<const std::int32_t> labels,
                                            SparseCrossentropyOptions options) {
  const Shape& shape = predictions.shape();
  if (shape.rank() == 0 || shape.size() == 0 || shape.size() / shape.back() != labels.size()) {
    throw_shape_error("sparse_categorical_crossentropy",
                      fmt::format("{} labels do not fit predictions [.., classes]", labels.size()),
                      {{"predictions", shape}});
  }
  return sparse_loss(predictions, labels, options);
}

#define RONDO_INSTANTIATE(T)                                                         \
  template Variable<T> mean_squared_error(const Variable<T>&, TensorView<const T>);  \
  template Variable<T> mean_absolute_error(const Variable<T>&, TensorView<const T>); \
  template Variable<T> huber(const Variable<T>&, TensorView<const T>, double);       \
  template Variable<T> binary_crossentropy(                                          \
      const Variable<T>&, TensorView<const T>, CrossentropyOptions);                 \
  template Variable<T> categorical_crossentropy(                                     \
      const Variable<T>&, TensorView<const T>, CrossentropyOptions);                 \
  template Variable<T> sparse_categorical_crossentropy(                              \
      const Variable<T>&, TensorView<const T>, SparseCrossentropyOptions);           \
  template Variable<T> sparse_categorical_crossentropy(                              \
      const Variable<T>&, std::span<const std::int32_t>, SparseCrossentropyOptions);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
