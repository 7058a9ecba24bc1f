/// Losses as single ops, in Keras' formulas and defaults: a loss per sample, and how those become
/// one number. Targets, weights and masks are copied onto the tape.
///
/// A sample is what lies in front of the last axis: predictions [N, C] are N samples, [N, S, C]
/// are N S of them, one per step. A trailing axis of size 1 that only predictions or targets have
/// is ignored. Where a formula is a mean over the last axis, sample weights or a mask of the full
/// shape of the targets make a sample of every element.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "rondo/core/tape.hpp"

namespace rondo {

/// Keras' names; `mean` is another name of `sum_over_batch_size` there.
enum class Reduction {
  sum_over_batch_size,      ///< sum / number of samples that the mask keeps, whatever their weights
  sum,                      ///< sum
  mean_with_sample_weight,  ///< sum / sum of the weights
  none,                     ///< the losses [samples] as they are
};

/// How the losses of the samples, times their weights, become one. A divisor of 0 gives 0.
template <Real T>
struct ReductionOptions {
  Reduction reduction = Reduction::sum_over_batch_size;
  /// One per sample, or fewer axes: for losses [N, S] either [N, S] or [N]. A sample of weight 0 is
  /// not looked at: a NaN in it does not matter.
  TensorView<const T> sample_weights = {};
  /// Shaped in the same way; false leaves a sample out.
  TensorView<const bool> mask = {};
};

struct CrossentropyOptions;
struct SparseCrossentropyOptions;
struct BinaryFocalOptions;
struct CategoricalFocalOptions;

/// What `Trainer` minimises: a function of predictions [N, ..] and targets that gives a scalar, one
/// of predictions, targets and ReductionOptions, one of the losses below, with its default options,
/// or the name of one (`make_loss`).
template <Real T>
class Loss {
 public:
  using Function = Variable<T>(const Variable<T>&, TensorView<const T>);
  using Reducing = Variable<T>(const Variable<T>&, TensorView<const T>, const ReductionOptions<T>&);
  template <class Options>
  using WithOptions =
      Variable<T>(const Variable<T>&, TensorView<const T>, Options, const ReductionOptions<T>&);

  /// @throws ArgumentError for an unknown name; the text lists the known ones
  Loss(const char* name);  // NOLINT: implicit on purpose, as Activation

  Loss(const std::string& name) : Loss(name.c_str()) {}  // NOLINT: as above

  // Functions with options of their own, as `binary_crossentropy<float>`: overloads and no
  // template, so that a name of several functions is understood.
  Loss(WithOptions<CrossentropyOptions>* loss);        // NOLINT: as above
  Loss(WithOptions<SparseCrossentropyOptions>* loss);  // NOLINT: as above
  Loss(WithOptions<BinaryFocalOptions>* loss);         // NOLINT: as above
  Loss(WithOptions<CategoricalFocalOptions>* loss);    // NOLINT: as above
  /// `huber<float>`, with its delta of 1. @throws ArgumentError for another function
  Loss(WithOptions<double>* loss);  // NOLINT: as above

  template <class F>

  requires(!std::same_as<std::remove_cvref_t<F>, Loss> &&
           (std::is_constructible_v<std::function<Function>, F> ||
            std::is_constructible_v<std::function<Reducing>, F>))
      Loss(F function) {  // NOLINT: implicit, as a function is a loss
    if constexpr (std::is_constructible_v<std::function<Reducing>, F>) {
      reducing_ = std::move(function);
    } else {
      function_ = std::move(function);
    }
  }

  /// Whether weights and masks can be given to it.
  [[nodiscard]] bool takes_options() const { return static_cast<bool>(reducing_); }

  /// @throws ArgumentError if options other than the default are given to a function without them
  Variable<T> operator()(const Variable<T>& predictions,
                         TensorView<const T> targets,
                         const ReductionOptions<T>& options = {}) const;

