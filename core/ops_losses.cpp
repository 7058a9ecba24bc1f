#include "rondo/core/ops_losses.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "rondo/core/detail/loss_rows.hpp"
#include "rondo/core/error.hpp"

namespace rondo {

namespace {

constexpr double fuzz_factor = 1e-7;  // Keras' fuzz factor

using detail::copy_to_tape;

struct SquaredError {
  [[nodiscard]] double value(double p, double y) const { return (p - y) * (p - y); }

  [[nodiscard]] double derivative(double p, double y) const { return 2.0 * (p - y); }
};

double sign_of(double x) {
  return static_cast<double>(x > 0.0) - static_cast<double>(x < 0.0);
}

struct AbsoluteError {
  [[nodiscard]] double value(double p, double y) const { return std::abs(p - y); }

  [[nodiscard]] double derivative(double p, double y) const { return sign_of(p - y); }
};

struct PercentageError {
  [[nodiscard]] double value(double p, double y) const {
    return 100.0 * std::abs(p - y) / scale(y);
  }

  [[nodiscard]] double derivative(double p, double y) const {
    return 100.0 * sign_of(p - y) / scale(y);
  }

  static double scale(double y) { return std::max(std::abs(y), fuzz_factor); }
};

struct LogarithmicError {
  [[nodiscard]] double value(double p, double y) const {
    return difference(p, y) * difference(p, y);
  }

  [[nodiscard]] double derivative(double p, double y) const {
    return p < fuzz_factor ? 0.0 : 2.0 * difference(p, y) / (1.0 + p);
  }

  static double difference(double p, double y) {
    return std::log1p(std::max(p, fuzz_factor)) - std::log1p(std::max(y, fuzz_factor));
  }
};

struct HuberError {
  double delta;

  [[nodiscard]] double value(double p, double y) const {
    const double a = std::abs(p - y);
    return a <= delta ? 0.5 * a * a : delta * a - 0.5 * delta * delta;
  }

  [[nodiscard]] double derivative(double p, double y) const {
    return std::clamp(p - y, -delta, delta);
  }
};

struct LogCosh {
  [[nodiscard]] double value(double p, double y) const {
    const double e = std::abs(p - y);  // log cosh is even, and this side does not overflow
    return e + std::log1p(std::exp(-2.0 * e)) - std::numbers::ln2;
  }

  [[nodiscard]] double derivative(double p, double y) const { return std::tanh(p - y); }
};

struct Poisson {
  [[nodiscard]] double value(double p, double y) const { return p - y * std::log(p + fuzz_factor); }

  [[nodiscard]] double derivative(double p, double y) const { return 1.0 - y / (p + fuzz_factor); }
};

struct Hinge {
  [[nodiscard]] double value(double p, double y) const { return std::max(1.0 - y * p, 0.0); }

  [[nodiscard]] double derivative(double p, double y) const { return y * p < 1.0 ? -y : 0.0; }
};

struct SquaredHinge {
  [[nodiscard]] double value(double p, double y) const {
    return Hinge().value(p, y) * Hinge().value(p, y);
  }

  [[nodiscard]] double derivative(double p, double y) const {
    return 2.0 * Hinge().value(p, y) * Hinge().derivative(p, y);
  }
};

template <Real T>
double of(const T* values, std::size_t i) {
  return static_cast<double>(values[i]);
}

struct CategoricalHinge {
  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t width) const {
    double right = 0.0;
    for (std::size_t c = 0; c < width; ++c) {
      right += detail::share(of(y, c), of(p, c));
    }
    return std::max(best_wrong(p, y, width) - right + 1.0, 0.0);
  }

  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t width, double scale, T* dp) const {
    if (value(p, y, width) == 0.0) {
      return;
    }
    const double best = best_wrong(p, y, width);
    double equals = 0.0;
    for (std::size_t c = 0; c < width; ++c) {
      equals += wrong(p, y, c) == best ? 1.0 : 0.0;
    }
    for (std::size_t c = 0; c < width; ++c) {
      const double of_maximum = wrong(p, y, c) == best ? (1.0 - of(y, c)) / equals : 0.0;
      dp[c] += static_cast<T>(scale * (of_maximum - of(y, c)));
    }
  }

  template <Real T>
  static double wrong(const T* p, const T* y, std::size_t c) {
    return detail::share(1.0 - of(y, c), of(p, c));
  }