 private:
  std::function<Function> function_;
  std::function<Reducing> reducing_;
};

/// A loss with default options by Keras' name, its alias or class name: `mean_squared_error`,
/// `mse`, `MeanSquaredError`. `crossentropy` (`ce`) is the binary one for predictions [.., 1], else
/// the sparse one if targets have an axis less or a last one of size 1, else the categorical one.
/// @throws ArgumentError for an unknown name; the text lists the known ones
template <Real T>
[[nodiscard]] Loss<T> make_loss(std::string_view name);

// ---- errors: predictions and targets have one shape [.., F]; per sample a mean over F ----
// All throw ShapeError if predictions, targets, weights or mask do not fit.

/// (y − p)²
template <Real T>
Variable<T> mean_squared_error(const Variable<T>& predictions,
                               std::type_identity_t<TensorView<const T>> targets,
                               const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// |y − p|
template <Real T>
Variable<T> mean_absolute_error(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets,
                                const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// 100 |y − p| / max(|y|, 1e-7)
template <Real T>
Variable<T> mean_absolute_percentage_error(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// (log(1 + max(p, 1e-7)) − log(1 + max(y, 1e-7)))²
template <Real T>
Variable<T> mean_squared_logarithmic_error(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// e²/2 for |e| ≤ delta, else delta |e| − delta²/2 (Huber 1964).
/// @throws ArgumentError unless delta > 0
template <Real T>
Variable<T> huber(const Variable<T>& predictions,
                  std::type_identity_t<TensorView<const T>> targets,
                  double delta = 1.0,
                  const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// log cosh(p − y), computed as e + softplus(−2 e) − log 2
template <Real T>
Variable<T> log_cosh(const Variable<T>& predictions,
                     std::type_identity_t<TensorView<const T>> targets,
                     const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// p − y log(p + 1e-7)
template <Real T>
Variable<T> poisson(const Variable<T>& predictions,
                    std::type_identity_t<TensorView<const T>> targets,
                    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// max(1 − y p, 0). If all targets of the call are 0 or 1, they mean −1 and 1.
template <Real T>
Variable<T> hinge(const Variable<T>& predictions,
                  std::type_identity_t<TensorView<const T>> targets,
                  const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// The square of hinge.
template <Real T>
Variable<T> squared_hinge(const Variable<T>& predictions,
                          std::type_identity_t<TensorView<const T>> targets,
                          const std::type_identity_t<ReductionOptions<T>>& reduction = {});

// ---- of whole rows: predictions and targets are [.., C] ----

/// max(max_c (1 − y_c) p_c − Σ_c y_c p_c + 1, 0). Equal maxima share the gradient.
template <Real T>
Variable<T> categorical_hinge(const Variable<T>& predictions,
                              std::type_identity_t<TensorView<const T>> targets,
                              const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// −Σ_c ŷ_c p̂_c: −1 for equal directions, 1 for opposite ones. x̂ = x / sqrt(max(Σ x², 1e-14)).
template <Real T>
Variable<T> cosine_similarity(const Variable<T>& predictions,
                              std::type_identity_t<TensorView<const T>> targets,
                              const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// Σ_c y_c log(y_c / p_c), both clipped to [1e-7, 1]
template <Real T>
Variable<T> kl_divergence(const Variable<T>& predictions,
                          std::type_identity_t<TensorView<const T>> targets,
                          const std::type_identity_t<ReductionOptions<T>>& reduction = {});

// ---- crossentropies ----

struct CrossentropyOptions {
  /// Predictions are unnormalised; otherwise they are probabilities, clipped to [1e-7, 1 − 1e-7].
  bool from_logits = false;
  /// Share of the target that is spread evenly over the classes, in [0, 1].
  double label_smoothing = 0.0;
};

/// −y log p − (1−y) log(1−p), a mean over the last axis; targets in [0, 1], shaped like the
/// predictions.
/// @throws ArgumentError for a target outside [0, 1]
template <Real T>
Variable<T> binary_crossentropy(const Variable<T>& predictions,
                                std::type_identity_t<TensorView<const T>> targets,
                                CrossentropyOptions options = {},
                                const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// −Σ_c y_c log p_c; probabilities are renormalised to sum 1 first.
/// @param predictions, targets  [.., C]
template <Real T>
Variable<T> categorical_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    CrossentropyOptions options = {},
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

struct SparseCrossentropyOptions {
  bool from_logits = false;
  /// Samples with this label are left out, as by a mask.
  std::optional<int> ignore_class = std::nullopt;
};

/// −log p[label]
/// @param predictions  [.., C]
/// @param labels       [..] or [.., 1], whole numbers in [0, C)
/// @throws ArgumentError for a label that is not whole or out of range, unless its sample is left
///         out by the mask
template <Real T>
Variable<T> sparse_categorical_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> labels,
    SparseCrossentropyOptions options = {},
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});
template <Real T>
Variable<T> sparse_categorical_crossentropy(
    const Variable<T>& predictions,
    std::span<const std::int32_t> labels,
    SparseCrossentropyOptions options = {},
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

/// Lin et al. 2017, "Focal loss for dense object detection", arXiv:1708.02002.
struct BinaryFocalOptions {
  /// Multiplies by alpha for y = 1 and by 1 − alpha for y = 0.
  bool apply_class_balancing = false;
  double alpha = 0.25;
  double gamma = 2.0;  // >= 0
  bool from_logits = false;
  double label_smoothing = 0.0;
};

/// (1 − p_t)^gamma · binary crossentropy, p_t = y p + (1−y)(1−p); a mean over the last axis.
/// @throws ArgumentError for a target outside [0, 1], or a negative gamma
template <Real T>
Variable<T> binary_focal_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    BinaryFocalOptions options = {},
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

struct CategoricalFocalOptions {
  double alpha = 0.25;
  double gamma = 2.0;  // >= 0
  bool from_logits = false;
  double label_smoothing = 0.0;
};

/// −Σ_c alpha (1 − p_c)^gamma y_c log p_c; probabilities are renormalised and clipped first.
/// @param predictions, targets  [.., C]
/// @throws ArgumentError for a negative gamma
template <Real T>
Variable<T> categorical_focal_crossentropy(
    const Variable<T>& predictions,
    std::type_identity_t<TensorView<const T>> targets,
    CategoricalFocalOptions options = {},
    const std::type_identity_t<ReductionOptions<T>>& reduction = {});

}  // namespace rondo