  template <Real T>
  static double best_wrong(const T* p, const T* y, std::size_t width) {
    double best = wrong(p, y, 0);
    for (std::size_t c = 1; c < width; ++c) {
      best = std::max(best, wrong(p, y, c));
    }
    return best;
  }
};

struct CosineSimilarity {
  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t width) const {
    return -dot(p, y, width) / (length(p, width) * length(y, width));
  }

  /// d(−ŷ p̂)/dp = (p̂ (ŷ p̂) − ŷ) / |p|; without the first term where the length is clamped.
  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t width, double scale, T* dp) const {
    const double p_length = length(p, width), y_length = length(y, width);
    const bool clamped = dot(p, p, width) < fuzz_factor * fuzz_factor;
    const double cosine = clamped ? 0.0 : dot(p, y, width) / (p_length * y_length);
    for (std::size_t c = 0; c < width; ++c) {
      const double slope = (cosine * of(p, c) / p_length - of(y, c) / y_length) / p_length;
      dp[c] += static_cast<T>(scale * slope);
    }
  }

  template <Real T>
  static double dot(const T* a, const T* b, std::size_t width) {
    double total = 0.0;
    for (std::size_t c = 0; c < width; ++c) {
      total += of(a, c) * of(b, c);
    }
    return total;
  }

  template <Real T>
  static double length(const T* x, std::size_t width) {
    return std::sqrt(std::max(dot(x, x, width), fuzz_factor * fuzz_factor));
  }
};

struct KullbackLeibler {
  template <Real T>
  [[nodiscard]] double value(const T* p, const T* y, std::size_t width) const {
    double total = 0.0;
    for (std::size_t c = 0; c < width; ++c) {
      total += clipped(of(y, c)) * std::log(clipped(of(y, c)) / clipped(of(p, c)));
    }
    return total;
  }

  template <Real T>
  void add_slopes(const T* p, const T* y, std::size_t width, double scale, T* dp) const {
    for (std::size_t c = 0; c < width; ++c) {
      const bool inside = of(p, c) == clipped(of(p, c));
      dp[c] -= static_cast<T>(inside ? scale * clipped(of(y, c)) / of(p, c) : 0.0);
    }
  }

  static double clipped(double x) { return std::clamp(x, fuzz_factor, 1.0); }
};

/// A mean of an element's formula, with the targets copied onto the tape.
template <Real T, class Formula>
Variable<T> error_loss(OpName name,
                       const Variable<T>& predictions,
                       TensorView<const T> targets,
                       const Formula& formula,
                       const ReductionOptions<T>& reduction) {
  return detail::mean_loss<T>(name,
                              predictions,
                              targets.shape(),
                              copy_to_tape<T>(predictions.tape(), targets.span()),
                              formula,
                              reduction);
}

/// Targets of a hinge loss on the tape: 0 and 1 become −1 and 1 if there is nothing else.
template <Real T>
std::span<const T> hinge_targets(Tape<T>& tape, TensorView<const T> targets) {
  const auto kept = tape.template array<T>(targets.size());
  const bool binary =
      std::all_of(targets.begin(), targets.end(), [](T y) { return y == T{0} || y == T{1}; });
  std::transform(targets.begin(), targets.end(), kept.begin(), [binary](T y) {
    return binary ? T{2} * y - T{1} : y;
  });
  return kept;
}

template <Real T, class Formula>
Variable<T> hinge_loss(OpName name,
                       const Variable<T>& predictions,
                       TensorView<const T> targets,
                       const Formula& formula,
                       const ReductionOptions<T>& reduction) {
  return detail::mean_loss<T>(name,
                              predictions,
                              targets.shape(),
                              hinge_targets<T>(predictions.tape(), targets),
                              formula,
                              reduction);
}

}  // namespace

template <Real T>
Variable<T> Loss<T>::operator()(const Variable<T>& predictions,
                                TensorView<const T> targets,
                                const ReductionOptions<T>& options) const {
  if (reducing_) {
    return reducing_(predictions, targets, options);
  }
  if (options.reduction != Reduction::sum_over_batch_size || options.sample_weights ||
      options.mask) {
    throw_argument_error("Loss",
                         "a function of predictions and targets takes neither reduction nor "
                         "sample_weights nor mask");
  }
  return function_(predictions, targets);
}

template <Real T>
Variable<T> huber(const Variable<T>& predictions,
                  std::type_identity_t<TensorView<const T>> targets,
                  double delta,
                  const std::type_identity_t<ReductionOptions<T>>& reduction) {
  if (!(delta > 0.0)) {
    throw_argument_error("huber", fmt::format("delta must be positive, got {}", delta));
  }
  return error_loss<T>("huber", predictions, targets, HuberError{delta}, reduction);
}

template <Real T>
Variable<T> mean_squared_error(const Variable<T>& predictions,
                               std::type_identity_t<TensorView<const T>> targets,
                               const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return error_loss<T>("mean_squared_error", predictions, targets, SquaredError{}, reduction);
}

template <Real T>
Variable<T> mean_absolute_error(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets,
                                const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return error_loss<T>("mean_absolute_error", predictions, targets, AbsoluteError{}, reduction);
}

template <Real T>
Variable<T> mean_absolute_percentage_error(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return error_loss<T>(
      "mean_absolute_percentage_error", predictions, targets, PercentageError{}, reduction);
}

template <Real T>
Variable<T> mean_squared_logarithmic_error(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return error_loss<T>(
      "mean_squared_logarithmic_error", predictions, targets, LogarithmicError{}, reduction);
}

template <Real T>
Variable<T> log_cosh(const Variable<T>& predictions,
                     std::type_identity_t<TensorView<const T>> targets,
                     const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return error_loss<T>("log_cosh", predictions, targets, LogCosh{}, reduction);
}

template <Real T>
Variable<T> poisson(const Variable<T>& predictions,
                    std::type_identity_t<TensorView<const T>> targets,
                    const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return error_loss<T>("poisson", predictions, targets, Poisson{}, reduction);
}

template <Real T>
Variable<T> hinge(const Variable<T>& predictions,
                  std::type_identity_t<TensorView<const T>> targets,
                  const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return hinge_loss<T>("hinge", predictions, targets, Hinge{}, reduction);
}

template <Real T>
Variable<T> squared_hinge(const Variable<T>& predictions,
                          std::type_identity_t<TensorView<const T>> targets,
                          const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return hinge_loss<T>("squared_hinge", predictions, targets, SquaredHinge{}, reduction);
}

template <Real T>
Variable<T> categorical_hinge(const Variable<T>& predictions,
                              std::type_identity_t<TensorView<const T>> targets,
                              const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return detail::class_loss<T>(
      "categorical_hinge", predictions, targets, CategoricalHinge{}, reduction);
}

template <Real T>
Variable<T> cosine_similarity(const Variable<T>& predictions,
                              std::type_identity_t<TensorView<const T>> targets,
                              const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return detail::class_loss<T>(
      "cosine_similarity", predictions, targets, CosineSimilarity{}, reduction);
}

template <Real T>
Variable<T> kl_divergence(const Variable<T>& predictions,
                          std::type_identity_t<TensorView<const T>> targets,
                          const std::type_identity_t<ReductionOptions<T>>& reduction) {
  return detail::class_loss<T>("kl_divergence", predictions, targets, KullbackLeibler{}, reduction);
}

#define RONDO_INSTANTIATE_LOSS(T, name) \
  template Variable<T> name(const Variable<T>&, TensorView<const T>, const ReductionOptions<T>&);
#define RONDO_INSTANTIATE(T)                                \
  template class Loss<T>;                                   \
  RONDO_INSTANTIATE_LOSS(T, mean_squared_error)             \
  RONDO_INSTANTIATE_LOSS(T, mean_absolute_error)            \
  RONDO_INSTANTIATE_LOSS(T, mean_absolute_percentage_error) \
  RONDO_INSTANTIATE_LOSS(T, mean_squared_logarithmic_error) \
  RONDO_INSTANTIATE_LOSS(T, log_cosh)                       \
  RONDO_INSTANTIATE_LOSS(T, poisson)                        \
  RONDO_INSTANTIATE_LOSS(T, hinge)                          \
  RONDO_INSTANTIATE_LOSS(T, squared_hinge)                  \
  RONDO_INSTANTIATE_LOSS(T, categorical_hinge)              \
  RONDO_INSTANTIATE_LOSS(T, cosine_similarity)              \
  RONDO_INSTANTIATE_LOSS(T, kl_divergence)                  \
  template Variable<T> huber(                               \
      const Variable<T>&, TensorView<const T>, double, const ReductionOptions<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE
#undef RONDO_INSTANTIATE_LOSS

}  // namespace rondo
